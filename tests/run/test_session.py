"""How a result is held against what the entry expects, and what a run leaves behind."""

from __future__ import annotations

import json

import jsonschema
import msgspec
import pytest
from helpers import wrong
from helpers.made_checks import BAD, GOOD, OFF, check_of

from actinit.adapters import NotOffered
from actinit.conformance.check import Outcome
from actinit.conformance.results import store as records
from actinit.conformance.results.conformance import STATUSES, ConformanceReport
from actinit.conformance.results.store import read, schema
from actinit.conformance.run.session import Session


def result(check, **options):
    return Session(wrong.Right(), **options).run(check)


def test_without_a_baseline_a_backend_is_held_to_the_spec():
    assert result(check_of(GOOD)).status == "passed"
    bad = result(check_of(BAD))
    assert (bad.status, bad.fails, bad.message) == ("new", True, "off")


@pytest.mark.parametrize(
    ("error", "kind", "grade"),
    [
        (ValueError("boom"), "error", "F"),
        (NotImplementedError(), "unsupported", None),
        (RuntimeError("\"qr_cpu\" not implemented for 'Half'"), "unsupported", None),
    ],
)
def test_whatever_is_raised_becomes_a_result(error, kind, grade):
    found = result(check_of(None, raises=error))
    assert (found.status, found.fails) == ("error", True)
    assert (found.outcome.kind, found.outcome.grade) == (kind, grade)
    assert found.outcome.findings[0].key == f"raised/{type(error).__name__}"


def test_what_is_not_offered_is_no_finding():
    found = result(check_of(None, raises=NotOffered("no such function")))
    assert (found.status, found.fails, found.outcome) == ("not-offered", False, None)


def test_an_outcome_that_diverges_needs_a_finding_with_a_kind_and_distinct_keys():
    with pytest.raises(ValueError, match="needs a finding with a kind"):
        Outcome.diverging([msgspec.structs.replace(OFF, kind=None)])
    with pytest.raises(ValueError, match="one key"):
        Outcome.diverging([OFF, OFF])


def test_a_report_obeys_the_schema_and_reads_back(tmp_path):
    session = Session(wrong.Right())
    for check in (check_of(BAD), check_of(GOOD), check_of(None, raises=RuntimeError("x"))):
        session.run(check)
    file = tmp_path / "deep" / "report.json"
    records.save(session.report(complete=False), file)
    jsonschema.validate(json.loads(file.read_text(encoding="utf-8")), schema(ConformanceReport))
    back = read(file, ConformanceReport)
    assert back.counts == {**dict.fromkeys(STATUSES, 0), "new": 1, "passed": 1, "error": 1}
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
    with pytest.raises(ValueError, match=r"is no actinit-conformance-2 file.*run the check again"):
        read(file, ConformanceReport)
