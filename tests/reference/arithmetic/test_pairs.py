"""Pairs hold what rounding loses: exactly where that is claimed, to the bound elsewhere."""

from __future__ import annotations

import operator
from fractions import Fraction

import numpy as np
import pytest

from actinit.reference.arithmetic import pairs
from actinit.reference.arithmetic.pairs import Pair
from actinit.reference.arithmetic.settle import to_odd


def numbers(seed, count=1000):
    rng = np.random.default_rng(seed)
    return rng.uniform(-2, 2, count) * 2.0 ** rng.integers(-40, 40, count)


A, B, C, D = (numbers(seed) for seed in range(4))
LARGE = A * 2.0**100
# Low parts as a pair may have them: at most half an ulp of the high part.
LOW = np.random.default_rng(4).uniform(-0.5, 0.5, (2, A.size))
FIRST, SECOND = Pair(A, np.spacing(A) * LOW[0]), Pair(B, np.spacing(B) * LOW[1])
# Nearly the same numbers, which cancel.
NEAR = Pair(A, np.spacing(A) * LOW[1])


def exactly(number, index):
    if isinstance(number, Pair):
        return Fraction(float(number.high[index])) + Fraction(float(number.low[index]))
    return Fraction(float(np.broadcast_to(number, A.shape)[index]))


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (pairs.two_sum(A, B), lambda i: Fraction(A[i]) + Fraction(B[i])),
        (pairs.two_product(A, B), lambda i: Fraction(A[i]) * Fraction(B[i])),
        (pairs.fast_two_sum(LARGE, B), lambda i: Fraction(LARGE[i]) + Fraction(B[i])),
    ],
)  # fmt: skip
def test_nothing_is_lost(found, wanted):
    assert all(exactly(found, i) == wanted(i) for i in range(A.size))
    assert any(found.low != 0)


@pytest.mark.parametrize("sign", pairs.OPERATIONS)
@pytest.mark.parametrize(
    ("first", "second"),
    [(FIRST, SECOND), (FIRST, B), (A, SECOND), (FIRST, NEAR), (FIRST, 3.0), (1, SECOND)],
)
def test_an_operation_is_good_to_102_bits(sign, first, second):
    operation = {
        "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    }[sign]  # fmt: skip
    found = operation(first, second)
    for i in range(A.size):
        right = operation(exactly(first, i), exactly(second, i))
        assert abs(exactly(found, i) - right) <= abs(right) / 2**102


def test_sign_and_size_of_a_pair():
    for i in range(A.size):
        assert exactly(-FIRST, i) == -exactly(FIRST, i)
        assert exactly(abs(FIRST), i) == abs(exactly(FIRST, i))
    assert np.array_equal(FIRST < 0.0, A < 0)
    assert np.array_equal(FIRST > 1.0, A > 1)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_rounded_to_odd_a_pair_is_rounded_once(dtype):
    stored = np.finfo(dtype).nmant
    # Middles of two numbers, and what is next to them or beside them by less than float64 can show.
    middles = 1 + (np.arange(200) + 0.5) * 2.0**-stored
    high = np.concatenate([middles, np.nextafter(middles, 2), np.nextafter(middles, 1)])
    high = np.concatenate([high, -high])
    for low in (2.0**-60, -(2.0**-60), 2.0**-200, -(2.0**-200), 0.0):
        pair = Pair(high, np.full_like(high, low))
        got = to_odd(pair).astype(dtype)
        for i in range(high.size):
            right = exactly(pair, i)
            near = dtype(high[i])
            around = [np.nextafter(near, dtype(-np.inf)), near, np.nextafter(near, dtype(np.inf))]
            # The nearest; of two the even one.
            best = min(around, key=lambda y: (abs(Fraction(float(y)) - right), odd(y)))
            assert got[i] == best, (high[i], low)


def odd(value):
    return int(value.view(f"u{value.itemsize}")) & 1


def test_rounding_to_odd_leaves_what_is_no_number_or_exact():
    special = np.array([np.inf, -np.inf, np.nan, 0.0, -0.0, 1.5])
    got = to_odd(Pair(special, np.array([np.nan, np.nan, np.nan, 1e-320, 0.0, 0.0])))
    assert got.tobytes() == special.tobytes()
