"""The functions of pairs.

Errors are in units of 2**-78, relative to the result. Single floats carry what is small: a rounding
of a number below 2**-26 of the result costs at most half a unit.
"""

from __future__ import annotations

from typing import Any

from ._floats import (
    FARTHEST,
    KEEP_26,
    NOTHING,
    PER_STEP,
    STEP_1,
    STEP_2,
    STEP_3,
    interval,
    mills_tail,
    sinh_gap_tail,
)
from ._primitives import (
    at_least,
    at_most,
    entry,
    nearest,
    power_of_2,
    rounded_root,
    select,
    whole,
)
from ._scaled import LEAST, Scaled
from ._tables import LOGARITHMS, MILLS, POWERS_OF_2
from .pairs import (
    Pair,
    fast_two_sum,
    negative,
    pair_plus_float,
    pair_plus_pair,
    pair_times_float,
    pair_times_pair,
    two_product,
    two_sum,
)

__all__ = ["erf_integral", "exp", "expm1", "log1p", "mills", "root", "sinh_gap"]


def exp(x: Pair) -> Scaled:
    """Return exp(x) for x <= 0, to 0.7 units.

    As for floats, with r, its square and the product with 2**(j / 256) as pairs. The cube of r,
    below 2**-31 of the result with its 1/6, is a float: three roundings, 2**-82.4 together; the
    table's second part leaves 2**-81, and adding it rounds twice, by 2**-80 each.
    """
    k, r = _reduced(x)
    j = k & 255
    head, tail = entry(POWERS_OF_2, 0, j), entry(POWERS_OF_2, 1, j)
    square = two_product(r.high, r.high)
    small = fast_two_sum(r.high, 0.5 * square.high)
    cube = r.high * square.high * _cube_tail(r.high)
    low = small.low + (0.5 * square.low + (r.low + r.low * r.high + cube))
    grown = two_product(head, small.high)
    total = two_sum(head, grown.high)
    rest = total.low + (grown.low + (tail + (head * low + tail * (small.high + low))))
    return Scaled(fast_two_sum(total.high, rest), k >> 8)


def expm1(x: Pair) -> Pair:
    """Return exp(x) - 1 for x <= 0, to 0.5 units.

    The result may be as small as r, so that the cube of r is a pair as well and its fourth power,
    below 2**-33 of r with its 1/24, a float; and 2**(j / 256) has a third part.
    """
    k, r = _reduced(x)
    j, scale = k & 255, power_of_2(at_least(k >> 8, NOTHING))
    head, tail, last = (
        entry(POWERS_OF_2, 0, j),
        entry(POWERS_OF_2, 1, j),
        entry(POWERS_OF_2, 2, j),
    )
    square = two_product(r.high, r.high)
    cube = pair_times_pair(pair_times_float(square, r.high), Pair(_SIXTH, _SIXTH_LOW))
    fourth = square.high * square.high * _fourth_tail(r.high)
    low = pair_plus_float(cube, fourth + r.low * (r.high + 0.5 * square.high))
    small = pair_plus_pair(r, pair_plus_pair(Pair(0.5 * square.high, 0.5 * square.low), low))
    grown = pair_times_pair(Pair(head, tail), small)
    base = pair_plus_pair(two_sum(-1.0, head * scale), Pair(tail * scale, last * scale))
    return pair_plus_pair(base, Pair(grown.high * scale, grown.low * scale))


_SIXTH, _SIXTH_LOW = 1 / 6, 2.0**-54 / 6


def _reduced(x: Pair) -> tuple[Any, Pair]:
    """Return k and r with x = k log(2) / 256 + r and |r| < 2**-9.5."""
    held = at_least(x.high, LEAST)
    k = nearest(held * PER_STEP)
    # Both products are exact, and so is the first difference.
    left = two_sum(held - k * STEP_1, -(k * STEP_2))
    low = left.low + (select(x.high < LEAST, 0.0, x.low) - k * STEP_3)
    return whole(k), fast_two_sum(left.high, low)


def _cube_tail(r: Any) -> Any:
    """Return (exp(r) - 1 - r - r**2 / 2) / r**3 by Taylor's series."""
    return 1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720 + r * (1 / 5040))))


def _fourth_tail(r: Any) -> Any:
    """Return (exp(r) - 1 - r - r**2 / 2 - r**3 / 6) / r**4 by Taylor's series."""
    return 1 / 24 + r * (1 / 120 + r * (1 / 720 + r * (1 / 5040 + r * (1 / 40320))))


