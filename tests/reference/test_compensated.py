"""Pairs hold what rounding loses: exactly where that is claimed, to the bound elsewhere."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx

from actinit.reference.activations import _compensated as pairs
from actinit.reference.activations import _exponential
from actinit.reference.activations._compensated import Pair


def numbers(seed, count=2000):
    rng = np.random.default_rng(seed)
    return rng.uniform(-2, 2, count) * 2.0 ** rng.integers(-40, 40, count)


A, B, C, D = (numbers(seed) for seed in range(4))
LARGE = A * 2.0**100
# Low parts as a pair may have them: about an ulp of the high part.
FIRST, SECOND = Pair(A, np.spacing(A) * C / 2**40), Pair(B, np.spacing(B) * D / 2**40)


def exactly(pair, index):
    return Fraction(float(pair.high[index])) + Fraction(float(pair.low[index]))


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (pairs.two_sum(A, B), lambda i: Fraction(A[i]) + Fraction(B[i])),
        (pairs.two_product(A, B), lambda i: Fraction(A[i]) * Fraction(B[i])),
        (pairs.fast_two_sum(LARGE, B), lambda i: Fraction(LARGE[i]) + Fraction(B[i])),
        (Pair(*pairs.split(A)), lambda i: Fraction(A[i])),
    ],
)  # fmt: skip
def test_nothing_is_lost(found, wanted):
    assert all(exactly(found, i) == wanted(i) for i in range(A.size))
    assert any(found.low != 0)


def test_halves_have_26_bits():
    for half in pairs.split(A):
        mantissa, _ = np.frexp(half)
        assert np.array_equal(np.rint(mantissa * 2.0**26), mantissa * 2.0**26)


@pytest.mark.parametrize(
    ("function", "wanted"),
    [
        (pairs.product, lambda a, b: a * b),
        (pairs.quotient, lambda a, b: a / b),
    ],
)
def test_a_result_is_good_to_100_bits(function, wanted):
    found = function(FIRST, SECOND)
    for i in range(A.size):
        right = wanted(exactly(FIRST, i), exactly(SECOND, i))
        assert abs(exactly(found, i) - right) <= abs(right) / 2**100


def test_a_sum_is_good_to_100_bits_of_the_larger():
    found = pairs.plus(FIRST, SECOND)
    for i in range(A.size):
        a, b = exactly(FIRST, i), exactly(SECOND, i)
        assert abs(exactly(found, i) - (a + b)) <= max(abs(a), abs(b)) / 2**100


ARGUMENTS = -np.concatenate([
    np.linspace(0, 1, 3001), np.linspace(1, 60, 3000), np.linspace(60, 1500, 3000),
    2.0 ** -np.linspace(0, 60, 500),
    # Half-way between the table's entries, where the series is longest.
    (np.arange(500) + 0.5) * np.log(2) / 64,
])  # fmt: skip


def test_exp_is_good_to_64_bits():
    low = np.spacing(ARGUMENTS) * np.cos(ARGUMENTS * 1e6) / 2
    found = _exponential.exp(ARGUMENTS, low)
    assert relative(found, found.power, lambda x: x.exp(), low) <= 2.0**-64


def test_expm1_is_good_to_57_bits_or_to_the_last():
    found = _exponential.expm1(ARGUMENTS)
    zero = np.zeros_like(ARGUMENTS)
    assert relative(found, zero, lambda x: x.expm1(), zero, ARGUMENTS < -(2.0**-28)) <= 2.0**-57
    assert relative(found, zero, lambda x: x.expm1(), zero, ARGUMENTS < 0) <= 2.0**-53


def relative(found, power, function, low, where=slice(None)):
    """Return the largest relative error."""
    before = ctx.prec
    ctx.prec = 300
    try:
        columns = (ARGUMENTS, low, found.high, found.low, power)
        return max(
            abs(float((arb(h) + arb(e)) * arb(2) ** int(p) / function(arb(x) + arb(y)) - 1))
            for x, y, h, e, p in zip(*(c[where].tolist() for c in columns), strict=True)
        )
    finally:
        ctx.prec = before


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_rounded_to_odd_a_pair_is_rounded_once(dtype):
    stored = np.finfo(dtype).nmant
    # Middles of two numbers, and what is next to them or beside them by less than float64 can show.
    middles = 1 + (np.arange(200) + 0.5) * 2.0**-stored
    high = np.concatenate([middles, np.nextafter(middles, 2), np.nextafter(middles, 1)])
    high = np.concatenate([high, -high])
    for low in (2.0**-60, -(2.0**-60), 2.0**-200, -(2.0**-200), 0.0):
        pair = Pair(high, np.full_like(high, low))
        got = pairs.to_odd(pair).astype(dtype)
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
    got = pairs.to_odd(Pair(special, np.array([np.nan, np.nan, np.nan, 1e-320, 0.0, 0.0])))
    assert got.tobytes() == special.tobytes()
