"""Activations of straight lines that meet: the identity, and what cuts it off."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arithmetic.functions import (
    EXACT,
    Approximation,
    exact_product,
    lifted,
    number,
    size,
    where,
)
from ._kinds import Domain, elementwise

__all__ = ["hard_tanh", "identity", "leaky_relu", "relu", "relu6"]

Array = NDArray[Any]

_BOUNDS = {
    "low": Domain("-inf < low <= 0", lambda low: -math.inf < low <= 0),
    "high": Domain("0 < high < inf", lambda high: 0 < high < math.inf),
}
_SLOPE = {"negative_slope": Domain("-inf < negative_slope < inf", math.isfinite)}


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


@identity.derivative_rule()
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


@relu.derivative_rule()
def _(x: Array) -> Array:
    return (x > 0).astype(x.dtype)


# A product.
@elementwise(error=0.5, rational=True, domains=_SLOPE)
def leaky_relu(x: Any, negative_slope: float = 0.01) -> Approximation:
    """Leaky rectifier: ``x`` where positive, else ``negative_slope * x``.

    The derivative at 0 is `negative_slope`.

    Parameters
    ----------
    x : array_like
        Input, any shape.
    negative_slope : float, optional
        Slope for negative inputs, any finite number.

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
    right = x > 0.0
    held = lifted(x)
    y = exact_product(held.number, negative_slope)
    return Approximation(
        where(right, x, y), where(right, 0, held.power), where(right, EXACT, size(y))
    )


# The slope as it is.
@leaky_relu.derivative_rule(error=0, rational=True)
def _(x: Any, negative_slope: float = 0.01) -> Approximation:
    y = where(x > 0.0, number(x, 1.0), number(x, negative_slope))
    return Approximation(y, 0, EXACT)


@elementwise(exact=True)
def relu6(x: Array) -> Array:
    """Rectified linear unit with an upper bound: ``min(max(x, 0), 6)``.

    The derivative at 0 and at 6 is 0. nan gives nan.

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
    A. Krizhevsky, 2010.
    """
    return np.minimum(np.maximum(x, x.dtype.type(0)), x.dtype.type(6))


@relu6.derivative_rule()
def _(x: Array) -> Array:
    return ((x > 0) & (x < 6)).astype(x.dtype)


# The bounds as they are.
@elementwise(error=0, rational=True, domains=_BOUNDS)
def hard_tanh(x: Any, low: float = -1.0, high: float = 1.0) -> Approximation:
    """Hard tanh: ``min(max(x, low), high)``.

    The derivative at both bounds is 0.

    Parameters
    ----------
    x : array_like
        Input, any shape.
    low : float, optional
        Lower bound, at most 0.
    high : float, optional
        Upper bound, above 0.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`.

    Raises
    ------
    ValueError
        If a bound is outside its domain.

    References
    ----------
    R. Collobert et al., JMLR 12, 2011.
    """
    y = where(x < high, where(x > low, x, number(x, low)), number(x, high))
    return Approximation(y, 0, EXACT)


@hard_tanh.derivative_rule(error=0, rational=True)
def _(x: Any, low: float = -1.0, high: float = 1.0) -> Approximation:
    y = where(x > low, where(x < high, number(x, 1.0), number(x, 0.0)), number(x, 0.0))
    return Approximation(y, 0, EXACT)
