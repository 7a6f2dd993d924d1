"""The page of exports: what it says of each function, and of none."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import msgspec
import pytest
from actinit_site.content import exports
from actinit_site.results import Results

from actinit.conformance.results.exports import Exported
from actinit.conformance.results.store import save

MEASURED = Path(__file__).parents[2] / "docs" / "measured"


@pytest.fixture(scope="module")
def measured() -> Results:
    return Results(Path("none"), snapshots=MEASURED)


def test_formats_that_become_the_same_are_told_together(measured: Results, tmp_path: Path) -> None:
    cast = {
        fmt: Exported(operators={
            "exported": ["Cast (float32)", "Exp", f"Cast ({fmt})"],
            "run": ["Exp"],
        })
        for fmt in ("float16", "bfloat16")
    }  # fmt: skip
    refused = {
        fmt: Exported(refused=f"no kernel for Exp in {fmt}")
        for fmt in ("float64", "float8_e5m2")
    }  # fmt: skip
    made = msgspec.structs.replace(
        measured.exports[0], backend="mine", functions={"exponential": {**cast, **refused}}
    )
    save(made, tmp_path / "exports-mine.json")
    (row,) = exports.rows(Results(tmp_path))
    first, second = row.backends["mine"]
    assert (first.formats, first.operators, first.run) == (
        ["float16", "bfloat16"], "Cast (float32), Exp, Cast (back)", "Exp"
    )  # fmt: skip
    assert second.formats == ["float64", "float8_e5m2"]
    assert second.refused == "no kernel for Exp in this format"


def test_what_comes_back_is_that_of_the_values_in_the_latest_baseline(measured: Results) -> None:
    for made in measured.exports:
        found = exports.returned(measured, made)
        for name in found:
            newest = max(
                (
                    one
                    for one in measured.baselines
                    if one.backend == made.backend and one.knows(f"activation/{name}/")
                ),
                key=lambda one: one.header.date,
            )
            values = [
                len(known)
                for id, known in newest.checks.items()
                if id.startswith(f"activation/{name}/") and "/value/" in id
            ]
            counted = sum(found[name].causes.values()) + found[name].unexplained
            assert counted <= sum(values)
            assert (counted > 0) == (sum(values) > 0)


def test_the_page_shows_what_is_kept_with_the_sources(measured: Results, bare_site: Path) -> None:
    page = unescape((bare_site / "exports.html").read_text("utf-8"))
    assert measured.exports
    for row in exports.rows(measured):
        assert f'<dt id="{row.entry.name}">' in page
        for backend, several in row.backends.items():
            assert backend in page
            for one in several:
                assert (one.refused or one.operators) in page
    assert "onnx-log-of-a-sigmoid" in page  # where a file is another function than the model


def test_without_results_the_page_says_what_to_run(tmp_path: Path) -> None:
    assert not Results(tmp_path).exports
    assert list(exports.rows(Results(tmp_path))) == []
