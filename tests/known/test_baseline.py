"""Baselines as files: what is written, what is refused, and which one is nearest."""

from __future__ import annotations

import json
from typing import NamedTuple

import msgspec
import pytest
from helpers import known_backends as backends

from actinit.conformance import plan as plans
from actinit.conformance.commands import main
from actinit.conformance.known.baseline import extended, is_own, nearest, of_report
from actinit.conformance.known.files import (
    BASELINES,
    known_baselines,
    load_baseline,
    save_baseline,
)
from actinit.conformance.results.baseline import _short
from actinit.conformance.results.machine import this_machine
from actinit.conformance.results.store import save
from actinit.conformance.run import session
from actinit.conformance.run.session import Session


class Named(NamedTuple):
    """A check of which the id alone is asked."""

    id: str


def report(adapter=None, *, complete=True):
    session = Session(adapter or backends.Framework())
    session.run(backends.check())
    return session.report(complete=complete)


def test_what_is_written_reads_back_and_has_a_line_for_each_finding(tmp_path):
    place = backends.baseline(tmp_path)
    back = load_baseline(place)
    assert back == of_report(report()) or back.checks == of_report(report()).checks
    assert (place.parent.name, place.name) == (back.environment, "framework")
    text = (place / "float16.json").read_text()
    assert json.loads(text)["checks"]
    lines = [line.strip() for line in text.splitlines()]
    findings = sum(line.startswith('["') for line in lines)
    assert findings == len(back.checks[backends.CHECK])
    assert list(back.columns) == list(json.loads(text)["columns"])
    assert {path.name for path in place.iterdir()} == {"float16.json", "no-format.json"}
    assert [path.name for path in place.parent.iterdir()] == ["framework"]


def test_a_format_without_findings_has_no_file_any_more(tmp_path):
    place = backends.baseline(tmp_path)
    clean = msgspec.structs.replace(load_baseline(place), checks={})
    assert save_baseline(clean, tmp_path) == place
    assert [path.name for path in place.iterdir()] == ["no-format.json"]
    assert load_baseline(place) == clean


@pytest.mark.parametrize("fact", ["asked", "date", "versions"])
def test_files_of_two_measurements_are_no_baseline(tmp_path, fact):
    place = backends.baseline(tmp_path)
    one = load_baseline(place)
    header = one.header
    other = {
        "asked": {"asked": [*one.asked, "activation/other"]},
        "date": {"header": msgspec.structs.replace(header, date="2020-01-01T00:00:00+00:00")},
        "versions": {"header": msgspec.structs.replace(header, versions={"framework": "0.1"})},
    }[fact]
    file = place / "no-format.json"
    save_baseline(msgspec.structs.replace(one, checks={}, **other), file=file)
    with pytest.raises(ValueError, match=r"are not of one measurement.*baseline write framework"):
        load_baseline(place)
    file.unlink()
    with pytest.raises(OSError, match=r"no-format\.json"):
        load_baseline(place)


def test_an_incomplete_run_makes_no_baseline():
    with pytest.raises(ValueError, match=r"is incomplete.*without -k"):
        of_report(report(complete=False))


def test_a_void_check_makes_no_baseline():
    whole = report()
    void = msgspec.structs.replace(whole.results[0], status="void")
    with pytest.raises(ValueError, match=r"void.*controls were not caught"):
        of_report(msgspec.structs.replace(whole, results=[void]))


def test_a_baseline_of_another_backend_is_refused(tmp_path):
    file = backends.baseline(tmp_path)
    other = backends.Framework()
    other.name = "other"
    with pytest.raises(ValueError, match=r"is a baseline of framework, not of other"):
        Session(other, baseline=file)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text[: len(text) // 2], "is no actinit-baseline-1 file"),
        (lambda text: text.replace("baseline-1", "baseline-0"), "of actinit-baseline-0, not of"),
        (lambda text: text.replace('"accuracy"', '"acuracy"'), "is no actinit-baseline-1 file"),
        (lambda text: "", "is no actinit-baseline-1 file"),
    ],
)
def test_a_file_that_is_no_baseline_is_refused(tmp_path, change, message):
    place = backends.baseline(tmp_path)
    file = place / "float16.json"
    file.write_text(change(file.read_text()))
    for asked in (file, place):
        with pytest.raises(ValueError, match=message):
            load_baseline(asked)


