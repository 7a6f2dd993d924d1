"""The functions of pairs.

Errors are in units of 2**-70, relative to the result. Single floats carry what is small: a rounding
of a number below 2**-17 of the result costs half a unit.
"""

from __future__ import annotations

from typing import Any

from ._floats import (
    FARTHEST,
    KEEP_26,
    LEAST,
    NOTHING,
    PER_STEP,
    STEP_1,
    STEP_2,
    STEP_3,
    interval,
    log1p_tail,
    mills_tail,
)
from ._primitives import at_least, at_most, entry, nearest, power_of_2, select, whole
from ._scaled import Scaled
from ._tables import LOGARITHMS, MILLS, POWERS_OF_2
from .pairs import (
    Pair,
    fast_two_sum,
    pair_plus_float,
    pair_plus_pair,
    pair_times_float,
    two_product,
    two_sum,
)

__all__ = ["exp", "expm1", "log1p", "mills"]

# Added and subtracted again, it leaves 35 bits after the point: 26 of a number below 2**-9.5.
_KEEP_35 = 1.5 * 2.0**17


def exp(x: Pair) -> Scaled:
    """Return exp(x) for x <= 0, to 1 unit.

    As for floats. What is added to the head of 2**(j / 256) is its product with the 26 leading bits
    of r, which is exact, and the rest, which is below 2**-20 of the result: seven roundings of an
    eighth of a unit each, and as much for r times its low part, which is left out.
    """
    held = at_least(x.high, LEAST)
    k = nearest(held * PER_STEP)
    # Both products are exact, and so is the first difference.
    left = two_sum(held - k * STEP_1, -(k * STEP_2))
    left = fast_two_sum(left.high, left.low + (select(x.high < LEAST, 0.0, x.low) - k * STEP_3))
    r, low = left.high, left.low
    k = whole(k)
    j = k & 255
    head, tail = entry(POWERS_OF_2, 0, j), entry(POWERS_OF_2, 1, j)
    step = (r + _KEEP_35) - _KEEP_35
    rest = (r - step) + (low + r * r * _square_tail(r))
    total = fast_two_sum(head, head * step)
    total = fast_two_sum(total.high, total.low + (tail + (tail * (step + rest) + head * rest)))
    return Scaled(total, k >> 8)


def expm1(x: Pair) -> Pair:
    """Return exp(x) - 1 for x <= 0, to 0.7 units.

    The result may be as small as r, so that the square of r is a pair here: exp(r) - 1 is known to
    2**-73 of r. Where k is not 0 the result is at least 2**-9.5, and 2**(j / 256) is known to 2**-81.
    """
    held = at_least(x.high, LEAST)
    k = nearest(held * PER_STEP)
    left = two_sum(held - k * STEP_1, -(k * STEP_2))
    left = fast_two_sum(left.high, left.low + (select(x.high < LEAST, 0.0, x.low) - k * STEP_3))
    r, low = left.high, left.low
    k = whole(k)
    j, scale = k & 255, power_of_2(at_least(k >> 8, NOTHING))
    head, tail = entry(POWERS_OF_2, 0, j), entry(POWERS_OF_2, 1, j)
    square = two_product(r, r)
    small = fast_two_sum(r, 0.5 * square.high)
    cube = r * square.high * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720 + r / 5040))))
    small = fast_two_sum(small.high, small.low + (0.5 * square.low + (low + low * r + cube)))
    part = two_product(head, small.high)
    grown = Pair(part.high * scale, (part.low + (head * small.low + tail * small.high)) * scale)
    return pair_plus_pair(pair_plus_float(two_sum(-1.0, head * scale), tail * scale), grown)


def _square_tail(r: Any) -> Any:
    """Return (exp(r) - 1 - r) / r**2 by Taylor's series."""
    return 0.5 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720))))


def log1p(x: Pair) -> Pair:
    """Return log(1 + x) for 0 <= x <= 1, to 1 unit.

    As for floats, with f and its square as pairs. The third of the cube of f is a float, of some
    2**-28 with four roundings; the least result that it is added to is 2**-9.
    """
    held = at_most(x.high, 1.0)
    j = whole(nearest(held * 256.0))
    r = entry(LOGARITHMS, 0, j)
    head = (held + KEEP_26) - KEEP_26
    f = two_sum((r - 1.0) + r * head, r * (held - head))
    low = f.low + r * x.low
    square = two_product(f.high, f.high)
    small = fast_two_sum(f.high, -0.5 * square.high)
    cube = f.high * square.high * log1p_tail(f.high)
    small = fast_two_sum(
        small.high, small.low + (low - (0.5 * square.low + f.high * low) + cube)
    )
    return pair_plus_pair(Pair(entry(LOGARITHMS, 1, j), entry(LOGARITHMS, 2, j)), small)


def mills(x: Pair) -> Pair:
    """Return Phi(-x) exp(x**2 / 2) for x >= 0, Phi the normal distribution function, to 0.4 units.

    As for floats, with the first three terms as pairs; the others are below 2**-20 of the result.
    """
    held = at_most(x.high, FARTHEST)
    i = interval(held)
    z = held - entry(MILLS, 0, i)
    series = pair_plus_float(
        Pair(entry(MILLS, 9, i), entry(MILLS, 12, i)), z * mills_tail(i, z)
    )
    slope = pair_plus_pair(
        Pair(entry(MILLS, 10, i), entry(MILLS, 13, i)), pair_times_float(series, z)
    )
    value = pair_plus_pair(
        Pair(entry(MILLS, 11, i), entry(MILLS, 14, i)), pair_times_float(slope, z)
    )
    return value
