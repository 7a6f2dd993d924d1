"""Arithmetic with pairs: a number as the unevaluated sum of two floats, about 106 bits together.

What the second float holds is what the first one's rounding lost. Every operation takes two pairs,
or a pair and a float, which is exact.

With u = 2**-53, and unless something underflows or overflows, the relative errors are at most
3 u**2 for a sum, whatever the signs, 7 u**2 for a product and 15 u**2 for a quotient (Joldes,
Muller and Popescu, 2017): all below 2**-102.

References
----------
T. J. Dekker, A floating-point technique for extending the available precision, 1971
(`two_product`, `fast_two_sum`); D. E. Knuth, The Art of Computer Programming, volume 2, section
4.2.2, theorem B (`two_sum`); M. Joldes, J.-M. Muller and V. Popescu, Tight and rigorous error
bounds for basic building blocks of double-word arithmetic, 2017.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["OPERATIONS", "PRIMITIVES", "Pair", "fast_two_sum", "two_product", "two_sum"]

_SPLITTER = 2.0**27 + 1


class Pair:
    """The number ``high + low``; `low` is at most half an ulp of `high`, or nearly.

    Parameters
    ----------
    high, low : ndarray of float64, or float
        Of one shape.
    """

    __slots__ = ("high", "low")
    # An array beside a pair leaves the operation to the pair.
    __array_ufunc__ = None

    def __init__(self, high: Any, low: Any) -> None:
        self.high, self.low = high, low

    def __add__(self, other: Any) -> Pair:
        return _chosen("+", self, other)

    def __radd__(self, other: Any) -> Pair:
        return _chosen("+", other, self)

    def __sub__(self, other: Any) -> Pair:
        return _chosen("-", self, other)

    def __rsub__(self, other: Any) -> Pair:
        return _chosen("-", other, self)

    def __mul__(self, other: Any) -> Pair:
        return _chosen("*", self, other)

    def __rmul__(self, other: Any) -> Pair:
        return _chosen("*", other, self)

    def __truediv__(self, other: Any) -> Pair:
        return _chosen("/", self, other)

    def __rtruediv__(self, other: Any) -> Pair:
        return _chosen("/", other, self)

    def __neg__(self) -> Pair:
        return negative(self)

    def __abs__(self) -> Pair:
        return absolute(self)

    def __lt__(self, other: float) -> Any:
        return less(self, other)

    def __gt__(self, other: float) -> Any:
        return greater(self, other)

    def __repr__(self) -> str:
        return f"Pair({self.high!r}, {self.low!r})"


def two_sum(a: Any, b: Any) -> Pair:
    """Return a + b, exactly."""
    total = a + b
    above = total - a
    return Pair(total, (a - (total - above)) + (b - above))


def fast_two_sum(a: Any, b: Any) -> Pair:
    """Return a + b, exactly, for |a| >= |b| or a = 0."""
    total = a + b
    return Pair(total, b - (total - a))


def two_product(a: Any, b: Any) -> Pair:
    """Return a * b, exactly unless it underflows; for |a| and |b| below 2**996."""
    total = a * b
    scaled = _SPLITTER * a
    p = scaled - (scaled - a)
    q = a - p
    scaled = _SPLITTER * b
    r = scaled - (scaled - b)
    s = b - r
    return Pair(total, q * s - (((total - p * r) - q * r) - p * s))


def negative(a: Pair) -> Pair:
    """Return -a."""
    return Pair(-a.high, -a.low)


def absolute(a: Pair) -> Pair:
    """Return |a|."""
    sign = np.copysign(1.0, a.high)
    return Pair(a.high * sign, a.low * sign)


def less(a: Pair, b: float) -> Any:
    """Say whether a < b, as far as the high part tells."""
    return a.high < b


def greater(a: Pair, b: float) -> Any:
    """Say whether a > b, as far as the high part tells."""
    return a.high > b


def pair_plus_pair(a: Pair, b: Pair) -> Pair:
    """Return a + b."""
    high = two_sum(a.high, b.high)
    low = two_sum(a.low, b.low)
    first = fast_two_sum(high.high, high.low + low.high)
    return fast_two_sum(first.high, first.low + low.low)


def pair_plus_float(a: Pair, b: Any) -> Pair:
    """Return a + b."""
    total = two_sum(a.high, b)
    return fast_two_sum(total.high, total.low + a.low)


def float_plus_pair(a: Any, b: Pair) -> Pair:
    """Return a + b."""
    return pair_plus_float(b, a)


def pair_minus_pair(a: Pair, b: Pair) -> Pair:
    """Return a - b."""
    return pair_plus_pair(a, negative(b))


def pair_minus_float(a: Pair, b: Any) -> Pair:
    """Return a - b."""
    return pair_plus_float(a, -b)


def float_minus_pair(a: Any, b: Pair) -> Pair:
    """Return a - b."""
    return pair_plus_float(negative(b), a)


def pair_times_pair(a: Pair, b: Pair) -> Pair:
    """Return a * b."""
    total = two_product(a.high, b.high)
    return fast_two_sum(total.high, total.low + (a.high * b.low + a.low * b.high))


def pair_times_float(a: Pair, b: Any) -> Pair:
    """Return a * b."""
    total = two_product(a.high, b)
    return fast_two_sum(total.high, total.low + a.low * b)


def float_times_pair(a: Any, b: Pair) -> Pair:
    """Return a * b."""
    return pair_times_float(b, a)


def pair_over_pair(a: Pair, b: Pair) -> Pair:
    """Return a / b."""
    first = a.high / b.high
    back = two_product(first, b.high)
    left = ((a.high - back.high) - back.low) + a.low - first * b.low
    return fast_two_sum(first, left / b.high)


def pair_over_float(a: Pair, b: Any) -> Pair:
    """Return a / b."""
    first = a.high / b
    back = two_product(first, b)
    left = ((a.high - back.high) - back.low) + a.low
    return fast_two_sum(first, left / b)


def float_over_pair(a: Any, b: Pair) -> Pair:
    """Return a / b."""
    first = a / b.high
    back = two_product(first, b.high)
    left = ((a - back.high) - back.low) - first * b.low
    return fast_two_sum(first, left / b.high)


#: By sign: the operation on two pairs, on a pair and a float, on a float and a pair.
OPERATIONS = {
    "+": (pair_plus_pair, pair_plus_float, float_plus_pair),
    "-": (pair_minus_pair, pair_minus_float, float_minus_pair),
    "*": (pair_times_pair, pair_times_float, float_times_pair),
    "/": (pair_over_pair, pair_over_float, float_over_pair),
}

#: What the operations are made of, which are compiled with them.
PRIMITIVES = (two_sum, fast_two_sum, two_product, negative, absolute, less, greater)


def _chosen(sign: str, a: Any, b: Any) -> Pair:
    of_pairs, with_float, of_float = OPERATIONS[sign]
    if not isinstance(a, Pair):
        return of_float(a, b)
    return of_pairs(a, b) if isinstance(b, Pair) else with_float(a, b)
