"""Arithmetic with pairs: a number as the unevaluated sum of two floats, about 106 bits together.

What the second float holds is what the first one's rounding lost, so a formula written with pairs
is rounded once, at its end. Only sums, differences, products and quotients of float64 are used,
each rounded to nearest as IEEE 754 prescribes; so the bits are the same on every machine and at
every place of an array.

References
----------
T. J. Dekker, A floating-point technique for extending the available precision, 1971 (`split`,
`two_product`, `product`, `quotient`, `fast_two_sum`); D. E. Knuth, The Art of Computer Programming,
volume 2, section 4.2.2, theorem B (`two_sum`); T. Ogita, S. M. Rump and S. Oishi, Accurate sum and
dot product, 2005.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Pair",
    "fast_two_sum",
    "plus",
    "product",
    "quotient",
    "split",
    "to_odd",
    "two_product",
    "two_sum",
]

Array = NDArray[Any]

_SPLITTER = 2.0**27 + 1


class Pair(NamedTuple):
    """The number ``high + low``; `low` is at most about an ulp of `high`."""

    high: Any
    low: Any


def two_sum(a: Any, b: Any) -> Pair:
    """Return a + b, exactly."""
    total = a + b
    above = total - a
    return Pair(total, (a - (total - above)) + (b - above))


def fast_two_sum(a: Any, b: Any) -> Pair:
    """Return a + b, exactly, for |a| >= |b| or a = 0."""
    total = a + b
    return Pair(total, b - (total - a))


def split(a: Any) -> Pair:
    """Return `a` as two numbers of at most 26 bits; for |a| < 2**996 (Veltkamp)."""
    scaled = _SPLITTER * a
    head = scaled - (scaled - a)
    return Pair(head, a - head)


def two_product(a: Any, b: Any) -> Pair:
    """Return a * b, exactly unless it underflows."""
    total = a * b
    (p, q), (r, s) = split(a), split(b)
    return Pair(total, q * s - (((total - p * r) - q * r) - p * s))


def plus(a: Pair, b: Pair) -> Pair:
    """Return a + b; its error is relative to the larger of the two."""
    total = two_sum(a.high, b.high)
    return fast_two_sum(total.high, total.low + (a.low + b.low))


def product(a: Pair, b: Pair) -> Pair:
    """Return a * b to some 2**-102."""
    total = two_product(a.high, b.high)
    return fast_two_sum(total.high, total.low + (a.high * b.low + a.low * b.high))


def quotient(a: Pair, b: Pair) -> Pair:
    """Return a / b to some 2**-102."""
    first = a.high / b.high
    back = two_product(first, b.high)
    left = ((a.high - back.high) - back.low) + a.low - first * b.low
    return fast_two_sum(first, left / b.high)


def to_odd(a: Pair) -> Array:
    """Round to float64 so that a second rounding, to a narrower format, is as if it were the first.

    What is not exact gets an odd last bit, and so is never taken for the middle of two numbers
    (S. Boldo and G. Melquiond, 2008).
    """
    high = np.asarray(a.high)
    bits = high.view(np.int64)
    inexact = np.isfinite(high) & (high != 0) & (a.low != 0)
    # One step toward zero where the rounding went away from it.
    away = inexact & (np.signbit(a.low) != np.signbit(high))
    return ((bits - away) | inexact).view(np.float64)
