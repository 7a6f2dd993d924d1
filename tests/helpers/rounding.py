"""The tests' own rounding of an exact number to a format, from the format's facts alone."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import mpmath

from actinit import spec

__all__ = ["nearest", "slope"]


def nearest(y: Any, name: str) -> float:
    """Return the number of a format that is nearest to an mpmath number, ties to even."""
    fmt = spec.formats()[name]
    if y == 0:
        return 0.0
    exponent = max(mpmath.frexp(abs(y))[1] - 1, fmt.emin) - fmt.precision + 1
    sign, mantissa, power, _ = y._mpf_
    units = Fraction(mantissa) * Fraction(2) ** (power - exponent) * (-1) ** sign
    rounded = round(units) * Fraction(2) ** exponent  # Python's round goes to even
    if abs(rounded) > Fraction(fmt.largest):
        return math.copysign(math.inf if fmt.infinities else math.nan, rounded)
    return float(rounded)


def slope(function: Any, x: float) -> Any:
    """Return the derivative of a smooth mpmath function, to more than 150 bits at 1200."""
    step = mpmath.ldexp(abs(mpmath.mpf(x)) or 1, -300)
    return (function(x + step) - function(x - step)) / (2 * step)
