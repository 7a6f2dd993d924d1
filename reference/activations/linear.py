"""Activations made of straight lines: nothing is rounded, but for a slope's product."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._compensated import Pair, two_product
from ._kinds import elementwise, require

__all__ = ["identity", "leaky_relu", "relu"]

Array = NDArray[Any]


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
