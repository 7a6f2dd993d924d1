"""Measuring releases: what is kept, what is told, and going on whatever comes between."""

from __future__ import annotations

import json

import pytest
from helpers.released import recipe

from actinit.conformance.commands import main
from actinit.conformance.history import measure
from actinit.conformance.history.environments import (
    NotInstalledError,
    Pip,
    _reason,
    code,
    folder_of,
    prepare,
)
from actinit.conformance.results.registry import SCHEMAS


def journal(bench, release):
    return bench.folder / "results" / "history" / f"lanes-{release}.jsonl"


def test_a_snapshot_has_the_release_its_environment_and_its_cells(measured):
    found = measured.snapshots
    assert list(found) == ["1.0", "1.1", "2.0"]
    one = found["1.0"]
    assert (one.backend, one.package, one.complete) == ("lanes", "lanes", True)
    assert one.versions["lanes"] == "1.0"
    assert "actinit" not in one.versions
    assert one.cells["activation/tanh/float32/value/ulp"].state == "diverges"
    assert one.cells["activation/sigmoid/float32/value/ulp"].state == "conforms"
    kink = one.cells["activation/relu/float32/derivative/kink"]
    assert kink.facts["kink/0: derivative"] == 0.0
    assert "weights/he_normal/float32" in one.weights


def test_a_snapshot_is_valid_by_its_published_schema(measured):
    import jsonschema

    schema = json.loads((SCHEMAS / "history.schema.json").read_text())
    for file in (measured.folder / "results").glob("history-*.json"):
        jsonschema.validate(json.loads(file.read_text()), schema)


def test_what_is_finished_is_neither_installed_nor_measured_again(measured, monkeypatch):
    before = {one: journal(measured, one).read_bytes() for one in ("1.0", "2.0")}
    made = list(measured.shelf.made)
    monkeypatch.setattr(measure.Asked, "check", None)  # to call it would be an error
    assert measured.history("1.0", "2.0") == 0
    assert measured.shelf.made == made
    assert {one: journal(measured, one).read_bytes() for one in ("1.0", "2.0")} == before


def test_a_run_that_was_cut_goes_on_where_it_stood(bench, measured, capsys, monkeypatch):
    ask, asked = measure.Asked.check, []

    def until_the_third(self, check):
        asked.append(check.id)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return ask(self, check)

    monkeypatch.setattr(measure.Asked, "check", until_the_third)
    assert bench.history("1.0") == 130
    assert "run the same command to go on" in capsys.readouterr().out
    assert bench.snapshots == {}  # an unfinished one lies elsewhere
    file = journal(bench, "1.0")
    assert len(file.read_bytes().splitlines()) == 3  # the origin and two cells
    file.write_bytes(file.read_bytes() + b'{"id":"activation/relu/flo')  # killed in the middle
    assert bench.history("1.0") == 0
    assert asked[:2] == asked[:2]
    assert asked[2] == asked[3]  # the one that was lost, and none of those before it
    assert len(set(asked)) == len(asked) - 1
    found, whole = bench.snapshots["1.0"], measured.snapshots["1.0"]
    assert found.cells == whole.cells
    assert found.weights == whole.weights


def test_cells_of_another_run_are_not_gone_on_with(bench, capsys):
    assert bench.history("1.0", select="relu/float32/derivative/kink") == 0
    file = journal(bench, "1.0")
    file.write_text(file.read_text().replace('"lanes":"1.0"', '"lanes":"1.0.post1"'))
    assert bench.history("1.0", select="relu/float32/derivative/kink") == 2
    error = capsys.readouterr().err
    assert "are of another run: versions was" in error
    assert "Use --fresh" in error
    assert bench.history("1.0", select="relu/float32/derivative/kink", fresh=True) == 0


