"""The page of processors: what it says of each setting, and of none."""

from __future__ import annotations

from html import unescape
from pathlib import Path

from actinit_site.content import dispatch
from actinit_site.results import Results

from actinit.conformance.results.dispatch import Changed

MEASURED = Path(__file__).parents[2] / "docs" / "measured"
CHANGED = Changed(
    differ=3, points=8, apart=2.0, x="0x1p+0", usual="0x1p+0", here="0x1p+1", exact="0x1p+0"
)


def test_settings_are_told_as_a_shell_takes_them_the_second_process_first() -> None:
    for found in Results(Path("none"), snapshots=MEASURED).dispatches:
        first, *others = dispatch.rows(found)
        assert (first.variables, first.changed) == ("", found.again)
        assert [one.name for one in others] == [one.name for one in found.settings]
        for row in others:
            assert row.what, f"{row.name} is in no settings.toml any more"
            assert "=" in row.variables
            assert set(dispatch.functions(row)) == {id.split("/")[0] for id in row.changed}


def test_a_share_is_a_percentage_unless_it_is_tiny() -> None:
    assert dispatch.share(CHANGED) == "38 %"
    few = Changed(differ=3, points=1_000_000, apart=1, x="", usual="", here="", exact="")
    assert dispatch.share(few) == "3 of 1,000,000"


def test_the_page_shows_what_is_kept_with_the_sources(bare_site: Path) -> None:
    page = unescape((bare_site / "dispatch.html").read_text("utf-8"))
    for found in Results(Path("none"), snapshots=MEASURED).dispatches:
        assert f"<h2>{found.backend}<" in page
        for row in dispatch.rows(found):
            assert row.name in page
            for id, one in row.changed.items():
                assert id.partition("/")[2].replace("/", " ") in page
                assert dispatch.decimal(one.here) in page
