"""Sigmoid, tanh and what is made of them.

All use exp(-|x|), which cannot overflow; each tail is then a product or a quotient of what is
accurate to a few roundings, and nothing is subtracted from 1. Where a factor could be subnormal,
and so short of digits, though the result is larger, the exponential of half the argument is used
twice.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._kinds import elementwise

__all__ = ["sigmoid", "silu", "softplus", "tanh"]

Array = NDArray[Any]

# Beyond, x exp(-|x|) is 0 in float64; inputs are held here so that no inf * 0 arises.
_FAR = 800.0


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
    z = np.exp(-np.abs(x))
    return np.where(x < 0, z, 1.0) / (1 + z)


def times_sigmoid(factor: Array, x: Array) -> Array:
    """Return factor * sigmoid(x) for finite x, accurate where sigmoid(x) alone is subnormal."""
    root = np.exp(-np.abs(x) / 2)
    above = np.where(x < 0, root, 1.0)
    return factor * above / (1 + root * root) * above


@sigmoid.derivative_rule
def _(x: Array) -> Array:
    root = np.exp(-np.abs(x) / 2)
    return (root / (1 + root * root)) ** 2


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
    root = np.exp(-np.abs(x))
    return (2 * root / (1 + root * root)) ** 2


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
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))


@softplus.derivative_rule
def _(x: Array) -> Array:
    return sigmoid(x)


@elementwise()
def silu(x: Array) -> Array:
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
    x = np.maximum(x, -_FAR)
    return times_sigmoid(x, x)


@silu.derivative_rule
def _(x: Array) -> Array:
    x = np.clip(x, -_FAR, _FAR)
    return times_sigmoid(1 + x * sigmoid(-x), x)
