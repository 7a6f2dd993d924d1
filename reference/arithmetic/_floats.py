"""The functions of floats: arrays of float64, or single ones in compiled code.

Errors are in units of 2**-52, relative to the result.
"""

from __future__ import annotations

from typing import Any

from ._primitives import at_least, at_most, bits, entry, nearest, power_of_2, rounded_root, whole
from ._scaled import LEAST, Scaled
from ._tables import LOG2_OVER_256, LOGARITHMS, MILLS, POWERS_OF_2

__all__ = ["LEAST", "erf_integral", "exp", "expm1", "log1p", "mills", "root", "sinh_gap"]

#: The table of Mills' ratio ends here; beyond, exp(-x**2 / 2) is below `LEAST`.
FARTHEST = 56.0
#: Below it, a power of 2 is nothing beside 1.
NOTHING = -200
PER_STEP = 1 / LOG2_OVER_256[0]
STEP_1, STEP_2, STEP_3 = LOG2_OVER_256


def exp(x: Any) -> Scaled:
    """Return exp(x) for x <= 0, to 0.6 units.

    x is (power + j / 256) log(2) + r with |r| < 2**-9.5, and 2**(j / 256) is looked up. Beside the
    last sum, which has half a unit, roundings are of numbers below 2**-9; what the third part of
    log(2) / 256 would add is below 2**-60.
    """
    held = at_least(x, LEAST)
    k = nearest(held * PER_STEP)
    r = (held - k * STEP_1) - k * STEP_2
    k = whole(k)
    j = k & 255
    head, tail = entry(POWERS_OF_2, 0, j), entry(POWERS_OF_2, 1, j)
    return Scaled(head + (tail + (head + tail) * _expm1_of_small(r)), k >> 8)


def expm1(x: Any) -> Any:
    """Return exp(x) - 1 for x <= 0, to 1.5 units.

    Where k is 0 the result is the series. Elsewhere it is at least 2**-9.5, and the part added last
    is known to some 2**-62 of 1.
    """
    held = at_least(x, LEAST)
    k = nearest(held * PER_STEP)
    r = (held - k * STEP_1) - k * STEP_2
    k = whole(k)
    j, scale = k & 255, power_of_2(at_least(k >> 8, NOTHING))
    head, tail = entry(POWERS_OF_2, 0, j), entry(POWERS_OF_2, 1, j)
    small = tail + (head + tail) * _expm1_of_small(r)
    return (head * scale - 1.0) + small * scale


def _expm1_of_small(r: Any) -> Any:
    """Return exp(r) - 1 by Taylor's series; for |r| < 2**-9.5 the next term is below 2**-78."""
    return r + r * r * (0.5 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720)))))


#: Added to a number below 1 and subtracted again, it leaves 26 bits after the point.
KEEP_26 = 1.5 * 2.0**26


def log1p(x: Any) -> Any:
    """Return log(1 + x) for 0 <= x <= 1, to 2 units.

    With r near 1 / (1 + x), of 12 bits, it is -log(r), looked up, and log(1 + f) with f =
    r (1 + x) - 1, which is below 2**-8.9 and rounded once; near 0, r is 1 and f is x.
    """
    held = at_most(x, 1.0)
    j = whole(nearest(held * 256.0))
    r = entry(LOGARITHMS, 0, j)
    head = (held + KEEP_26) - KEEP_26
    f = ((r - 1.0) + r * head) + r * (held - head)
    small = f - f * f * (0.5 - f * log1p_tail(f))
    return entry(LOGARITHMS, 1, j) + (entry(LOGARITHMS, 2, j) + small)


def log1p_tail(f: Any) -> Any:
    """Return (log(1 + f) - f + f**2 / 2) / f**3 by Taylor's series, to 2**-53."""
    return 1 / 3 - f * (1 / 4 - f * (1 / 5 - f * (1 / 6 - f * (1 / 7 - f * (1 / 8)))))


def mills(x: Any) -> Any:
    """Return Phi(-x) exp(x**2 / 2) for x >= 0, Phi the normal distribution function, to 1.1 units.

    Taylor's series in one of 371 intervals, each term below a hundredth of the one before: half a
    unit is that of the first coefficient, half that of the last sum.
    """
    held = at_most(x, FARTHEST)
    i = interval(held)
    z = held - entry(MILLS, 0, i)
    third = entry(MILLS, 9, i) + z * mills_tail(i, z)
    return entry(MILLS, 12, i) + z * (entry(MILLS, 11, i) + z * (entry(MILLS, 10, i) + z * third))


def interval(x: Any) -> Any:
    """Return the row of the table for x, from 0 to 56: by exponent and six bits of 1 + x."""
    return (bits(1.0 + x) >> 46) - (1023 << 6)


def mills_tail(i: Any, z: Any) -> Any:
    """Return the terms of the series from that of z**4 on, over z**4."""
    high = entry(MILLS, 4, i) + z * (
        entry(MILLS, 3, i) + z * (entry(MILLS, 2, i) + z * entry(MILLS, 1, i))
    )
    return entry(MILLS, 8, i) + z * (
        entry(MILLS, 7, i) + z * (entry(MILLS, 6, i) + z * (entry(MILLS, 5, i) + z * high))
    )


def erf_integral(x: Any) -> Any:
    """Return the integral of exp(-t**2) from 0 to x, for 0 <= x <= 1/8, to 1.1 units.

    Taylor's series; beside the last sum and product roundings are of numbers below 2**-7.5. The
    next term is below 2**-86.
    """
    held = at_most(x, 0.125)
    square = held * held
    return held * (1.0 - square * (1 / 3 - square * (1 / 10 - square * erf_tail(square))))


def erf_tail(square: Any) -> Any:
    """Return the terms of the series from that of x**7 on, over -x**7, of the square of x."""
    high = 1 / 75600 - square * (1 / 685440 - square * (1 / 6894720))
    return 1 / 42 - square * (1 / 216 - square * (1 / 1320 - square * (1 / 9360 - square * high)))


def root(x: Any) -> Any:
    """Return the square root of x > 0, to 0.5 units."""
    return rounded_root(x)


def sinh_gap(x: Any) -> Any:
    """Return (x cosh(x) - sinh(x)) / x**3, for 0 <= x <= 1/2, to 1.1 units.

    Taylor's series; beside the first coefficient and the last sum roundings are of numbers below
    2**-5. The next term is below 2**-88.
    """
    held = at_most(x, 0.5)
    square = held * held
    high = 1 / 45360 + square * sinh_gap_tail(square)
    return 1 / 3 + square * (1 / 30 + square * (1 / 840 + square * high))


def sinh_gap_tail(square: Any) -> Any:
    """Return the terms of the series from that of x**8 on, over x**8, of the square of x."""
    high = 1 / 22230464256000 + square * (1 / 6758061133824000 + square * (1 / 2554547108585472000))
    return 1 / 3991680 + square * (1 / 518918400 + square * (1 / 93405312000 + square * high))
