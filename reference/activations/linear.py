"""Activations without an exponential: of straight lines, and a parabola between two."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._compensated import Pair, product, quotient, two_product, two_sum
from ._kinds import elementwise, require

__all__ = ["hard_silu", "identity", "leaky_relu", "relu"]

Array = NDArray[Any]

_SIX = Pair(6.0, 0.0)


@elementwise(exact=True)
def identity(x: Array) -> Array:
    """Return the input, unchanged.

    Parameters
    ----------
    x : array_like
        Input, any shape.

    Returns
    -------
    ndarray
        A copy of `x`.
    """
    return x.copy()


@identity.derivative_rule
def _(x: Array) -> Array:
    return np.ones_like(x)


@elementwise(exact=True)
def relu(x: Array) -> Array:
    """Rectified linear unit: ``x`` where positive, else 0.

    The derivative at 0 is 0. nan gives nan.

    Parameters
    ----------
    x : array_like
        Input, any shape.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`.

    References
    ----------
    K. Fukushima, 1969; V. Nair and G. E. Hinton, ICML 2010.
    """
    return np.maximum(x, x.dtype.type(0))


@relu.derivative_rule
def _(x: Array) -> Array:
    return (x > 0).astype(x.dtype)


@elementwise()
def leaky_relu(x: Array, negative_slope: float = 0.01) -> Pair:
    """Leaky rectifier: ``x`` where positive, else ``negative_slope * x``.

    The derivative at 0 is `negative_slope`.

    Parameters
    ----------
    x : array_like
        Input, any shape.
    negative_slope : float, optional
        Slope for negative inputs, 0 <= negative_slope < 1.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`.

    Raises
    ------
    ValueError
        If the slope is outside its domain.

    References
    ----------
    A. L. Maas, A. Y. Hannun and A. Y. Ng, 2013.
    """
    _check_slope(negative_slope)
    high, low = two_product(negative_slope, x)
    return Pair(np.where(x > 0, x, high), np.where(x > 0, 0.0, low))


@leaky_relu.derivative_rule
def _(x: Array, negative_slope: float = 0.01) -> Array:
    _check_slope(negative_slope)
    return np.where(x > 0, 1.0, negative_slope)


def _check_slope(slope: float) -> None:
    require("negative_slope", slope, "0 <= negative_slope < 1", 0 <= slope < 1)


@elementwise()
def hard_silu(x: Array) -> Pair:
    """Hard SiLU (hard swish): ``x * min(max(x + 3, 0), 6) / 6``.

    The derivative at -3 is 0 and that at 3 is 1: those of the straight lines.

    Parameters
    ----------
    x : array_like
        Input, any shape.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`.

    References
    ----------
    A. Howard et al., ICCV 2019.
    """
    # The product is formed that many binades up, so that no part of it underflows.
    middle, lift = np.clip(x, -3.0, 3.0), np.int32(500)
    above = product(Pair(np.ldexp(middle, lift), 0.0), two_sum(middle, 3.0))
    high, low = (np.ldexp(part, -lift) for part in quotient(above, _SIX))
    # A sum with 0 has lost the sign of -0.
    return _on_three_pieces(x, Pair(np.copysign(high, x), low), x)


@hard_silu.derivative_rule
def _(x: Array) -> Pair:
    middle = np.clip(x, -3.0, 3.0)
    return _on_three_pieces(x, quotient(two_sum(2 * middle, 3.0), _SIX), 1.0)


def _on_three_pieces(x: Array, middle: Pair, right: Any) -> Pair:
    """Return 0 up to -3, `right` from 3 on, and `middle` between and for nan."""
    high = np.where(x >= 3, right, np.where(x <= -3, 0.0, middle.high))
    return Pair(high, np.where(np.abs(x) >= 3, 0.0, middle.low))
