"""The pages of the claims and of deep networks."""

from __future__ import annotations

from pathlib import Path

import pytest
from actinit_site.content import numbers
from actinit_site.figures import Canvas, claims, depth
from actinit_site.results import Results

from actinit.conformance.depth.compute import simulated
from actinit.conformance.results.claims import Decision, Plot, PlotLine
from actinit.spec.claim import claims as register

MEASURED = Path(__file__).resolve().parents[2] / "docs" / "measured"


def test_every_claim_is_on_its_page_with_its_verdict(site: Path) -> None:
    text = (site / "article.html").read_text(encoding="utf-8")
    for claim in register().values():
        assert claim.said.split("'")[0].split("*")[0].strip() in text
    assert "1 of | sigmoid_slope" in text
    assert text.count("not computed here") == len(register()) - 2
    assert text.count("actinit-figure") == 1  # of the claim that was given points


def test_a_page_without_decided_claims_says_so(bare_site: Path) -> None:
    text = (bare_site / "article.html").read_text(encoding="utf-8")
    assert "The figures have not been computed" in text
    assert "actinit-figure" not in text


def test_deep_networks_are_shown_with_what_the_file_says(site: Path) -> None:
    text = (site / "depth.html").read_text(encoding="utf-8")
    report = Results(MEASURED).depth
    assert report is not None
    for pair in report.pairs:
        assert f'href="activations/{pair.activation}.html"' in text
    assert "the gradient vanishes" in text
    assert "the signal is cut off" in text
    for name in {pair.activation for pair in report.pairs}:
        page = (site / "activations" / f"{name}.html").read_text(encoding="utf-8")
        assert "In deep networks" in page
    softmax = (site / "activations" / "softmax.html").read_text(encoding="utf-8")
    assert "In deep networks" not in softmax


@pytest.mark.parametrize("part", ["outputs", "gradients"])
def test_a_line_for_each_start_and_a_thin_one_for_theory(tmp_path: Path, part: depth.Part) -> None:
    report = Results(MEASURED).depth
    assert report is not None
    pairs = [pair for pair in report.pairs if pair.activation == "relu"]
    drawn = Canvas(tmp_path).svg(depth.carried(pairs, report.depths, part))
    for pair in pairs:
        assert (f">{pair.start}<" in drawn) == (pair.start != "zeros")
    assert drawn.count("stroke-width: 0.5") == len(pairs) - 1


def test_a_claim_s_series_are_drawn(tmp_path: Path) -> None:
    plot = Plot(x="a", y="b", log=True, lines=[PlotLine(label="c", x=[1, 2], y=[1e-3, 1e3])])
    decision = Decision(id="x", verdict="true", figure="1", plot=plot)
    drawn = Canvas(tmp_path).svg(claims.decided(decision))
    assert all(f">{text}<" in drawn for text in "abc")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("off by 4e-16 at most", "off by 4×10⁻¹⁶ at most"),  # noqa: RUF001
        ("1e-15", "10⁻¹⁵"),
        ("3.08e+04", "3.08×10⁴"),  # noqa: RUF001
        ("one-hot e-5 and 2.5", "one-hot e-5 and 2.5"),
    ],
)
def test_powers_of_ten_are_raised(text: str, written: str) -> None:
    assert numbers.raised(text) == written


def test_every_activation_that_is_simulated_is_in_the_snapshot() -> None:
    report = Results(MEASURED).depth
    assert report is not None
    assert {pair.activation for pair in report.pairs} == set(simulated())
