"""The pieces of the site's own extension."""

from __future__ import annotations

import math
from pathlib import Path

import msgspec
import pytest
from actinit_site import pages
from actinit_site.content import distributions, formulas, links, numbers
from actinit_site.figures import Canvas, functions
from actinit_site.html import mathml
from actinit_site.results import Results
from sphinx.errors import ExtensionError

from actinit import spec
from actinit.conformance.published.curves import compute
from actinit.conformance.results.conformance import ConformanceReport
from actinit.conformance.results.store import read, save
from actinit.spec.experiment import experiment

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_sign_of_zero_is_written() -> None:
    assert [numbers.number(x) for x in (0.0, -0.0, -math.inf, 0.5)] == [
        "0",
        "-0",
        r"-\infty",
        "0.5",
    ]


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (0.5, "0.5 ulp"),
        (1234.5, "1,234 ulp"),
        (1.68e7, "1.7×10⁷ ulp"),  # noqa: RUF001
        (math.inf, "not finite"),
        (None, "not finite"),
    ],
)
def test_errors_are_written_with_their_unit(error: float | None, text: str) -> None:
    assert numbers.ulps(error) == text


def test_a_mean_is_written_with_its_uncertainty() -> None:
    assert numbers.with_uncertainty(0.05561, 0.05733) == "0.0556(17)"
    assert numbers.with_uncertainty(2.3013, 2.30130001) == "2.3013(0)"
    assert numbers.with_uncertainty(0.5, None) == "0.5000"
    assert numbers.with_uncertainty(1e5, 3e5) == "1.0 · 10⁵ ± 2.0 · 10⁵"


def test_texts_link_to_other_entries_only() -> None:
    gelu = spec.activations["gelu"]
    text = links.linked("gelu is not gelu_tanh (hendrycks2016)", gelu)
    assert text == "gelu is not [gelu_tanh](/activations/gelu_tanh.md) (Hendrycks, 2016)"


def test_a_narrowed_run_does_not_hide_a_complete_one(results_folder: Path, tmp_path: Path) -> None:
    narrowed = read(results_folder / "conformance-torch.json", ConformanceReport)
    whole = msgspec.structs.replace(narrowed, complete=True, date="2026-01-01T00:00:00+00:00")
    save(whole, tmp_path / "conformance-torch.json")
    save(narrowed, tmp_path / "conformance-torch.partial.json")
    assert Results(tmp_path).reports == [whole]


@pytest.mark.parametrize("name", spec.initializers)
def test_every_distribution_can_be_typeset(name: str) -> None:
    for _, formula in distributions.formulas(spec.initializers[name]):
        assert "<math" in mathml.to_mathml(formula, display=True)


def test_what_is_no_formula_is_refused() -> None:
    with pytest.raises(ExtensionError, match="frak"):
        mathml.to_mathml(r"\frak{1", display=False)


def test_a_plot_is_drawn_once(tmp_path: Path) -> None:
    first, second = compute().activations[:2]
    drawn = Canvas(tmp_path).svg(functions.value(first))
    (file,) = tmp_path.iterdir()
    file.write_text(file.read_text().replace("</svg>", "<!-- kept --></svg>"))
    assert "<!-- kept -->" in Canvas(tmp_path).svg(functions.value(first))
    file.rename(tmp_path / f"{second.entry}-value.svg")  # the drawing of another function
    assert "<!-- kept -->" not in Canvas(tmp_path).svg(functions.value(second))
    assert Canvas(tmp_path).svg(functions.value(first)) == drawn  # the same again, to the byte


def test_a_plot_takes_its_colours_from_the_page(tmp_path: Path) -> None:
    relu = next(curve for curve in compute().activations if curve.entry == "relu")
    drawn = Canvas(tmp_path).svg(functions.derivative(relu))
    assert "var(--actinit-plot-1)" in drawn
    assert "#0000" not in drawn


def test_pages_of_entries_that_are_gone_are_removed(tmp_path: Path, plots: Path) -> None:
    (tmp_path / "activations").mkdir()
    gone = tmp_path / "activations" / "gone.md"
    gone.write_text("# gone")
    (tmp_path / "_templates").symlink_to(DOCS / "_templates")
    (tmp_path / "_generated").mkdir()
    (tmp_path / "_generated" / "plots").symlink_to(plots)
    pages.write(tmp_path, Results(tmp_path))
    assert not gone.exists()
    kept = tmp_path / "activations" / "gelu.md"
    before = kept.stat().st_mtime_ns
    pages.write(tmp_path, Results(tmp_path))
    assert kept.stat().st_mtime_ns == before  # a page that says the same is left alone


def test_a_network_is_told_with_its_equal_layers_counted() -> None:
    told = formulas.network(experiment("mnist_cnn").network)
    assert "; 2 convolutions of 8 filters of " in told
    assert "; 30 convolutions of 8 filters of " in told
    assert told.endswith("with relu, stride 1, padding 1; made flat; 10 units with softmax")
    told = formulas.network(experiment("mnist_mlp").network)
    assert told == "784 inputs; 128 units with relu; 64 units with relu; 10 units with softmax"


def test_numbers_of_any_size_stay_short() -> None:
    written = [numbers.scientific(x) for x in (0.0, 0.5, 999.0, 6.05e-13, 5.02e27)]
    assert written == ["0", "0.5", "999", "6.1 · 10⁻¹³", "5.0 · 10²⁷"]
    assert [numbers.figure(x) for x in (2.30259, 1.2e13)] == ["2.3026", "1.2 · 10¹³"]
