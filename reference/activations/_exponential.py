"""The exponential of a number that is not positive, as a pair.

The activations divide, multiply and subtract exponentials, and each step adds its rounding to the
error that the exponential came with: with NumPy's `exp`, up to 1 ulp off, two and four ulp are
missed. This one is good to 2**-64, and it is made of additions and products alone, so that its bits
depend neither on the machine nor on the place in the array, as those of a library's `exp` do.

References
----------
P.-T. P. Tang, Table-driven implementation of the exponential function, 1989.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._compensated import Pair, fast_two_sum
from ._tables import LOG2_OVER_64, POWERS_OF_2

__all__ = ["LEAST", "Exponential", "exp", "expm1"]

Array = NDArray[Any]

#: Below, exp(x) is 0 in float64, whatever finite factor it has; arguments end here.
LEAST = -1500.0

# Adding and subtracting it rounds a number below 2**-7 to a multiple of 2**-33.
_ROUND_TO_2_33 = 1.5 * 2.0 ** (52 - 33)


class Exponential(NamedTuple):
    """The number ``(high + low) * 2**power``, which may be below the range of float64.

    Attributes
    ----------
    high, low : ndarray of float64
        A pair between 1 and 2, nearly.
    power : ndarray of int32
        The exponent.
    """

    high: Array
    low: Array
    power: NDArray[np.int32]

    def pair(self) -> Pair:
        """Return it as a pair of float64; where that is subnormal, digits are lost."""
        return Pair(np.ldexp(self.high, self.power), np.ldexp(self.low, self.power))

    def plus_one(self) -> Pair:
        """Return 1 + e, for e of at most 1."""
        high, low = self.pair()
        total = fast_two_sum(1.0, high)
        return Pair(total.high, total.low + low)

    def over_square(self) -> tuple[Array, Array]:
        """Return 1 + e, and by how much e / (1 + e)**2 is larger with all digits, relatively."""
        below = self.plus_one()
        return below.high, self.low / self.high - 2 * (below.low / below.high)


class _Parts(NamedTuple):
    """exp(x) = 2**power (head + middle + rest), each much smaller than the one before."""

    head: Array
    middle: Array
    rest: Array
    power: NDArray[np.int32]


def exp(x: Array, low: Any = 0.0) -> Exponential:
    """Return exp(x + low).

    Parameters
    ----------
    x : ndarray of float64
        From `LEAST` to 0, or nan.
    low : ndarray of float64, optional
        Small beside `x`.

    Returns
    -------
    Exponential
        To 2**-64.
    """
    head, middle, rest, power = _parts(x, low)
    high, left = fast_two_sum(head, middle)
    return Exponential(*fast_two_sum(high, left + rest), power)


def expm1(x: Array, low: Any = 0.0) -> Pair:
    """Return exp(x + low) - 1.

    Parameters
    ----------
    x : ndarray of float64
        From `LEAST` to 0, or nan.
    low : ndarray of float64, optional
        Small beside `x`.

    Returns
    -------
    Pair
        To 2**-57; where |x| is below 2**-28, to 2**-53.
    """
    head, middle, rest, power = _parts(x, low)
    first = fast_two_sum(-1.0, np.ldexp(head, power))
    second = fast_two_sum(first.high, np.ldexp(middle, power))
    return fast_two_sum(second.high, second.low + (first.low + np.ldexp(rest, power)))


def _parts(x: Array, low: Any) -> _Parts:
    """Write x as (power + j / 64) log(2) + step + rest, and look 2**(j / 64) up."""
    # The first part of log(2) / 64 has 35 bits: its product with k is exact, and so is `left`.
    k = np.rint(x * (1 / LOG2_OVER_64[0]))
    left = x - k * LOG2_OVER_64[0]
    step = (left + _ROUND_TO_2_33) - _ROUND_TO_2_33
    rest = (left - step) - (k * LOG2_OVER_64[1] - low)
    # exp(r) - 1 - r by Taylor's series; |r| < 0.0055, so that the next term is below 2**-64.
    r = step + rest
    series = r * (1 / 720)
    for coefficient in (1 / 120, 1 / 24, 1 / 6):
        series += coefficient
        series *= r
    series += 1 / 2
    rest += r * r * series
    whole = k.astype(np.int32)
    head, tail = (numbers.take(whole & 63) for numbers in POWERS_OF_2)
    # 27 bits times 26: the product is exact.
    return _Parts(head, head * step, tail + (tail * (step + rest) + head * rest), whole >> 6)
