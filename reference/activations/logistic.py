"""Sigmoid, tanh and what is made of them.

All use z = exp(-|x|), which cannot overflow; each tail is then a product or a quotient of what is
accurate to a few roundings, and nothing is subtracted from 1.
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


@sigmoid.derivative_rule
def _(x: Array) -> Array:
    z = np.exp(-np.abs(x))
    return z / (1 + z) ** 2


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
    z = np.exp(-2 * np.abs(x))
    return 4 * z / (1 + z) ** 2


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
    return x * sigmoid(x)


@silu.derivative_rule
def _(x: Array) -> Array:
    x = np.clip(x, -_FAR, _FAR)
    return sigmoid(x) * (1 + x * sigmoid(-x))
