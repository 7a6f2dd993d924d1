"""Functions x P(x) with P(x) + P(-x) = 1: SiLU, where P is the logistic function, and the GELUs.

For all of them f(x) - f(-x) = x, so the negative half says everything: with a = |x|, the value is
max(x, 0) - a P(-a), and the derivative is f'(-a) on the left and 1 - f'(-a) on the right.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._compensated import Pair, fast_two_sum, plus, product, quotient, two_sum
from ._exponential import exp

__all__ = [
    "from_left_slope",
    "from_tail",
    "logistic_left_slope",
    "logistic_tail",
    "mend_near_root",
]

Array = NDArray[Any]

# Nearer than this to its root, a derivative is Taylor's series about it. At this distance what the
# derivative is the difference of has lost 2**5 of the 2**56 and more to which it is known.
_NEAR = 2.0**-4


def from_tail(x: Array, tail: Pair) -> Pair:
    """Return the value at x from a P(-a); at zero and at minus infinity with the sign of x."""
    ramp = fast_two_sum(np.maximum(x, 0.0), -tail.high)
    # At infinity the low part is inf - inf, and stands for nothing.
    low = np.where(np.isinf(ramp.high), 0.0, ramp.low - tail.low)
    value = fast_two_sum(ramp.high, low)
    return Pair(np.copysign(value.high, x), value.low)


def from_left_slope(x: Array, left: Array, root: tuple[float, float], at_root: Array) -> Array:
    """Return the derivative at x.

    Parameters
    ----------
    x : ndarray of float64
        Input.
    left : ndarray of float64
        The derivative at -|x|; changed in place.
    root, at_root
        As for `mend_near_root`, of the derivative at -|x|.
    """
    mend_near_root(np.abs(x), left, root, at_root)
    return np.where(x < 0, left, 1 - left)


def mend_near_root(a: Array, values: Array, root: tuple[float, float], at_root: Array) -> None:
    """Replace the values of a function near its root by those of Taylor's series, in place.

    Parameters
    ----------
    a : ndarray of float64
        Where the values are taken.
    values : ndarray of float64
        The values; only those near the root change.
    root : tuple of float
        Where the function is 0, as a pair.
    at_root : ndarray of float64
        Its Taylor coefficients there, from the highest to that of 1.
    """
    away = a - root[0]
    near = np.abs(away) < _NEAR
    if near.any():
        z = away[near] - root[1]
        series = at_root[0]
        for coefficient in at_root[1:]:
            series = coefficient + z * series
        values[near] = z * series


def logistic_tail(a: Array, w: Pair) -> Pair:
    """Return a / (1 + exp(w)); w >= 0."""
    e = exp(-w.high, -w.low)
    above = product(Pair(a, 0.0), Pair(e.high, e.low))
    high, low = quotient(above, e.plus_one())
    return Pair(np.ldexp(high, e.power), np.ldexp(low, e.power))


def logistic_left_slope(w: Pair, v: Pair) -> Array:
    """Return the derivative of -a / (1 + exp(w)) with respect to -a, where v = a dw/da.

    It is e (1 + e - v) / (1 + e)**2 with e = exp(-w). The bracket cancels, so it is a pair, and it
    takes what the roundings of e and 1 + e lose. What is rounded: the bracket, its product with e,
    the square, the result; that makes at most 3.5 ulp.
    """
    e = exp(-w.high, -w.low)
    lead = two_sum(1.0, -v.high)
    bracket = plus(Pair(lead.high, lead.low - v.low), e.pair())
    below, lost = e.over_square()
    factor = bracket.high + (bracket.low + bracket.high * lost)
    return np.ldexp(e.high * factor / (below * below), e.power)
