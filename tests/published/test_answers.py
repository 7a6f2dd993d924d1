"""What backends return at stored inputs: asked in an array, written down bit for bit."""

from __future__ import annotations

import json

import jsonschema
import numpy as np
import pytest
from helpers import wrong

from actinit import spec
from actinit.adapters import NotOffered
from actinit.conformance.commands import main
from actinit.conformance.expected.hard_cases import hard_cases
from actinit.conformance.formats import FORMATS
from actinit.conformance.plan import activation_checks
from actinit.conformance.published import answers, every
from actinit.conformance.results.answers import Answers
from actinit.conformance.results.conformance import ConformanceReport
from actinit.conformance.results.store import read, save, schema
from actinit.conformance.run.session import Session

BFLOAT16 = FORMATS["bfloat16"]
GELU = spec.activations["gelu"]


class Lossy(wrong.Right):
    """The reference, but for the tail of gelu, and without derivatives of it."""

    def value(self, entry, x, parameters):
        found = super().value(entry, x, parameters)
        return np.where(x < -5.3, np.zeros_like(found), found) if entry is GELU else found

    def gradient(self, entry, x, upstream, parameters):
        if entry is GELU:
            raise NotOffered("no derivative")
        return super().gradient(entry, x, upstream, parameters)


@pytest.fixture(scope="module")
def recorded():
    session = Session(Lossy())
    for name in ("gelu", "relu", "softmax"):
        for check in activation_checks(spec.activations[name]):
            if "/bfloat16/" in check.id and check.id.endswith(("value/ulp", "derivative/ulp")):
                session.run(check)
    report = session.report(complete=False)
    return report, answers.record(session.adapter, report)


def test_what_was_asked_is_recorded_and_nothing_else(recorded):
    report, found = recorded
    assert {answer.entry for answer in found.answers} == {"gelu", "relu"}  # softmax is of rows
    asked = {(answer.entry, answer.part) for answer in found.answers}
    assert asked == {("gelu", "value"), ("relu", "value"), ("relu", "derivative")}
    assert (found.backend, found.complete) == (report.backend, False)


def test_ends_of_findings_and_hard_cases_are_among_the_inputs(recorded):
    report, found = recorded
    (result,) = (one for one in report.results if one.id == "activation/gelu/bfloat16/value/ulp")
    ends = {end for one in result.outcome.findings for end in (one.first_hex, one.last_hex) if end}
    assert ends
    by_format = {
        one.dtype: one for one in found.answers if (one.entry, one.part) == ("gelu", "value")
    }
    for end in ends:
        number = np.array([float.fromhex(end)]).astype(BFLOAT16.dtype)
        assert answers.patterns(number, BFLOAT16)[0] in by_format["bfloat16"].x
    hard = hard_cases("gelu").cases["value"]["float32"]
    numbers = np.array([float.fromhex(x) for x, _, _ in hard], dtype=np.float32)
    assert len(hard) > 5
    assert set(answers.patterns(numbers, FORMATS["float32"])) <= set(by_format["float32"].x)


def test_answers_are_the_backend_s_and_what_is_right_the_oracle_s(recorded):
    for answer in recorded[1].answers:
        fmt = FORMATS[answer.dtype]
        assert len(answer.x) == len(answer.got) == len(answer.exact)
        x, got = (
            fmt.from_bits(np.array([int(pattern, 16) for pattern in column]))
            for column in (answer.x, answer.got)
        )
        tail = (x < -5.3) & (answer.entry == "gelu")
        assert tail.any() == (answer.entry == "gelu")
        stated = np.array([bool(pattern) for pattern in answer.exact])
        # Where the backend is not wrong on purpose it is correctly rounded or next to it.
        near = np.array(
            [
                abs(int(pattern, 16) - int(right or "0", 16)) <= 2
                for pattern, right in zip(answer.got, answer.exact, strict=True)
            ]
        )
        # Either zero is right for relu(-0).
        near |= np.isnan(got.astype(float)) | ((answer.entry == "relu") & (got == 0) & (x == 0))
        assert near[~tail & stated].all(), answer.entry
        assert (got[tail] == 0).all()
        assert not stated[np.isnan(x.astype(float)) & (answer.part == "derivative")].any()