def test_two_baselines_of_one_environment_are_refused(tmp_path):
    place = backends.baseline(tmp_path)
    save_baseline(load_baseline(place), file=place.parent / "framework-again.json")
    with pytest.raises(ValueError, match=r"are both baselines of framework on"):
        known_baselines(tmp_path)


def test_a_baseline_in_another_s_folder_is_refused(tmp_path):
    place = backends.baseline(tmp_path)
    moved = tmp_path / "windows-arm64" / place.name
    moved.parent.mkdir()
    place.rename(moved)
    with pytest.raises(ValueError, match=r"so it belongs in .*; move it there"):
        known_baselines(tmp_path)


def test_the_nearest_has_the_mode_then_the_instructions_then_the_version(tmp_path):
    for simd in ("avx2", "avx512", "asimd"):
        backends.baseline(tmp_path, machine={"simd": simd})
    compiled = backends.Framework()
    compiled.name = "framework-jit"
    backends.baseline(tmp_path, compiled, machine={"simd": "sse2"})
    every = known_baselines(tmp_path)
    machine = msgspec.structs.replace(this_machine(), simd="asimd")
    versions = {"framework": "2.0"}
    assert (
        nearest(every, "framework", "framework", "cpu", machine, versions)[0].header.simd == "asimd"
    )
    jit = nearest(every, "framework-jit", "framework", "cpu", machine, versions)
    assert [one.backend for one in jit] == ["framework-jit", *["framework"] * 3]
    assert nearest(every, "stranger", "stranger", "cpu", machine, versions) == []


def test_a_run_on_another_device_is_not_held_strictly_to_a_baseline(tmp_path):
    baseline = load_baseline(backends.baseline(tmp_path))
    name, machine, versions = baseline.backend, this_machine(), baseline.header.versions
    assert is_own(baseline, name, "cpu", machine, versions)
    assert not is_own(baseline, name, "cuda (a card)", machine, versions)
    here = msgspec.structs.replace(baseline.header, device="cuda (a card)", date="2000")
    placed = msgspec.structs.replace(baseline, header=here)
    for device, first in (("cpu", baseline), ("cuda (a card)", placed)):
        found = nearest([placed, baseline], name, baseline.family, device, machine, versions)
        assert found[0] is first


def test_a_check_is_compared_with_the_nearest_that_was_asked_its_entry(tmp_path, monkeypatch):
    backends.baseline(tmp_path, machine={"simd": "far"})  # asked gelu, and saw its findings
    near = save_baseline(
        msgspec.structs.replace(load_baseline(backends.baseline(tmp_path)), asked=["activation/x"]),
        tmp_path,
    )
    monkeypatch.setattr(session, "known_baselines", lambda: known_baselines(tmp_path))
    ran = Session(backends.Framework())
    assert ran.run(backends.check()).status == "known"
    (compared,) = [ran.report(complete=True).baseline]
    assert compared.environment.endswith("far")
    assert not compared.strict
    assert ran.report(complete=True).further == []
    # Asked nothing that is named: every entry, as baselines of before.
    save_baseline(msgspec.structs.replace(load_baseline(near), asked=[], checks={}), tmp_path)
    assert Session(backends.Framework()).run(backends.check()).status == "new"
    # A list of the caller's own is all that is known: what it does not name is held to the spec.
    own = Session(backends.Framework(), baseline=next(tmp_path.glob("*far/*")))
    assert own.run(backends.check()).status == "known"


def test_the_project_s_own_are_sound_and_light():
    for file in BASELINES.glob("*/*/*"):
        assert file.stat().st_size < 100_000, file
    known_baselines()


def entries(whole, *names, **facts):
    """Return a report with the findings of its check as those of such entries."""
    (result,) = whole.results
    results = [
        msgspec.structs.replace(result, id=result.id.replace("gelu", name)) for name in names
    ]
    return msgspec.structs.replace(whole, results=results, **facts)


