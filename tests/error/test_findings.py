"""What a person reads: intervals, the worst input, and a sentence."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from scipy import special

from actinit import reference as ref
from actinit import spec
from actinit.conformance.activations.judge import outcome
from actinit.conformance.activations.sample import by_sign
from actinit.conformance.check import Outcome
from actinit.conformance.error.findings import findings
from actinit.conformance.error.question import Question
from actinit.conformance.error.tally import Tally
from actinit.conformance.expected.question import question
from actinit.conformance.formats import FORMATS

F16 = FORMATS["float16"]
EVERY = np.sort(F16.finite())
EVERY = EVERY[np.lexsort((~np.signbit(EVERY), EVERY.astype(np.float64)))]  # -0 before 0
ALL = F16.every()
GELU = spec.activations["gelu"]


def tally_of(right, got, asked, x=EVERY):
    found = Tally(F16)
    for side in by_sign(x):
        found.add(x[side], got[side], right[side], asked)
    found.seams(asked)
    return found


def told(right, got, asked, x=EVERY, subject="f"):
    return findings(tally_of(right, got, asked, x), asked, subject)


def changed(change, monotone=None, **asked):
    """Return the findings for tanh with something changed in it."""
    right = np.tanh(EVERY.astype(np.float64))
    got = change(EVERY.astype(np.float64), right.astype(F16.dtype))
    question = Question(F16, 1.0, at_zero=(0.0, 0.0), monotone=monotone, **asked)
    return told(right, got.astype(F16.dtype), question)


def gelu_with_erf(x):
    """1 + erf cancels in the negative tail."""
    erf = special.erf(x / np.sqrt(2)).astype(x.dtype)
    return x * ((1 + erf) / F16.dtype.type(2))


def test_what_is_right_has_no_findings():
    assert changed(lambda x, got: got, monotone="increasing", range=(-1.0, 1.0)) == []


def test_a_lost_tail_is_one_finding_with_its_milestones():
    asked = question(GELU, F16, "value")
    right = ref.gelu(EVERY.astype(np.float64))
    got = gelu_with_erf(EVERY)
    found = [f for f in told(right, got, asked, subject="gelu") if f.kind]
    tail = found[0]
    zero = EVERY[(got == 0) & (EVERY < -1)].max()
    assert tail.kind == "accuracy"
    assert tail.sentence.startswith("gelu loses its negative tail from -")
    assert tail.sentence.endswith(f" on, down to -0.0 at {zero:.4g}")
    # Where a subnormal is right, a zero is a flush.
    normal = np.abs(right) >= 2.0**-14
    assert float(tail.first) == EVERY[(got == 0) & (EVERY < -1) & normal].min()
    assert float(tail.last) > float(zero)
    assert float.fromhex(tail.first_hex) == float(tail.first)


def test_a_tail_of_zeros_says_what_was_right():
    (found,) = changed(lambda x, got: np.where(x < -3, -0.0, got))
    first = EVERY[EVERY < -3].max()
    assert found.sentence == f"f is -0.0 from {first:.4g} on, where -0.9951 is right"
    assert found.defect == "beyond"
    assert found.kind == "definition"
    assert found.count == (EVERY < -3).sum()


def test_an_overflow_says_from_where_and_what_is_right():
    right = EVERY.astype(np.float64)
    got = np.where(EVERY > 32_000, np.inf, right).astype(F16.dtype)
    (found,) = told(right, got, Question(F16, 1.0))
    first = EVERY[EVERY > 32_000].min()
    assert found.kind == "non-finite"
    assert found.sentence == f"f is inf from {short(first)} on, where {short(first)} is right"
    assert (float(found.first), float(found.last)) == (first, 65472.0)  # 65504 is an ulp from inf
    assert found.worst.x == repr(float(first))
    assert found.worst.error is None


def short(value):
    return f"{float(value):.4g}"


def between(low, high):
    return lambda x, got: np.where((low <= x) & (x < high), got + 0.25, got)


def test_neighbouring_bins_are_one_finding_and_distant_ones_are_not():
    (one,) = changed(between(0.5, 2.0))
    assert (one.first, float(one.last) < 2) == ("0.5", True)
    assert one.count == ((EVERY >= 0.5) & (EVERY < 2)).sum()
    low, high = changed(lambda x, got: between(0.0625, 0.125)(x, between(1.0, 2.0)(x, got)))
    assert (low.first, high.first) == ("0.0625", "1.0")
    # A gap of less than a binade is none.
    near = changed(lambda x, got: between(0.5, 0.75)(x, between(1.0, 2.0)(x, got)))
    assert [f.first for f in near] == ["0.5"]
    # The two sides of zero are two.
    assert len(changed(lambda x, got: np.where(np.abs(x) >= 1, got * 0.5, got))) == 2


def test_no_more_than_a_handful_of_intervals():
    def striped(x, got):
        return np.where(np.frexp(np.abs(x))[1] % 2 == 0, got * 1.5, got)

    found = changed(striped)
    assert len(found) == 5
    right = np.tanh(EVERY.astype(np.float64))
    wrong = striped(EVERY.astype(np.float64), right.astype(F16.dtype)).astype(F16.dtype)
    beyond = tally_of(right, wrong, Question(F16, 1.0, at_zero=(0.0, 0.0))).number("beyond")
    assert sum(f.count for f in found) == beyond
    ends = [float(end) for f in found for end in (f.first, f.last)]
    assert ends == sorted(ends)


def test_infinity_and_nan_are_apart_from_the_numbers():
    x = np.concatenate([ALL[:0x7C00][-2000:], ALL[0x7C00:0x8000]])
    with np.errstate(invalid="ignore"):
        right = x.astype(np.float64)
    wrong = np.where(right > 40_000, 0, x).astype(F16.dtype)
    wrong[np.isnan(right)] = 0
    asked = Question(F16, 1.0)
    found = Tally(F16)
    found.add(x, wrong, right, asked)
    sentences = [f.sentence for f in findings(found, asked, "f")]
    assert sentences == [
        "f is 0.0 from nan on, where nan is right",
        "f is 0.0 from 4.003e+04 on, where 4.003e+04 is right",
        "f is 0.0 at inf, where inf is right",
    ]


CASES = [
    (
        lambda x, got: np.where(x == 0.5, -got, got), {},
        "definition", "beyond", "f is far off at 0.5: -0.4622 for 0.4621, of the wrong sign at 0.5",
    ),
    (
        lambda x, got: np.where(x == 0.5, got + 4 * 2.0**-12, got), {},
        "accuracy", "beyond", "f is up to 4.168 ulp off at 0.5: 0.4631 for 0.4621",
    ),
    (
        lambda x, got: np.where(x > 6, 1 + 2.0**-10, got), {"range": (-1.0, 1.0)},
        "range", "range", "f is above the bound 1.0 from 6.004 on: 1.0009765625 at 6.004",
    ),
    (
        lambda x, got: np.where(x == 0.5, got - 2.0**-10, got), {"monotone": "increasing"},
        "accuracy", "order_beyond",
        "f turns back by up to 3 ulp at 0.5: at 0.5 it is 0.461181640625 after 0.4619140625",
    ),
    (
        lambda x, got: np.where(x == 0.5, got - 2.0**-11, got), {"monotone": "increasing"},
        None, "order", "f turns back by up to 1 ulp at 0.5",
    ),
    (
        lambda x, got: np.where(np.abs(got) < 2.0**-14, np.copysign(0, got), got), {},
        None, "flushed_result", "f flushes subnormal results to zero from -6.098e-05 to 6.098e-05",
    ),
    (
        lambda x, got: np.where(np.abs(x) < 2.0**-14, np.copysign(0, x), got), {},
        None, "flushed_input", "f takes subnormal inputs for zero from -6.098e-05 to 6.098e-05",
    ),
    (
        lambda x, got: np.where(x == 0, 0.0, got), {},
        None, "zero_sign", "f is 0.0 at -0.0, where the zero has the other sign",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "asked", "kind", "defect", "sentence"), CASES,
    ids=[f"{case[3]}-{case[2]}" for case in CASES],
)  # fmt: skip
def test_each_defect_has_its_sentence(change, asked, kind, defect, sentence):
    found = {f.defect: f for f in changed(change, **asked)}
    assert found[defect].sentence.startswith(sentence), found[defect].sentence
    assert found[defect].kind == kind


def test_asymmetry_has_its_sentence():
    x = F16.from_bits(np.arange(0x3C00, 0x3C10))
    asked = Question(F16, 0.0, symmetry="odd")
    other = -x
    other[3] -= F16.dtype.type(2**-9)
    found = Tally(F16)
    found.add_symmetry(x, x, other, asked)
    (one,) = findings(found, asked, "f")
    assert one.sentence == (
        "f is not odd to the last bit at 1.003: at 1.0029296875 it is 1.0029296875, "
        "where 1.0048828125 follows from what it is at -1.0029296875"
    )
    assert (one.kind, one.defect, one.count) == ("accuracy", "symmetry_beyond", 1)


def test_an_outcome_has_the_kind_and_the_witness_of_the_gravest_finding():
    asked = question(GELU, F16, "value")
    right = ref.gelu(EVERY.astype(np.float64))
    got = gelu_with_erf(EVERY)
    got[EVERY > 40_000] = np.inf
    found = outcome(tally_of(right, got, asked), asked, GELU, "value")
    assert not found.conforms
    assert found.kind == "non-finite"
    assert found.grade == "F"
    assert found.witness.got == "inf"
    assert {f.kind for f in found.findings} == {"non-finite", "accuracy", None}
    assert found.findings[0].kind == "non-finite"
    assert found.measured["points"] == EVERY.size
    assert found.measured["nonfinite"] == ((EVERY > 40_000) & (EVERY < 65504)).sum()
    total = found.measured["nonfinite"] + found.measured["beyond"]
    assert found.message.startswith(f"{total:,.0f} of 63,488 inputs beyond the budget: gelu is inf")
    assert "; gelu loses its negative tail" in found.message
    assert msgspec.json.decode(msgspec.json.encode(found), type=Outcome) == found


@pytest.mark.parametrize(
    ("ulps", "grade", "conforms"),
    [(0.9, "A", True), (3.0, "B", True), (4.5, "C", True), (6.0, "D", False)],
)
def test_grades(ulps, grade, conforms):
    x = F16.from_bits(np.arange(0x3C00, 0x4000))
    asked = Question(F16, 5.0)
    # Exact values beside 2**-12, so that what is off is off in relative terms alone.
    got = (x.astype(np.float64) * 2.0**-12).astype(F16.dtype)
    found = Tally(F16)
    found.add(x, got, got.astype(np.float64) + ulps * 2.0**-22, asked)
    result = outcome(found, asked, GELU, "value")
    assert (result.grade, result.conforms) == (grade, conforms)
    if conforms:
        assert result.message.startswith(f"at most {ulps:.3g} ulp, at x = 1.0")
        assert result.witness.budget == 5.0


def test_findings_do_not_depend_on_the_order_of_merging():
    asked = question(GELU, F16, "value")
    right = ref.gelu(EVERY.astype(np.float64))
    got = gelu_with_erf(EVERY)
    sides = []
    for side in by_sign(EVERY):
        tally = Tally(F16)
        tally.add(EVERY[side], got[side], right[side], asked)
        sides.append(tally.to_array())
    both = []
    for order in (sides, sides[::-1]):
        found = Tally(F16)
        for rows in order:
            found.merge(Tally.from_array(rows, F16))
        found.seams(asked)
        both.append(findings(found, asked, "gelu"))
    assert both[0] == both[1]


def test_the_grade_is_that_of_the_witness():
    """A letter and a figure are of one input: of what is far off, not of what is inaccurate."""
    asked = question(GELU, F16, "value")
    right = ref.gelu(EVERY.astype(np.float64))
    tail = gelu_with_erf(EVERY)  # thousands of ulp off, and nowhere far
    lost = outcome(tally_of(right, tail, asked), asked, GELU, "value")
    assert (lost.grade, lost.kind) == ("D", "accuracy")
    assert lost.measured["graded_ulp"] == lost.witness.error == lost.measured["max_ulp"]

    far = tail.copy()
    at = EVERY == 2.0
    far[at] = 2.0  # 0.05 off: 46 ulp, which is less than in the tail
    found = outcome(tally_of(right, far, asked), asked, GELU, "value")
    assert found.grade == "F"
    assert (found.witness.x, found.witness.got) == ("2.0", "2.0")
    assert found.measured["graded_ulp"] == found.witness.error < found.measured["max_ulp"]

    far[at] = np.nan
    infinite = outcome(tally_of(right, far, asked), asked, GELU, "value")
    assert (infinite.grade, infinite.witness.x) == ("F", "2.0")
    assert "graded_ulp" not in infinite.measured
    fine = outcome(tally_of(right, right.astype(F16.dtype), asked), asked, GELU, "value")
    assert (fine.grade, fine.measured["graded_ulp"]) == ("A", fine.witness.error)


def test_a_wrong_sign_beside_a_root_is_lost_accuracy_and_in_a_tail_wrong():
    asked = question(GELU, F16, "derivative")
    right = ref.gelu.derivative(EVERY.astype(np.float64))
    for x, grade in ((-0.752, "D"), (-3.0, "F")):
        got = right.astype(F16.dtype)
        at = np.argmin(np.abs(EVERY.astype(np.float64) - x))
        got[at] = -got[at]
        found = outcome(tally_of(right, got, asked), asked, GELU, "derivative")
        assert (found.grade, found.measured["sign"]) == (grade, 1)
        assert found.witness.x == repr(float(EVERY[at]))
