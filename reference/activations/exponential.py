"""The exponential; ELU, SELU and CELU: a line on the right, a scaled expm1 on the left."""

from __future__ import annotations

import math
from typing import Any

from ..arithmetic import _tables as tables
from ..arithmetic.functions import (
    EXACT,
    LEAST,
    Approximation,
    Constant,
    constant,
    exp,
    expm1,
    far_below,
    lifted,
    linear_near_0,
    part,
    size,
    weight_near_0,
    where,
    with_sign,
)
from ._kinds import Domain, elementwise

__all__ = ["celu", "elu", "exponential", "selu"]

_SCALE = Constant(*tables.SELU_SCALE, "SELU_SCALE")
_SCALE_ALPHA = Constant(*tables.SELU_SCALE_ALPHA, "SELU_SCALE_ALPHA")

# Below, expm1(q) is q but for less than 2**-400 of it.
_TINY = 2.0**-400

_ELU_ALPHA = {"alpha": Domain("0 <= alpha and alpha < inf", lambda alpha: 0 <= alpha < math.inf)}
_CELU_ALPHA = {"alpha": Domain("0 < alpha and alpha < inf", lambda alpha: 0 < alpha < math.inf)}


# exp 0.6, quotient 0.5.
@elementwise(error=1.5)
def exponential(x: Any) -> Approximation:
    """Exponential function, its own derivative.

    Parameters
    ----------
    x : array_like
        Input, any shape.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`, not negative; infinite beyond the range of the format.

    References
    ----------
    J. A. Nelder and R. W. M. Wedderburn, 1972.
    """
    e = exp(-abs(x))
    right = x > 0.0
    # Twice the inverse, which is at least 1 as the number of every power is.
    y = where(right, 2.0 / e.number, e.number)
    return Approximation(y, where(right, -1 - e.power, e.power), size(y))


exponential.derivative_rule(error=1.5)(exponential.rule)


# expm1 1.5, product 0.5.
@elementwise(error=2.5, domains=_ELU_ALPHA)
def elu(x: Any, alpha: float = 1.0) -> Approximation:
    """Exponential linear unit: ``x`` where positive, else ``alpha * expm1(x)``.

    The derivative at 0 is `alpha`.

    Parameters
    ----------
    x : array_like
        Input, any shape.
    alpha : float, optional
        The function tends to -alpha on the left; 0 <= alpha.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`.

    Raises
    ------
    ValueError
        If alpha is outside its domain.

    References
    ----------
    D.-A. Clevert, T. Unterthiner and S. Hochreiter, ICLR 2016.
    """
    right = x > 0.0
    left = linear_near_0(expm1(where(right, 0.0, x)) * alpha, x, alpha)
    y, tiny = with_sign(left.number, x), left.power < 0
    weight = where(tiny, size(y), weight_near_0(size(y), y, x))
    return Approximation(
        where(right, x, y), where(right, 0, left.power), where(right, EXACT, weight)
    )


# exp 0.6, product 0.5.
@elu.derivative_rule(error=1.5)
def _(x: Any, alpha: float = 1.0) -> Approximation:
    right = x > 0.0
    e = exp(where(right, 0.0, x))
    y = e.number * alpha
    return Approximation(
        where(right, 1.0, y), where(right, 0, e.power), where(right, EXACT, size(y))
    )


# expm1 1.5, constant 0.5, product 0.5.
@elementwise(error=3)
def selu(x: Any) -> Approximation:
    """Scaled exponential linear unit: ``scale * elu(x, alpha)`` with the two fixed constants.

    The derivative at 0 is the left one, ``scale * alpha``.

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
    G. Klambauer et al., NIPS 2017.
    """
    right = x > 0.0
    below = constant(x, _SCALE_ALPHA)
    left, held = linear_near_0(expm1(where(right, 0.0, x)) * below, x, below), lifted(x)
    y = with_sign(where(right, held.number * constant(x, _SCALE), left.number), x)
    return Approximation(y, where(right, held.power, left.power), size(y))


# exp 0.6, constant 0.5, product 0.5.
@selu.derivative_rule(error=2)
def _(x: Any) -> Approximation:
    right = x > 0.0
    e = exp(where(right, 0.0, x))
    y = where(right, constant(x, _SCALE), e.number * constant(x, _SCALE_ALPHA))
    return Approximation(y, where(right, 0, e.power), size(y))


# Quotient 0.5, which expm1 does not amplify, expm1 1.5, product 0.5.
@elementwise(error=3, domains=_CELU_ALPHA)
def celu(x: Any, alpha: float = 1.0) -> Approximation:
    """Continuously differentiable exponential linear unit.

    ``x`` where positive, else ``alpha * expm1(x / alpha)``. The derivative at 0 is 1.

    Parameters
    ----------
    x : array_like
        Input, any shape.
    alpha : float, optional
        The function tends to -alpha on the left; 0 < alpha and finite.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`.

    Raises
    ------
    ValueError
        If alpha is outside its domain.

    References
    ----------
    J. T. Barron, 2017.
    """
    right, q, held = x > 0.0, _ratio(x, alpha), lifted(x)
    # It is x then, also where the quotient is out of range.
    tiny = far_below(-q, _TINY)
    y = with_sign(where(tiny, held.number, expm1(q) * alpha), x)
    power = where(right, 0, where(tiny, held.power, 0))
    return Approximation(where(right, x, y), power, where(right, EXACT, size(y)))


# The quotient's 0.5 times itself, exp 0.6.
@celu.derivative_rule(error=1)
def _(x: Any, alpha: float = 1.0) -> Approximation:
    right = x > 0.0
    q = _ratio(x, alpha)
    e = exp(q)
    weight = where(right, EXACT, size(e.number) * (1.0 + size(q)))
    return Approximation(where(right, 1.0, e.number), where(right, 0, e.power), weight)


@part
def _ratio(x: Any, alpha: float) -> Any:
    """Return x / alpha on the left, or `LEAST` if that is less: exp of either is 0."""
    return where(x < LEAST * alpha, LEAST, where(x > 0.0, 0.0, x) / alpha)