def test_a_release_that_cannot_be_installed_or_loaded_is_told_and_skipped(bench, capsys):
    assert bench.history("3.0", "1.0", "4.0", select="relu/float32/derivative/kink") == 1
    told = capsys.readouterr().out
    assert "lanes 3.0: skipped, ERROR: no wheel of lanes 3.0 fits" in told
    assert "lanes 4.0: skipped, it cannot be loaded" in told
    assert "lanes 4.0 needs another compiler" in told
    assert list(bench.snapshots) == ["1.0"]
    assert not folder_of(recipe("3.0"), bench.folder / "environments").exists()


def test_a_backend_that_ends_its_process_costs_one_cell(bench):
    assert bench.history("1.0", select="/elu/float32/value/ulp or /relu/float32/value/ulp") == 0
    cells = bench.snapshots["1.0"].cells
    assert cells["activation/elu/float32/value/ulp"].state == "raises"
    assert "status 3" in cells["activation/elu/float32/value/ulp"].says
    assert cells["activation/relu/float32/value/ulp"].state == "conforms"


def test_the_disk_is_told_beforehand_and_spared(bench, capsys, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda place: type("Usage", (), {"free": 2.1e6})())
    assert bench.history("1.0", "1.1") == 2
    told = capsys.readouterr()
    assert "0 there already, 2 to be made of about 2 MB; 2 MB are free" in told.out
    assert "too little room" in told.err
    assert bench.shelf.made == []


def test_environments_can_be_deleted_afterwards(bench):
    assert bench.history("1.0", select="relu/float32/derivative/kink", discard=True) == 0
    assert not folder_of(recipe("1.0"), bench.folder / "environments").exists()
    assert list(bench.snapshots) == ["1.0"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["trch"], "no backend is named 'trch'; did you mean 'torch'?"),
        (["mlx"], "mlx has no releases.toml"),
        (["torch", "--releases", "2.9,,1"], "--releases '2.9,,1': expected, say, 2.9.1,2.11.0"),
        (["torch", "-k", "gleu"], "no check has 'gleu' in its id; near it are gelu"),
        (["torch", "-k", "(gelu"], "a bracket is not closed"),
    ],
)
def test_a_wrong_call_is_refused(words, told, capsys):
    assert main(["history", *words]) == 2
    assert told in capsys.readouterr().err


def test_an_environment_is_made_once_and_anew_if_it_was_not_finished(bench):
    root = bench.folder / "environments"
    first = prepare(recipe("1.0"), root, bench.shelf)
    assert prepare(recipe("1.0"), root, bench.shelf) == first
    assert bench.shelf.made == ["lanes==1.0"]
    (folder_of(recipe("1.0"), root) / "installed.json").write_text('{"python"')
    prepare(recipe("1.0"), root, bench.shelf)
    assert bench.shelf.made == ["lanes==1.0"] * 2


def test_an_interpreter_that_is_not_there_is_told(bench):
    with pytest.raises(NotInstalledError, match=r"there is no Python 3\.4 here"):
        prepare(recipe("1.0", python="3.4"), bench.folder, bench.shelf)
    assert Pip().interpreter("3.4") is None
    assert folder_of(recipe("1.0"), bench.folder) != folder_of(recipe("1.0", "3.99"), bench.folder)


def test_pip_s_words_are_told_in_one_line():
    said = (
        "ERROR: Could not find a version that satisfies the requirement jax==0.10.3 "
        "(from versions: 0.9.0, 0.10.1, 0.10.2)\nERROR: No matching distribution found"
    )
    assert _reason(said).startswith(
        "jax has no release 0.10.3 that installs here; near it are 0.10"
    )
    assert _reason("a\nerror: no compiler\nb") == "error: no compiler"
    assert _reason("") == "it failed without a word"


def test_a_release_s_process_sees_actinit_and_nothing_that_lies_beside_it(tmp_path):
    place = code(tmp_path)
    assert sorted(one.name for one in place.iterdir())[0] == "actinit"
    assert len(list(place.iterdir())) == 2
    assert (
        "actinit.adapters.jax:FRAMEWORK"
        in next(place.glob("*.dist-info/entry_points.txt")).read_text()
    )
    assert code(tmp_path) == place
