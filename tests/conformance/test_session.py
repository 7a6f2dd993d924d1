"""How a result is held against what the entry expects, and what a run leaves behind."""

from __future__ import annotations

import json

import jsonschema
import msgspec
import pytest
import wrong

from actinit import spec
from actinit.conformance import records
from actinit.conformance import report as reports
from actinit.conformance.checks.base import Check, Outcome
from actinit.conformance.machine import environment, this_machine
from actinit.conformance.plugin import SUITE
from actinit.conformance.report import STATUSES
from actinit.conformance.session import Session

HERE = "2026-11-x86_64"


def check_of(outcome, *, divergences=(), raises=None):
    entry = msgspec.structs.replace(spec.activations["relu"], divergence=tuple(divergences))

    def run(adapter):
        if raises:
            raise raises
        return outcome

    return Check("activation/relu/float32/value/ulp", entry, "spec", run, lambda *_: "paste")


def listed(kind="accuracy", checks=("float32/value/ulp",), backends=("torch",), seen=(HERE,)):
    return spec.Divergence(backends=backends, kind=kind, checks=checks, what="known", seen=seen)


GOOD = Outcome(conforms=True, message="fine")
BAD = Outcome(conforms=False, kind="accuracy", grade="D", message="off")


def status(check, *, family="torch", where=HERE):
    adapter = wrong.Right()
    adapter.name = adapter.family = family
    session = Session(adapter)
    session.environment = where
    return session.run(check).status


def test_in_the_environment_of_the_list_it_is_strict_both_ways():
    assert status(check_of(GOOD)) == "pass"
    assert status(check_of(BAD)) == "fail"
    assert status(check_of(BAD, divergences=[listed()])) == "known"
    assert status(check_of(GOOD, divergences=[listed()])) == "stale"
    assert status(check_of(BAD, divergences=[listed(kind="range")])) == "fail"


def test_elsewhere_a_difference_is_news_both_ways():
    assert status(check_of(GOOD), where=None) == "pass"
    assert status(check_of(BAD), where=None) == "news"
    assert status(check_of(BAD, divergences=[listed()]), where=None) == "known"
    assert status(check_of(GOOD, divergences=[listed()]), where=None) == "news"


def test_a_divergence_seen_elsewhere_is_not_expected_strictly_here():
    elsewhere = listed(seen=("another",))
    assert status(check_of(GOOD, divergences=[elsewhere])) == "news"
    assert status(check_of(BAD, divergences=[elsewhere])) == "known"


def test_an_unknown_adapter_and_the_reference_are_held_to_the_spec_everywhere():
    for family in ("own", "numpy"):
        assert status(check_of(BAD), family=family, where=None) == "fail"


def test_a_divergence_covers_its_checks_and_backend_only():
    for other in (listed(checks=("float64/*",)), listed(backends=("keras*", "torch-*"))):
        assert status(check_of(BAD, divergences=[other])) == "fail"
    assert status(check_of(BAD, divergences=[listed(checks=("*/value/ulp",))])) == "known"


def test_whatever_is_raised_becomes_a_result():
    assert status(check_of(None, raises=ValueError("boom"))) == "error"
    known = listed(kind="definition")
    assert status(check_of(None, raises=ValueError("boom"), divergences=[known])) == "known"


def test_the_environment_needs_every_version(monkeypatch):
    known = spec.environments()[HERE]
    machine = msgspec.structs.replace(
        this_machine(), platform=known.platform, cpu=known.cpu, simd=known.simd
    )
    assert environment(machine, {"torch": f"{known.versions['torch']}+cpu"}) == HERE
    assert environment(machine, {"torch": "0.0"}) is None
    assert environment(machine, {"unheard-of": "1"}) is None
    other = msgspec.structs.replace(machine, simd="avx2")
    assert environment(other, {"torch": known.versions["torch"]}) is None


def test_the_published_schema_is_the_code_s():
    file = SUITE.parent / "schemas" / "conformance.schema.json"
    assert json.loads(file.read_text(encoding="utf-8")) == reports.schema()


def test_a_report_obeys_the_schema_and_reads_back(tmp_path):
    session = Session(wrong.Right())
    for check in (check_of(BAD), check_of(GOOD), check_of(None, raises=RuntimeError("x"))):
        session.run(check)
    file = tmp_path / "deep" / "report.json"
    records.save(session.report(complete=False), file)
    jsonschema.validate(json.loads(file.read_text(encoding="utf-8")), reports.schema())
    back = reports.load(file)
    assert back.counts == {**dict.fromkeys(STATUSES, 0), "fail": 1, "pass": 1, "error": 1}
    assert [path.name for path in file.parent.iterdir()] == ["report.json"]


def test_a_report_that_cannot_be_written_leaves_nothing(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(OSError, match="disk full"):
        records.save(Session(wrong.Right()).report(complete=True), tmp_path / "report.json")
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_no_report_is_refused(tmp_path):
    file = tmp_path / "conformance-x.json"
    file.write_text('{"schema": 1}')
    with pytest.raises(ValueError, match=r"is no actinit-conformance-1 file.*run the check again"):
        reports.load(file)
