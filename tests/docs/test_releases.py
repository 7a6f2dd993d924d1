"""Grades by release, and since when a cause is seen."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from actinit_site.content.releases import rows
from actinit_site.results import Results

from actinit.conformance.results.history import Cell, Snapshot

MEASURED = Path(__file__).parents[2] / "docs" / "measured"
VALUE = "activation/gelu/float32/value/ulp"


@pytest.fixture(scope="module")
def kept() -> Results:
    return Results(Path("nowhere"), MEASURED)


def with_cell(snapshot: Snapshot, cell: Cell | None) -> Snapshot:
    """Return a snapshot that has one cell, or none."""
    return msgspec.structs.replace(snapshot, cells={VALUE: cell} if cell else {})


def test_a_grade_that_is_another_than_before_is_marked(kept: Results) -> None:
    some = kept.releases["jax"][0]
    cells = [None, Cell(state="diverges", grade="F"), Cell(grade="A", ulp=0.5), Cell(grade="A"),
             Cell(state="raises", says="no")]  # fmt: skip
    (row,) = rows([with_cell(some, cell) for cell in cells])
    assert (row.entry.name, row.part) == ("gelu", "value")
    assert [cell.changed for cell in row.cells] == [False, True, True, False, True]
    assert [cell.grade or cell.sign for cell in row.cells] == ["\N{EN DASH}", "F", "A", "A", "!"]
    assert [cell.words for cell in row.cells[:3]] == [
        "not offered",
        "diverges",
        "conforms, 0.5 ulp",
    ]
    assert not list(rows([with_cell(some, None)]))  # of what no release has, no row


def test_the_releases_that_are_kept_are_whole_and_in_order(kept: Results) -> None:
    assert {name: len(several) >= 4 for name, several in kept.releases.items()} == {
        "jax": True, "onnxruntime": True,
    }  # fmt: skip
    for several in kept.releases.values():
        assert all(one.complete for one in several)
        versions = [tuple(map(int, one.release.split("."))) for one in several]
        assert versions == sorted(versions)


def test_the_page_of_a_framework_has_its_releases(site: Path, kept: Results) -> None:
    text = (site / "frameworks" / "jax.html").read_text(encoding="utf-8")
    for one in kept.releases["jax"]:
        assert f'<th scope="col">{one.release}</th>' in text
    other = (site / "frameworks" / "keras.html").read_text(encoding="utf-8")
    assert "over its releases" not in other


def test_causes_say_since_when_and_until_when(kept: Results) -> None:
    releases = {name: [one.release for one in of] for name, of in kept.releases.items()}
    told = [span for several in kept.ranges.values() for span in several]
    assert told
    for span in told:
        order = releases[span.backend]
        assert set(span.seen) <= set(order)
        if span.fixed:
            assert order.index(span.fixed) == order.index(span.until) + 1
    # What was mended in the newest release of JAX is found on other functions of its cause still.
    mended = [span for span in told if span.backend == "jax" and span.fixed == releases["jax"][-1]]
    assert any("elu" in span.entries for span in mended)