def log1p(x: Pair) -> Pair:
    """Return log(1 + x) for 0 <= x <= 1, to 0.5 units.

    As for floats, with f, its square and its cube as pairs. The fourth power of f, below 2**-37.6
    with its 1/4, is a float with three roundings; the least result that it is added to is 2**-9.
    """
    held = at_most(x.high, 1.0)
    j = whole(nearest(held * 256.0))
    r = entry(LOGARITHMS, 0, j)
    head = (held + KEEP_26) - KEEP_26
    f = two_sum((r - 1.0) + r * head, r * (held - head))
    f = fast_two_sum(f.high, f.low + r * x.low)
    square = two_product(f.high, f.high)
    cube = pair_times_pair(pair_times_float(square, f.high), Pair(_THIRD, _THIRD_LOW))
    fourth = square.high * square.high * _log1p_fourth_tail(f.high)
    low = pair_plus_float(cube, -(fourth + f.low * f.high * (1.0 - f.high * (1.0 - f.high))))
    small = pair_plus_pair(f, pair_plus_pair(Pair(-0.5 * square.high, -0.5 * square.low), low))
    return pair_plus_pair(Pair(entry(LOGARITHMS, 1, j), entry(LOGARITHMS, 2, j)), small)


_THIRD, _THIRD_LOW = 1 / 3, 2.0**-54 / 3


def _log1p_fourth_tail(f: Any) -> Any:
    """Return (f - f**2 / 2 + f**3 / 3 - log(1 + f)) / f**4 by Taylor's series."""
    return 1 / 4 - f * (1 / 5 - f * (1 / 6 - f * (1 / 7 - f * (1 / 8 - f * (1 / 9)))))


def mills(x: Pair) -> Pair:
    """Return Phi(-x) exp(x**2 / 2) for x >= 0, Phi the normal distribution function, to 0.5 units.

    As for floats, with the first four terms as pairs; the others, floats, are below 2**-28 of the
    result.
    """
    held = at_most(x.high, FARTHEST)
    i = interval(held)
    z = held - entry(MILLS, 0, i)
    series = pair_plus_float(Pair(entry(MILLS, 9, i), entry(MILLS, 13, i)), z * mills_tail(i, z))
    for row in (10, 11, 12):
        series = pair_plus_pair(
            Pair(entry(MILLS, row, i), entry(MILLS, row + 4, i)), pair_times_float(series, z)
        )
    return series


def erf_integral(x: Pair) -> Pair:
    """Return the integral of exp(-t**2) from 0 to x, for 0 <= x <= 1/8, to 0.5 units.

    As for floats, with the terms up to that of x**7 as pairs; the others, floats with three
    roundings, are below 2**-31 of the result.
    """
    beyond = x.high > 0.125
    held = Pair(select(beyond, 0.125, x.high), select(beyond, 0.0, x.low))
    square = pair_times_pair(held, held)
    series = pair_plus_float(Pair(_42ND, _42ND_LOW), -(square.high * _erf_fourth_tail(square.high)))
    for first, left in ((1 / 10, _TENTH_LOW), (1 / 3, _THIRD_LOW), (1.0, 0.0)):
        series = pair_plus_pair(Pair(first, left), negative(pair_times_pair(series, square)))
    return pair_times_pair(series, held)


_TENTH_LOW = -(2.0**-54) / 10
_42ND, _42ND_LOW = 1 / 42, 2.0**-54 / 42


def _erf_fourth_tail(square: Any) -> Any:
    """Return the terms of the series from that of x**9 on, over x**9, of the square of x."""
    high = 1 / 75600 - square * (1 / 685440 - square * (1 / 6894720))
    return 1 / 216 - square * (1 / 1320 - square * (1 / 9360 - square * high))


def root(x: Pair) -> Pair:
    """Return the square root of x > 0, to 2**-102.

    A step of Newton's from the float that is nearest: what it leaves is the square of that one's
    relative error, below 2**-107, and roundings of what is added, which is below 2**-52 of it.
    """
    first = rounded_root(x.high)
    square = two_product(first, first)
    left = ((x.high - square.high) - square.low) + x.low
    return fast_two_sum(first, left / (2.0 * first))


def sinh_gap(x: Pair) -> Pair:
    """Return (x cosh(x) - sinh(x)) / x**3, for 0 <= x <= 1/2, to 0.5 units.

    As for floats, with the terms up to that of x**6 as pairs; the others, floats with three
    roundings, are below 2**-28 of the result.
    """
    beyond = x.high > 0.5
    held = Pair(select(beyond, 0.5, x.high), select(beyond, 0.0, x.low))
    square = pair_times_pair(held, held)
    series = pair_plus_float(
        Pair(1 / 45360, _45360TH_LOW), square.high * sinh_gap_tail(square.high)
    )
    for first, left in ((1 / 840, _840TH_LOW), (1 / 30, _30TH_LOW), (1 / 3, _THIRD_LOW)):
        series = pair_plus_pair(Pair(first, left), pair_times_pair(series, square))
    return series


_30TH_LOW = (2.0**-56) / 30
_840TH_LOW = -13 * 2.0**-57 / 840
_45360TH_LOW = -311 * 2.0**-62 / 45360
