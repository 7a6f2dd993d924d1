"""Activations of straight lines and a parabola, in the place of others that need an exponential."""

from __future__ import annotations

import math
from typing import Any

from ..arithmetic.functions import (
    EXACT,
    Approximation,
    Scaled,
    lifted,
    lifted_to_square,
    linear_near_0,
    number,
    part,
    size,
    where,
    with_sign,
)
from ._kinds import Domain, elementwise

__all__ = [
    "hard_mish",
    "hard_sigmoid",
    "hard_silu",
    "sparse_plus",
    "sparse_sigmoid",
    "squared_relu",
]

_WIDTH = {"width": Domain("0 < width < inf", lambda width: 0 < width < math.inf)}


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
    middle = _between(x, -3.0, 3.0)
    y = linear_near_0(middle * (middle + 3) / 6, x, 0.5)
    signed = with_sign(y.number, x)
    return _on_three_pieces(x, -3.0, 3.0, Scaled(signed, y.power), x, size(signed))


# Twice x is exact; the sum has 0.5, and so has the quotient.
@hard_silu.derivative_rule(error=1, rational=True)
def _(x: Any) -> Approximation:
    y = (_between(x, -3.0, 3.0) * 2 + 3) / 6
    return _on_three_pieces(x, -3.0, 3.0, Scaled(y, 0), number(x, 1.0), size(y))


# Sum and product.
@elementwise(error=1, rational=True)
def hard_mish(x: Any) -> Approximation:
    """Hard Mish: ``x * min(max(x + 2, 0), 2) / 2``.

    The derivative at -2 is 0, that of the constant.

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
    D. Misra, 2020.
    """
    middle = _between(x, -2.0, 0.0)
    y = linear_near_0(middle * (middle + 2) / 2, x, 1.0)
    signed = with_sign(y.number, x)
    return _on_three_pieces(x, -2.0, 0.0, Scaled(signed, y.power), x, size(signed))


# A sum.
@hard_mish.derivative_rule(error=0.5, rational=True)
def _(x: Any) -> Approximation:
    y = _between(x, -2.0, 0.0) + 1
    return _on_three_pieces(x, -2.0, 0.0, Scaled(y, 0), number(x, 1.0), size(y))


# Sum and quotient.
@elementwise(error=1, rational=True, domains=_WIDTH)
def hard_sigmoid(x: Any, width: float = 6.0) -> Approximation:
    """Hard sigmoid: ``min(max(x / width + 1/2, 0), 1)``.

    The derivative at both ends of the slope is 0.

    Parameters
    ----------
    x : array_like
        Input, any shape.
    width : float, optional
        Width of the interval on which the function rises; above 0.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`.

    Raises
    ------
    ValueError
        If the width is outside its domain.

    References
    ----------
    M. Courbariaux, Y. Bengio and J.-P. David, 2015; A. Howard et al., ICCV 2019.
    """
    end = width / 2
    y = (_between(x, -end, end) + end) / width
    return _on_three_pieces(x, -end, end, Scaled(y, 0), number(x, 1.0), size(y))


# A quotient.
@hard_sigmoid.derivative_rule(error=0.5, rational=True)
def _(x: Any, width: float = 6.0) -> Approximation:
    slope, end = number(x, 1.0) / width, width / 2
    return _on_three_pieces(x, -end, end, Scaled(slope, 0), number(x, 0.0), size(slope))


# A sum.
@elementwise(error=0.5, rational=True)
def sparse_sigmoid(x: Any) -> Approximation:
    """Sigmoid of sparsemax: ``min(max((x + 1) / 2, 0), 1)``.

    The derivative at -1 and at 1 is 0.

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
    A. F. T. Martins and R. F. Astudillo, ICML 2016.
    """
    y = (_between(x, -1.0, 1.0) + 1) / 2
    return _on_three_pieces(x, -1.0, 1.0, Scaled(y, 0), number(x, 1.0), size(y))


@sparse_sigmoid.derivative_rule(error=0, rational=True)
def _(x: Any) -> Approximation:
    return _on_three_pieces(x, -1.0, 1.0, Scaled(number(x, 0.5), 0), number(x, 0.0), EXACT)


# The sum has 0.5, its square twice that and 0.5 more.
@elementwise(error=1.5, rational=True)
def sparse_plus(x: Any) -> Approximation:
    """Softplus of sparsemax: ``(x + 1)**2 / 4`` from -1 to 1, 0 below and ``x`` above.

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
    A. F. T. Martins and R. F. Astudillo, ICML 2016.
    """
    y = _between(x, -1.0, 1.0) + 1
    y = y * y / 4
    return _on_three_pieces(x, -1.0, 1.0, Scaled(y, 0), x, size(y))


sparse_plus.derivative_rule(error=0.5, rational=True)(sparse_sigmoid.rule)


# The product of a number of 24 bits with itself is a float, and of one of 53 bits a pair.
@elementwise(error=0, rational=True)
def squared_relu(x: Any) -> Approximation:
    """Square of the rectifier: ``x * x`` where positive, else 0.

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
    D. R. So et al., NeurIPS 2021.
    """
    held = lifted_to_square(_positive(x))
    return Approximation(held.number * held.number, held.power * 2, EXACT)


# Twice x is exact.
@squared_relu.derivative_rule(error=0, rational=True)
def _(x: Any) -> Approximation:
    held = lifted(_positive(x))
    return Approximation(held.number * 2, held.power, EXACT)


@part
def _positive(x: Any) -> Any:
    """Return x where it is positive, else 0."""
    return where(x > 0.0, x, number(x, 0.0))


@part
def _between(x: Any, low: float, high: float) -> Any:
    """Return x between two bounds."""
    return where(x > low, where(x < high, x, high), low)


@part
def _on_three_pieces(
    x: Any, low: float, high: float, middle: Scaled, right: Any, weight: Any
) -> Approximation:
    """Return 0 up to one number, `right` from another on, and `middle` between."""
    inside = where(x > low, where(x < high, 1.0, 0.0), 0.0) > 0.0
    y = where(x > low, where(x < high, middle.number, right), number(x, 0.0))
    return Approximation(y, where(inside, middle.power, 0), where(inside, weight, EXACT))
