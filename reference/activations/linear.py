"""Activations without an exponential: of straight lines, and a parabola between two."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arithmetic.functions import (
    EXACT,
    Approximation,
    Scaled,
    exact_product,
    lifted,
    linear_near_0,
    number,
    part,
    size,
    where,
    with_sign,
)
from ._kinds import Domain, elementwise

__all__ = ["hard_silu", "identity", "leaky_relu", "relu"]

Array = NDArray[Any]

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


# Sum, product and quotient.
@elementwise(error=1.5, rational=True)
def hard_silu(x: Any) -> Approximation:
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
    middle = _between(x)
    y = linear_near_0(middle * (middle + 3) / 6, x, 0.5)
    signed = with_sign(y.number, x)
    return _on_three_pieces(x, Scaled(signed, y.power), x, size(signed))


# Twice x is exact; the sum has 0.5, and so has the quotient.
@hard_silu.derivative_rule(error=1, rational=True)
def _(x: Any) -> Approximation:
    y = (_between(x) * 2 + 3) / 6
    return _on_three_pieces(x, Scaled(y, 0), number(x, 1.0), size(y))


@part
def _between(x: Any) -> Any:
    """Return x between -3 and 3."""
    return where(x > -3.0, where(x < 3.0, x, 3.0), -3.0)


@part
def _on_three_pieces(x: Any, middle: Scaled, right: Any, weight: Any) -> Approximation:
    """Return 0 up to -3, `right` from 3 on, and `middle` between."""
    inside = where(x > -3.0, where(x < 3.0, 1.0, 0.0), 0.0) > 0.0
    y = where(x > -3.0, where(x < 3.0, middle.number, right), number(x, 0.0))
    return Approximation(y, where(inside, middle.power, 0), where(inside, weight, EXACT))