def test_the_worst_inputs_of_findings_are_among_them(recorded):
    report, found = recorded
    (check,) = (r for r in report.results if r.id == "activation/gelu/bfloat16/value/ulp")
    (answer,) = (
        a for a in found.answers if (a.entry, a.dtype, a.part) == ("gelu", "bfloat16", "value")
    )
    worst = [check.outcome.witness, *(finding.worst for finding in check.outcome.findings)]
    numbers = np.array([float.fromhex(one.x_hex) for one in worst], dtype=BFLOAT16.dtype)
    assert set(answers.patterns(numbers, BFLOAT16)) <= set(answer.x)
    usual = answers.inputs(GELU, BFLOAT16)
    assert len(answer.x) > len(usual)


@pytest.mark.parametrize("dtype", FORMATS)
def test_inputs_are_the_edges_and_each_once(dtype):
    fmt = FORMATS[dtype]
    found = answers.inputs(GELU, fmt, [1.0, 0.25, float("nan"), 1e9])
    assert len(np.unique(found.view(fmt.bits))) == len(found)
    numbers = found.astype(np.float64)
    largest = np.max(fmt.finite() if fmt.exhaustive else np.finfo(fmt.dtype).max)
    infinities = {np.inf, -np.inf} if fmt.infinities else set()
    assert {0.0, float(largest), -float(largest), 0.25, *infinities} <= set(numbers.tolist())
    assert np.signbit(numbers[numbers == 0]).tolist() == [True, False]
    assert np.isnan(numbers[-1])
    assert (np.diff(numbers[: -1 - len(infinities)]) >= 0).all()


def test_a_file_reads_back_obeys_the_schema_and_is_small(recorded, tmp_path):
    file = tmp_path / "answers-mine.json"
    save(recorded[1], file)
    jsonschema.validate(json.loads(file.read_text(encoding="utf-8")), schema(Answers))
    assert read(file, Answers) == recorded[1]
    # Of eleven functions with two parts each it stays below 400 kB.
    assert file.stat().st_size / len(recorded[1].answers) < 400_000 / 88
    file.write_text("{}")
    with pytest.raises(ValueError, match="is no actinit-answers-1 file"):
        read(file, Answers)


def test_answers_are_asked_again_for_a_report_of_these_versions(tmp_path, capsys):
    words = ["compute", "answers", "numpy", "--results", str(tmp_path)]
    assert main(words) == 2
    assert "run: actinit check numpy" in capsys.readouterr().err
    from actinit.adapters import load

    session = Session(load("numpy"))
    for check in activation_checks(spec.activations["relu"]):
        if "/float16/" in check.id:
            session.run(check)
    file = tmp_path / "conformance-numpy.json"
    save(session.report(complete=False), file)
    assert main(words) == 0
    found = read(tmp_path / "answers-numpy.json", Answers)
    assert found.date == read(file, ConformanceReport).date
    assert len(found.answers) == 2 * len(FORMATS)


def test_all_inputs_of_narrow_formats_are_recorded_in_a_few_bytes(recorded):
    found = {(one.entry, one.dtype, one.part): one for one in recorded[1].every}
    narrow = {fmt.name for fmt in FORMATS.values() if fmt.width <= 16}
    parts = [("gelu", "value"), ("relu", "value"), ("relu", "derivative")]
    assert set(found) == {(name, dtype, part) for name, part in parts for dtype in narrow}
    right = every.right(GELU, BFLOAT16, "value")
    packed = found["gelu", "bfloat16", "value"].minus_right
    with np.errstate(invalid="ignore"):  # signalling nans
        x = every.numbers(BFLOAT16).astype(np.float64)
    got = BFLOAT16.from_bits(every.unpack(packed, right, BFLOAT16)).astype(np.float64)
    assert (got[x < -5.3] == 0).all()
    same = (x >= -5.3) & (x != 0)
    assert (got[same] == BFLOAT16.from_bits(right)[same].astype(np.float64)).all()
    assert len(packed) < 8000


def test_what_is_packed_comes_back(recorded):
    for dtype in ("float8_e4m3fn", "float16", "bfloat16"):
        fmt = FORMATS[dtype]
        right = every.right(GELU, fmt, "value")
        got = np.random.default_rng(1).permutation(right)
        assert (every.unpack(every.pack(got, right, fmt), right, fmt) == got).all()
