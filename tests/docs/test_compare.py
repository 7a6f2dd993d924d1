"""The page of comparisons: its data, and what stands there without a script."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from actinit_site.content import comparing
from actinit_site.results import Results

from actinit import spec
from actinit.conformance.results.conformance import ConformanceReport
from actinit.conformance.results.differences import Apart
from actinit.conformance.results.store import read, save


def data(text: str) -> dict[str, Any]:
    (found,) = re.findall(r'<script type="application/json" id="compare-data">(.*?)</script>', text)
    return json.loads(found)


@pytest.fixture
def two(results_folder: Path, tmp_path: Path) -> Results:
    """Return results of two backends, of which the second is off by less at one place."""
    first = read(results_folder / "conformance-torch.json", ConformanceReport)
    results = [
        msgspec.structs.replace(
            one,
            outcome=msgspec.structs.replace(
                one.outcome, grade="B", measured={"graded_ulp": 2.34567}
            ),
        )
        if one.id == "activation/gelu/float32/value/ulp" and one.outcome
        else one
        for one in first.results
    ]
    second = msgspec.structs.replace(first, backend="jax", family="jax", results=results)
    save(first, tmp_path / "conformance-torch.json")
    save(second, tmp_path / "conformance-jax.json")
    return Results(tmp_path)


def test_the_page_has_all_functions_of_one_number(site: Path) -> None:
    page = (site / "compare.html").read_text(encoding="utf-8")
    found = data(page)
    names = [name for name, entry in spec.activations.items() if entry.shape == "elementwise"]
    assert list(found["functions"]) == names
    for one in found["functions"].values():
        assert len(one["y"]) == len(found["x"])
        assert (site / one["href"]).exists()
        assert one["facts"]["value at 0"]
    assert found["pairs"]["gelu gelu_tanh"][0] == "0.0004732 at x = 2.699"
    assert found["names"]["swish"] == found["names"]["torch nn silu"] == "silu"
    assert all(found["names"][name.replace("_", " ")] == name for name in found["functions"])
    assert len(page) < 300_000


def test_the_nearest_of_each_stands_there_without_a_script(site: Path) -> None:
    page = (site / "compare.html").read_text(encoding="utf-8")
    assert '<a href="compare.html?a=gelu&amp;b=gelu_tanh">gelu_tanh</a>' in page
    for part in ("functions", "backends"):
        assert f'id="compare-{part}" class="actinit-compare"><noscript>' in page
    assert "compare.html?a=gelu&amp;b=gelu_tanh" in (site / "activations/gelu.html").read_text(
        "utf-8"
    )


def test_without_results_the_page_says_what_is_missing(bare_site: Path) -> None:
    page = (bare_site / "compare.html").read_text(encoding="utf-8")
    assert "actinit compute differences" in re.sub("<[^>]*>", "", page)
    assert "there are none to compare" in page


def test_cells_of_two_backends(two: Results) -> None:
    found = json.loads(comparing.data(two))
    assert set(found["backends"]) == {"torch", "jax"}
    (cell,) = (one for one in found["cells"] if one["of"] == ["gelu", "value", "float32"])
    assert cell["cells"]["torch"][:3] == ["D", 1.7e7, "1.7\N{MULTIPLICATION SIGN}10⁷ ulp"]
    assert cell["cells"]["jax"][:3] == ["B", 2.35, "2.35 ulp"]
    assert cell["href"] == "checks/gelu.html#activation/gelu/float32/value/ulp"
    # Special values and layouts have grades of their own and are none of these.
    assert len(found["cells"]) == len({tuple(one["of"]) for one in found["cells"]})
    table = comparing.rivals(two)
    assert table[0][0] is None
    assert (table[0][1].differing, table[0][1].both) == (1, len(found["cells"]))


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (Apart(how="at", largest=0.5, x="-1.5"), "0.5 at x = \N{MINUS SIGN}1.5"),
        (Apart(how="limit", largest=1, x="-inf"), "1, as a limit towards \N{MINUS SIGN}∞"),
        (Apart(how="grows", largest=None, x="inf"), "grows without bound towards ∞"),
        (Apart(how="at", largest=0, x="0"), "none: the same at the defaults of their parameters"),
    ],
)
def test_differences_in_words(one: Apart, words: str) -> None:
    assert comparing.told(one) == words