def test_entries_that_were_asked_whole_are_added(tmp_path, monkeypatch, capsys):
    known = report(), report(backends.SlightlyWorse())
    folder = tmp_path / "baselines"
    ids = [backends.CHECK.replace("gelu", name) for name in ("a", "b", "c")] + ["activation/c/more"]
    monkeypatch.setattr(plans, "plan", lambda: [Named(id) for id in ids])
    narrowed = tmp_path / "results" / "conformance-framework.partial.json"
    save(entries(known[0], "a", "c", complete=False), narrowed)
    assert write(tmp_path, "extend", "framework", "--folder", str(folder)) == 0
    (file,) = folder.glob("*/framework")
    first = load_baseline(file)
    assert first.asked == ["activation/a"]  # of c a check is missing
    assert set(first.checks) == {ids[0]}
    save(entries(known[1], "a", "b", complete=False), narrowed)
    assert write(tmp_path, "extend", "framework", "--folder", str(folder)) == 0
    both = load_baseline(file)
    assert both.asked == ["activation/a", "activation/b"]
    assert both.checks[ids[0]] != first.checks[ids[0]]  # measured anew
    assert "measured: activation/a, activation/b" in capsys.readouterr().out
    before = [one.read_bytes() for one in sorted(file.iterdir())]
    for change, message in (
        (entries(known[0], "c"), "asked no entry whole (1 checks of activation/c)"),
        (entries(known[0], "a", versions={"framework": "3"}), "of versions {'framework': '1.0'}"),
    ):
        save(msgspec.structs.replace(change, complete=False), narrowed)
        assert write(tmp_path, "extend", "framework", "--folder", str(folder)) == 2
        assert message in capsys.readouterr().err
        assert [one.read_bytes() for one in sorted(file.iterdir())] == before


def test_a_baseline_that_does_not_say_what_it_asked_is_not_extended():
    whole = of_report(report())
    with pytest.raises(ValueError, match="does not say which entries it was asked; write it anew"):
        extended(msgspec.structs.replace(whole, asked=[]), whole)


def write(tmp_path, *words):
    return main(["baseline", *words, "--results", str(tmp_path / "results")])


def test_the_command_writes_and_compares(tmp_path, capsys):
    save(report(), tmp_path / "results" / "conformance-framework.json")
    folder = tmp_path / "baselines"
    assert write(tmp_path, "write", "framework", "--folder", str(folder)) == 0
    (place,) = folder.glob("*/framework")
    assert "findings in 1 checks" in capsys.readouterr().out
    own = tmp_path / "own.json"
    assert write(tmp_path, "write", "framework", "--output", str(own)) == 0
    assert load_baseline(own) == load_baseline(place)
    capsys.readouterr()
    assert write(tmp_path, "diff", "framework", "--baseline", str(place)) == 0
    assert "no finding changed" in capsys.readouterr().out
    save(report(backends.LongerTail()), tmp_path / "results" / "conformance-framework.json")
    assert write(tmp_path, "diff", "framework", "--baseline", str(place)) == 1
    assert "WORSE" in capsys.readouterr().out


def test_the_command_refuses_what_it_cannot_do_and_writes_nothing(tmp_path, capsys):
    folder = tmp_path / "baselines"
    assert write(tmp_path, "write", "framework", "--folder", str(folder)) == 2
    assert "run: actinit check framework" in capsys.readouterr().err
    save(report(complete=False), tmp_path / "results" / "conformance-framework.partial.json")
    assert write(tmp_path, "write", "framework", "--folder", str(folder)) == 2
    assert "is of an incomplete run" in capsys.readouterr().err
    save(report(complete=False), tmp_path / "results" / "conformance-framework.json")
    for verb in ("write", "diff"):
        assert write(tmp_path, verb, "framework") == 2
        assert "is incomplete" in capsys.readouterr().err
    save(report(), tmp_path / "results" / "conformance-framework.json")
    assert write(tmp_path, "diff", "framework") == 2
    assert "there is no baseline of framework" in capsys.readouterr().err
    assert not folder.exists()


@pytest.mark.parametrize(
    ("number", "short"),
    [
        ("0x0.0p+0", "0x0p+0"),
        ("-0x1.8000000000000p+3", "-0x1.8p+3"),
        ("0x1.0000000000000p+3", "0x1p+3"),
        ("[0x1.8000000000000p+1, 0x0.0p+0]", "[0x1.8p+1, 0x0p+0]"),
        ("nan", "nan"),
    ],
)
def test_a_number_that_was_shortened_stays_as_it_is(number, short):
    assert _short(number) == short
    assert _short(short) == short
