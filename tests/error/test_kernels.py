"""The compiled kernels, held to the slow definition in `metric` and to wrong results."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from helpers.imports import MODULES, imported
from hypothesis import example, given, settings
from hypothesis import strategies as st

from actinit.conformance.error import kernels
from actinit.conformance.error.kernels import compiled
from actinit.conformance.error.metric import measure, ulp
from actinit.conformance.error.ordinals import number, ordinals
from actinit.conformance.error.question import Question
from actinit.conformance.error.rows import DEFECTS
from actinit.conformance.error.tally import Tally
from actinit.conformance.formats import FORMATS
from actinit.conformance.oracle import Exact

F32 = FORMATS["float32"]
BUDGET = 3.0
AT_ZERO = (-0.25, 0.5)


def counts(tally):
    return {defect: tally.number(defect) for defect in DEFECTS if tally.number(defect)}


def by_definition(x, got, exact, fmt, budget=BUDGET):
    """Return the masks of defects and the errors that count, as `metric` has them."""
    at_zero = tuple(np.full(x.shape, end) for end in AT_ZERO)
    errors = measure(got, exact, fmt, x=x, at_zero=at_zero)
    beyond = errors.beyond(np.float64(budget))
    masks = {
        "beyond": beyond,
        "vanished": beyond & (got == 0),
        "sign": beyond & errors.wrong_sign,
        "nonfinite": errors.nonfinite,
        "zero_sign": errors.zero_sign,
        "flushed_input": errors.flushed_input,
        "flushed_result": errors.flushed_result,
    }
    return masks, np.where(errors.nonfinite, -1.0, errors.ulps)


def specials(fmt):
    """Return the numbers of a format at which something changes, of both signs."""
    largest = fmt.row.largest
    smallest = 2.0 ** (fmt.emin - fmt.stored)
    tiny = 2.0**fmt.emin
    eps = 2.0**-fmt.stored
    positive = [
        0.0, smallest, 2 * smallest, 5 * smallest, tiny - smallest, tiny, tiny + smallest, 0.25,
        0.5, 1 - eps / 2, 1.0, 1 + eps, 1 + 4 * eps, 2.0, 3.0, largest / 2,
        largest - largest * eps, largest, np.inf,
    ]  # fmt: skip
    return np.array([sign * value for value in positive for sign in (1, -1)] + [np.nan])


def exact_values(fmt):
    """Return the special numbers, some beside them, and some that the format does not have."""
    values = specials(fmt)
    if fmt.name == "float64":
        return [(value, residual) for value in values for residual in (0.0, 0.25, -0.25, 0.5)]
    smallest = 2.0 ** (fmt.emin - fmt.stored)
    more = [
        smallest / 2,
        smallest / 2.1,
        smallest / 1.9,
        1e-300,
        2.0 ** (fmt.emax + 1),
        1e300,
        5e-324,
    ]
    near = [value * (1 + side * 2.0**-40) for value in values for side in (-1, 1)]
    return [(value, 0.0) for value in (*values, *near, *more, *(-value for value in more))]


@pytest.mark.parametrize("budget", [BUDGET, np.inf])
@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_every_pair_of_special_values_is_counted_as_defined(fmt, budget):
    question = Question(fmt, budget, at_zero=AT_ZERO)
    with np.errstate(over="ignore"):
        pairs = list(itertools.product(specials(fmt), exact_values(fmt)))
        results = np.array([got for got, _ in pairs]).astype(fmt.dtype)
    rights = Exact(
        np.array([right for _, (right, _) in pairs]), np.array([rest for _, (_, rest) in pairs])
    )
    for place in (1, int(ordinals(np.array(1.5), fmt))):  # a subnormal input, and a normal one
        x = np.full(len(pairs), number(place, fmt))
        masks, ulps = by_definition(x, results, rights, fmt, budget)
        for i, (got, right) in enumerate(pairs):
            here = slice(i, i + 1)
            tally = Tally(fmt)
            tally.add(x[here], results[here], Exact(*(part[here] for part in rights)), question)
            found = {key: n for key, n in counts(tally).items() if key in masks}
            assert found == {key: 1 for key, mask in masks.items() if mask[i]}, (got, right)
            row = tally.worst()
            assert (-1 if row is None else row["worst"]) == ulps[i], (got, right)


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_a_budget_without_bound_still_asks_for_the_sign(fmt):
    x = fmt.from_bits(int(ordinals(np.array(1.0), fmt)) + np.arange(6))
    right = np.full(6, 2.0**fmt.emin)
    right[3:] /= 2  # subnormal: zero is a flush there, and the wrong sign a small error
    got = np.array([0.0, -1.0, 5.0, 0.0, -1.0, 5.0]).astype(fmt.dtype)
    tally = Tally(fmt)
    tally.add(x, got, Exact(right, np.zeros(6)), Question(fmt, np.inf))
    found = counts(tally)
    assert {key: found[key] for key in ("beyond", "vanished", "sign")} == {
        "beyond": 2, "vanished": 1, "sign": 1,
    }  # fmt: skip


def smooth(fmt, x):
    """Return what is right for tanh, and correctly rounded results."""
    right = np.tanh(x.astype(np.float64))
    return right, right.astype(fmt.dtype)


PLANTED = st.lists(st.tuples(st.integers(0, 9_999), st.integers(0, 36), st.booleans()), max_size=12)


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
@settings(max_examples=40, deadline=None)
@example(start=0.0, planted=[(0, 36, False), (4095, 1, False), (4096, 3, False), (9999, 20, True)])
@given(start=st.sampled_from([0.0, 1e-7, 0.3, 1.0, 4.0]), planted=PLANTED)
def test_what_is_planted_in_long_runs_is_found_where_it_is(fmt, start, planted):
    first = int(ordinals(np.array(start, dtype=fmt.dtype), fmt))
    places = np.arange(
        first, min(first + 10_000, int(ordinals(np.array(fmt.row.largest), fmt)) + 1)
    )
    x = fmt.from_bits(places)
    right, got = smooth(fmt, x)
    strange = specials(fmt).astype(fmt.dtype)
    for at, which, in_truth in planted:
        i = at % x.size  # a format of 8 bits has no long runs
        if in_truth:
            right[i] = strange[which]
        else:
            got[i] = strange[which]
    exact = Exact(right, np.zeros_like(right))
    tally = Tally(fmt)
    tally.add(x, got, exact, Question(fmt, BUDGET, at_zero=AT_ZERO))
    masks, ulps = by_definition(x, got, exact, fmt)
    rows = tally.rows
    for defect, mask in masks.items():
        index = DEFECTS.index(defect)
        assert tally.number(defect) == mask.sum()
        if mask.any():
            having = rows[rows["number"][:, index] > 0]
            at = np.flatnonzero(mask)
            assert having["first"][0, index] == places[at[0]]
            assert having["last"][-1, index] == places[at[-1]]
            np.testing.assert_equal(having["first_got"][0, index], float(got[at[0]]))
            np.testing.assert_equal(having["last_exact"][-1, index], right[at[-1]])
    worst = tally.worst()
    assert worst["worst"] == ulps.max()
    assert worst["worst_at"] == places[np.argmax(ulps)]
    assert worst["worst_got"] == float(got[np.argmax(ulps)])
    assert tally.count == x.size


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(st.tuples(st.integers(0, 8_999), st.integers(-9, 9)), max_size=9),
    negative=st.booleans(),
    falling=st.booleans(),
)
def test_steps_back_are_counted_with_their_size(steps, negative, falling):
    x = F32.from_bits(0x3F000000 + np.arange(9_000)) * np.float32(-1 if negative else 1)
    right = np.tanh(x.astype(np.float64)) * (-1 if falling else 1)
    got = right.astype(np.float32)
    for i, ulps in steps:
        got[i] += np.float32(ulps * ulp(right[i], F32))
    monotone = "decreasing" if falling else "increasing"
    tally = Tally(F32)
    tally.add(x, got, right, Question(F32, 2.0, monotone=monotone))
    order = np.argsort(x)
    y = got[order].astype(np.float64) * (-1 if falling else 1)
    back = (y[:-1] - y[1:]) / ulp(np.maximum(np.abs(y[:-1]), np.abs(y[1:])), F32)
    assert tally.number("order") == (back > 0).sum()
    assert tally.number("order_beyond") == (back > 4).sum()
    if (back > 0).any():
        worst = tally.worst("order")
        assert worst["order"] == back.max()
        ties = ordinals(x[order][1:][back == back.max()], F32)
        assert worst["order_at"] in ties
    else:
        assert tally.worst("order") is None


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("at", [1, 4_000, 4_096, 8_191, 8_192])
def test_one_step_back_is_found_also_where_nothing_else_moves(sign, at):
    x = sign * F32.from_bits(0x3F000000 + np.arange(9_000))
    right = np.full(x.shape, 0.5)
    got = right.astype(np.float32)
    got[at:] -= np.float32(sign * 2**-24)
    tally = Tally(F32)
    tally.add(x, got, right, Question(F32, 2.0, monotone="increasing"))
    assert counts(tally) == {"order": 1}
    # It is noted at the upper of the two inputs, which of negative ones is the inner.
    upper = at if sign > 0 else at - 1
    assert tally.worst("order")["order_at"] == ordinals(x[upper], F32)


# Contiguous inputs around 1, and the subnormals with the first normal numbers.
NEAR_ONE = F32.from_bits(0x3F7FE000 + np.arange(0x4000))
NEAR_ZERO = F32.from_bits(0x007FE000 + np.arange(0x4000))
TINY = np.float32(2.0**-126)


def breaks(x, change, mirrored=False):
    """Return what is counted for tanh with something changed in it."""
    question = Question(
        F32, 2.0, range=(-1.0, 1.0), monotone="increasing", symmetry="odd", at_zero=(0.0, 0.0)
    )
    right, got = smooth(F32, x)
    other = -got
    if mirrored:
        other = change(x, other)
    else:
        got = change(x, got.copy())
    tally = Tally(F32)
    tally.add(x, got, right, question)
    tally.add(-x, -got if not mirrored else other, -right, question)
    tally.add_symmetry(x, got, -got if not mirrored else other, question)
    return counts(tally)


def put(value, i=7_000):
    def change(x, got):
        got[i] = value
        return got

    return change


def moved(ulps, i=7_000):
    def change(x, got):
        got[i] += np.float32(ulps * ulp(got[i].astype(np.float64), F32))
        return got

    return change


# Each defect, at one input and its mirror image (so twice), or on one side only.
ONE = [
    ("nothing", NEAR_ONE, moved(0), False, {}),
    ("nothing where it is subnormal", NEAR_ZERO, moved(0), False, {}),
    ("nan", NEAR_ONE, put(np.nan), False, {"nonfinite": 2}),
    ("inf", NEAR_ONE, put(np.inf), False, {"nonfinite": 2, "order": 2, "order_beyond": 2}),
    (
        "five ulp", NEAR_ONE, moved(-5), False,
        {"beyond": 2, "order": 2, "order_beyond": 2},
    ),
    ("one ulp: no error, but a step back", NEAR_ONE, moved(-1), False, {"order": 2}),
    (
        "zero", NEAR_ONE, put(0.0), False,
        {"beyond": 2, "coarse": 2, "definition": 2, "vanished": 2, "order": 2, "order_beyond": 2},
    ),
    (
        "the other sign", NEAR_ONE, put(-0.7), False,
        {"beyond": 2, "coarse": 2, "definition": 2, "sign": 2, "order": 2, "order_beyond": 2},
    ),
    (
        "out of range", NEAR_ONE, put(1.5), False,
        {"beyond": 2, "coarse": 2, "definition": 2, "range": 2, "order": 2, "order_beyond": 2},
    ),
    (
        "a flush of either end", NEAR_ZERO, lambda x, got: np.where(x < TINY, 0 * got, got), False,
        {"flushed_input": 0x4000, "flushed_result": 0x4000},
    ),
    (
        "the wrong zero", NEAR_ZERO,
        lambda x, got: np.where(x < TINY, np.copysign(0, -got), got), False,
        {"flushed_input": 0x4000, "flushed_result": 0x4000, "zero_sign": 0x4000},
    ),
    (
        "one side by one ulp", NEAR_ONE, moved(1), True,
        {"order": 1, "symmetry": 1},
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("x", "change", "mirrored", "expected"), [case[1:] for case in ONE], ids=[c[0] for c in ONE]
)
def test_a_defect_is_counted_as_that_and_as_nothing_else(x, change, mirrored, expected):
    assert breaks(x, change, mirrored) == expected


def test_one_wrong_result_in_a_bin_is_found_wherever_it_is():
    x = F32.from_bits(0x3F800000 + np.arange(2**20))
    right, good = smooth(F32, x)
    question = Question(F32, 1.0)
    for i in (0, 1, 4095, 4096, 65_537, 2**20 - 1):
        got = good.copy()
        got[i] = np.nextafter(got[i], np.float32(0)) - np.float32(2**-23)
        tally = Tally(F32)
        tally.add(x, got, right, question)
        assert counts(tally) == {"beyond": 1}
        assert tally.worst("beyond")["beyond_at"] == 0x3F800000 + i


def test_a_flushed_input_is_no_flushed_result_where_the_result_is_normal():
    x = F32.from_bits(1 + np.arange(5_000))
    right = np.full(x.shape, 1.0)
    tally = Tally(F32)
    tally.add(x, np.zeros_like(x), right, Question(F32, 5.0, at_zero=(0.0, 0.5)))
    assert counts(tally) == {"flushed_input": 5_000}


def test_a_flush_below_the_budget_is_still_counted():
    x = F32.from_bits(np.arange(1, 4))
    tally = Tally(F32)
    tally.add(x, np.zeros_like(x), x.astype(float), Question(F32, 100.0, at_zero=(0.0, 0.0)))
    assert counts(tally) == {"flushed_input": 3, "flushed_result": 3}
    assert tally.worst()["worst"] == 0


def test_the_full_budget_is_asked_for_only_where_the_least_is_not_enough():
    asked = []

    def budget(points):
        asked.extend(points.tolist())
        return np.where(points > 1.5, 5.0, 2.0)  # what is granted may be used up

    x = F32.from_bits(0x3F800000 + np.arange(0, 2**23, 2**10))
    right = x.astype(np.float64)
    got = x.copy()
    high, low = np.flatnonzero(x > 1.75)[0], np.flatnonzero(x > 1.25)[0]
    for i in (high, low):
        got[i] += np.float32(5 * 2**-23)
    tally = Tally(F32)
    tally.add(x, got, right, Question(F32, 1.0, budget=budget))
    assert asked == [float(x[low]), float(x[high])]
    assert tally.number("beyond") == 1
    assert tally.worst("beyond")["beyond_budget"] == 2.0
    assert tally.worst()["worst"] == 5.0


@pytest.mark.parametrize("symmetry", ["odd", "even"])
def test_a_symmetric_pair_may_lie_apart_by_its_budgets(symmetry):
    x = NEAR_ONE
    got = smooth(F32, x)[1]
    other = -got if symmetry == "odd" else got.copy()
    other[100] += np.float32(2**-24)
    other[200] += np.float32(2**-21)
    for budget, beyond in ((0.0, 2), (2.0, 1)):
        tally = Tally(F32)
        tally.add_symmetry(x, got, other, Question(F32, budget, symmetry=symmetry))
        assert counts(tally) == {"symmetry": 2, "symmetry_beyond": beyond}
        assert tally.worst("symmetry")["symmetry"] == 8.0


def test_mirrored_nans_and_zeros():
    x = NEAR_ONE[:3]
    question = Question(F32, 1.0, symmetry="odd")
    for got, other, expected in (
        (np.nan, np.nan, {}),
        (np.nan, 1.0, {"symmetry": 3, "symmetry_beyond": 3}),
        (np.inf, -np.inf, {}),
        (0.0, 0.0, {"symmetry": 3}),  # -0.0 follows, but as a number it is the same
        (0.0, -0.0, {}),
    ):
        tally = Tally(F32)
        tally.add_symmetry(x, np.full(3, got, "f4"), np.full(3, other, "f4"), question)
        assert counts(tally) == expected


def test_kernels_are_kept_under_a_digest_of_all_that_they_are_made_of():
    # numba itself looks at a kernel's own file alone, and would go on with what it calls.
    sources = {file.resolve() for file in compiled.SOURCES}
    assert kernels.count.__qualname__.startswith("count_")
    for name, file in MODULES.items():
        if name.startswith("conformance.error.kernels"):
            full = set(imported(file.read_text(), name, is_package=file.stem == "__init__"))
            parts = {one if one in MODULES else one.rpartition(".")[0] for one in full}
            assert {MODULES[one] for one in parts if one in MODULES} <= sources
    assert len(sources) > 6
