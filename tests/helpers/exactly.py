"""Rounding of exact numbers, by integers alone: what the oracle's is held against."""

from __future__ import annotations

import math
from fractions import Fraction


def fraction(value):
    """Return an mpmath number as the fraction that it is."""
    sign, man, exp, _ = value._mpf_
    return Fraction(int(man)) * Fraction(2) ** int(exp) * (-1 if sign else 1)


def nearest(value):
    """Round a fraction to the nearest float64, and say what is left in ulp."""
    try:
        right = float(value)  # Python rounds a fraction correctly
    except OverflowError:
        return (math.inf if value > 0 else -math.inf), 0.0
    return right, float((value - Fraction(right)) / Fraction(math.ulp(right)))


def rounded(value, fmt):
    """Round a fraction to a format, ties to even."""
    if value == 0:
        return 0.0
    # The exponent to within one: of the two that it may be, the larger whose power is reached.
    exponent = abs(value.numerator).bit_length() - value.denominator.bit_length()
    if abs(value) < Fraction(2) ** exponent:
        exponent -= 1
    unit = Fraction(2) ** (max(exponent, fmt.emin) - fmt.precision + 1)
    near = round(value / unit) * unit  # Python rounds ties to even
    if abs(near) >= fmt.row.beyond * Fraction(2) ** (fmt.emax - fmt.precision + 1):
        return math.copysign(math.inf if fmt.infinities else math.nan, -1 if value < 0 else 1)
    return float(near)
