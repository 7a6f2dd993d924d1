"""Sigmoid, tanh and what is made of them.

All use exp(-|x|), which cannot overflow; each tail is then a product or a quotient of what is
accurate, and nothing is subtracted from 1. The exponential comes apart from its power of 2, which
is multiplied last: so a factor may be below the range of float64 where the result is not, and a
subnormal result is rounded at its own last place.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._compensated import Pair, quotient
from ._exponential import LEAST, Exponential, exp
from ._gated import from_left_slope, from_tail, logistic_left_slope, logistic_tail
from ._kinds import elementwise
from ._tables import SILU_AT_ROOT, SILU_ROOT

__all__ = ["sigmoid", "silu", "softplus", "tanh"]

Array = NDArray[Any]


def _decay(x: Array) -> Exponential:
    """Return exp(-|x|)."""
    return exp(np.maximum(-np.abs(x), LEAST))


@elementwise()
def sigmoid(x: Array) -> Array:
    """Logistic function, ``1 / (1 + exp(-x))``.

    Parameters
    ----------
    x : array_like
        Input, any shape.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`, in [0, 1].

    References
    ----------
    P.-F. Verhulst, 1838.
    """
    e = _decay(x)
    left = np.ldexp(quotient(Pair(e.high, e.low), e.plus_one()).high, e.power)
    return np.where(x < 0, left, 1 - left)


@sigmoid.derivative_rule
def _(x: Array) -> Array:
    return _bell(_decay(x), 1.0)


def _bell(e: Exponential, factor: float) -> Array:
    """Return factor * e / (1 + e)**2; the numerator, the square and the result are rounded."""
    below, lost = e.over_square()
    above = factor * (e.high + e.high * lost)
    return np.ldexp(above / (below * below), e.power)


@elementwise()
def tanh(x: Array) -> Array:
    """Hyperbolic tangent.

    Parameters
    ----------
    x : array_like
        Input, any shape.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`, in [-1, 1].

    References
    ----------
    Y. LeCun, L. Bottou, G. B. Orr and K.-R. Müller, 1998.
    """
    return np.tanh(x)


@tanh.derivative_rule
def _(x: Array) -> Array:
    return _bell(_decay(2 * x), 4.0)


@elementwise()
def softplus(x: Array) -> Array:
    """Smooth ramp, ``log(1 + exp(x))``.

    Parameters
    ----------
    x : array_like
        Input, any shape.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`, not negative.

    References
    ----------
    C. Dugas et al., NIPS 2001.
    """
    high, low = _decay(x).pair()
    return np.maximum(x, 0.0) + (np.log1p(high) + low / (1 + high))


@softplus.derivative_rule
def _(x: Array) -> Array:
    return sigmoid(x)


@elementwise()
def silu(x: Array) -> Pair:
    """Sigmoid-weighted linear unit (swish), ``x * sigmoid(x)``.

    Parameters
    ----------
    x : array_like
        Input, any shape.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`; at minus infinity the limit, -0.

    References
    ----------
    S. Elfwing, E. Uchibe and K. Doya, 2018; D. Hendrycks and K. Gimpel, 2016.
    """
    a = np.minimum(np.abs(x), -LEAST)
    return from_tail(x, logistic_tail(a, Pair(a, 0.0)))


@silu.derivative_rule
def _(x: Array) -> Array:
    a = Pair(np.minimum(np.abs(x), -LEAST), 0.0)
    return from_left_slope(x, logistic_left_slope(a, a), SILU_ROOT, SILU_AT_ROOT)
