"""What changed between two releases, and nothing else; and what cannot be compared."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from actinit.conformance.commands import main
from actinit.conformance.history.compare import ComparedApartError, changes
from actinit.conformance.history.snapshots import NoSnapshotError, find, save
from actinit.spec import UnknownNameError


def kinds(before, after):
    return {(one.kind, one.id) for one in changes(before, after)}


def test_a_release_that_changes_nothing_is_told_to_do_so(measured, capsys):
    found = measured.snapshots
    assert changes(found["1.0"], found["1.1"]) == []
    assert changes(found["2.0"], found["2.0"]) == []
    folder = str(measured.folder / "results")
    assert main(["compare", "lanes==1.0", "lanes==1.1", "--results", folder]) == 0
    assert "nothing changed" in capsys.readouterr().out


def test_each_change_is_found_in_its_own_place_and_no_other(measured):
    found = measured.snapshots
    assert kinds(found["1.1"], found["2.0"]) == {
        ("cell", "activation/tanh/float32/value/ulp"),
        ("bits", "activation/sigmoid/float32/value/ulp"),
        ("kink", "activation/relu/float32/derivative/kink"),
        *(("weights", f"weights/he_normal/{fmt}") for fmt in
          ("float16", "bfloat16", "float32", "float64")),
    }  # fmt: skip


def test_a_change_says_what_was_and_what_is(measured):
    found = measured.snapshots
    by_kind = {one.kind: one for one in changes(found["1.1"], found["2.0"])}
    assert by_kind["cell"].mended is True
    assert by_kind["cell"].before.startswith("diverges (F")
    assert by_kind["kink"].before == "kink/0: side left, kink/0: derivative 0.0"
    assert by_kind["kink"].after == "kink/0: side right, kink/0: derivative 1.0"
    assert "for 1 <= x < 2; at 1" in by_kind["bits"].why
    back = {one.kind: one for one in changes(found["2.0"], found["1.1"])}
    assert back["cell"].mended is False


def test_what_comes_and_goes_is_told(measured):
    one = measured.snapshots["1.0"]
    cell = "activation/tanh/float32/value/ulp"
    cells = {id: found for id, found in one.cells.items() if id != cell}
    without = replace(one, cells=cells, not_offered=[*one.not_offered, cell])
    (change,) = changes(without, one)
    assert (change.kind, change.id, change.after) == ("offered", cell, "offered")
    # What was not asked is no news.
    assert changes(replace(one, cells=cells), one) == []


def test_a_growing_error_is_told_and_one_within_the_slack_is_not(measured):
    one = measured.snapshots["1.0"]
    id = "activation/tanh/float32/value/ulp"
    (known, *rest) = one.cells[id].findings

    def grown(factor):
        longer = replace(known, error=known.error and known.error * factor, count=known.count)
        longer = replace(longer, count=int(known.count * factor))
        cell = replace(one.cells[id], findings=[longer, *rest])
        return changes(one, replace(one, cells={**one.cells, id: cell}))

    assert grown(1.02) == []
    (change,) = grown(3)
    assert "worse" in change.why


def test_cells_of_another_sample_are_not_compared_bit_for_bit(measured):
    found = measured.snapshots
    id = "activation/sigmoid/float32/value/ulp"
    cell = replace(found["2.0"].cells[id], asked="00000000")
    other = replace(found["2.0"], cells={**found["2.0"].cells, id: cell})
    assert ("bits", id) not in kinds(found["1.1"], other)


def test_what_cannot_be_compared_is_refused(measured):
    one = measured.snapshots["1.0"]
    with pytest.raises(ComparedApartError, match="actinit diff lanes torch"):
        changes(one, replace(one, family="torch", backend="torch"))
    with pytest.raises(ComparedApartError, match="share no cell"):
        changes(one, replace(one, cells={}, weights={}, not_offered=[]))


def test_a_snapshot_is_found_by_release_or_refused_with_what_there_is(measured):
    folders = [measured.folder / "results"]
    assert find("lanes==2.0", folders).release == "2.0"
    assert find(str(folders[0] / "history-lanes-2.0.json"), folders).release == "2.0"
    with pytest.raises(UnknownNameError, match="'lane'; did you mean 'lanes'"):
        find("lane==2.0", folders)
    with pytest.raises(NoSnapshotError, match=r"there are 1\.0, 1\.1, 2\.0 \(near it is 2\.0\)"):
        find("lanes==2.0.1", folders)
    with pytest.raises(NoSnapshotError, match=r"expected, say, jax==0\.10\.2"):
        find("lanes", folders)


@pytest.mark.parametrize(
    ("alter", "told"),
    [
        (lambda text: text[: len(text) // 2], "is no actinit-history-1 file"),
        (lambda text: text.replace("history-1", "history-0"), "is a file of actinit-history-0"),
        (lambda text: text.replace('"conforms"', '"confirms"'), "nothing"),
        (lambda text: "", "is no actinit-history-1 file"),
    ],
)
def test_a_file_that_is_wrong_is_refused_in_one_line(measured, tmp_path, capsys, alter, told):
    file = tmp_path / "history-lanes-1.0.json"
    text = (measured.folder / "results" / file.name).read_text()
    text = alter(text) if told != "nothing" else text.replace('"diverges"', '"divergent"')
    file.write_text(text)
    good = str(measured.folder / "results" / "history-lanes-2.0.json")
    assert main(["compare", str(file), good]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert "measure it again with: actinit history" in lines[0]
    assert told in lines[0] or told == "nothing"


def test_a_file_that_is_not_there_is_told(capsys):
    assert main(["compare", "nowhere.json", "nowhere.json"]) == 2
    assert "nowhere.json" in capsys.readouterr().err


def test_the_command_tells_changes_by_kind_and_as_json(measured, capsys):
    words = ["compare", "lanes==1.1", "lanes==2.0", "--results", str(measured.folder / "results")]
    assert main(words) == 1
    told = capsys.readouterr().out
    assert "derivatives at kinks and ties: 1" in told
    assert "mended: diverges (F" in told
    assert main([*words, "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["schema"] == "actinit-compare-1"
    assert {one["kind"] for one in found["changes"]} == {"cell", "bits", "kink", "weights"}


def test_a_snapshot_is_written_a_cell_a_line_and_reads_back(measured, tmp_path):
    one = measured.snapshots["2.0"]
    file = save(one, tmp_path)
    assert find(str(file), []) == one
    lines = file.read_text().splitlines()
    assert sum(line.startswith('  "activation/') for line in lines) == len(one.cells)
