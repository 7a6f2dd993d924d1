"""Sigmoid and what is made of it.

All use exp(-|x|), which cannot overflow. Where x < 0 the result has its power of 2 as a factor, so
that it may be below the range of float64 until it is rounded.
"""

from __future__ import annotations

import math
import sys
from typing import Any

from ..arithmetic import _tables as tables
from ..arithmetic.functions import (
    LEAST,
    Approximation,
    Constant,
    above_half,
    constant,
    exp,
    far_below,
    lifted,
    log1p,
    not_above,
    not_below,
    part,
    size,
    unscaled,
    weight_near_0,
    where,
    with_sign,
)
from ._gated import slope_of_logistic
from ._kinds import Domain, elementwise

__all__ = [
    "log_sigmoid",
    "quick_gelu",
    "sigmoid",
    "silu",
    "softplus",
    "softplus_beta",
    "swish_beta",
]

_FACTOR = Constant(*tables.QUICK_GELU_FACTOR, "QUICK_GELU_FACTOR")
_STEEPNESS = {"beta": Domain("0 < beta < inf", lambda beta: 0 < beta < math.inf)}
# Minus infinity times 0 is no limit.
_LARGEST = sys.float_info.max


# exp 0.6, 1 + e at most 0.5 + 0.3, quotient 0.5.
@elementwise(error=2)
def sigmoid(x: Any) -> Approximation:
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
    return _logistic(x)


@part
def _logistic(x: Any) -> Approximation:
    """Return 1 / (1 + exp(-x))."""
    e = exp(-abs(x))
    left = x < 0.0
    y = where(left, e.number, 1.0) / (1.0 + unscaled(e))
    return Approximation(y, where(left, e.power, 0), size(y))


# exp 0.6, square 0.5 + 2 (0.5 + 0.3), quotient 0.5.
@sigmoid.derivative_rule(error=3.5)
def _(x: Any) -> Approximation:
    e = exp(-abs(x))
    below = 1.0 + unscaled(e)
    y = e.number / (below * below)
    return Approximation(y, e.power, size(y))


# exp 0.6, which log1p does not amplify, log1p 2, sum 0.5.
@elementwise(error=3.5)
def softplus(x: Any) -> Approximation:
    """Smooth ramp, ``log(1 + exp(x))``.

    Parameters
    ----------
    x : array_like
        Input, any shape.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`, not negative.

    Notes
    -----
    It is ``max(x, 0) + log1p(exp(-|x|))``; below -150 exp(x) itself, the next term being below
    2**-216 of it.

    References
    ----------
    C. Dugas et al., NIPS 2001.
    """
    return _ramp(x)


softplus.derivative_rule(error=2)(sigmoid.rule)


@part
def _ramp(x: Any) -> Approximation:
    """Return log(1 + exp(x))."""
    e = exp(-abs(x))
    far = far_below(x, -150.0)
    y = where(far, e.number, where(x > 0.0, x, 0.0) + log1p(unscaled(e)))
    return Approximation(y, where(far, e.power, 0), size(y))


# As for softplus.
@elementwise(error=3.5)
def log_sigmoid(x: Any) -> Approximation:
    """Logarithm of the logistic function, ``-log(1 + exp(-x))``.

    Parameters
    ----------
    x : array_like
        Input, any shape.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`, not positive.

    References
    ----------
    D. R. Cox, 1958.
    """
    y = _ramp(-x)
    return Approximation(-y.number, y.power, y.weight)


# As for sigmoid.
@log_sigmoid.derivative_rule(error=2)
def _(x: Any) -> Approximation:
    return _logistic(-x)


# As for sigmoid, and a product.
@elementwise(error=2.5)
def silu(x: Any) -> Approximation:
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
    e = exp(-abs(x))
    left = x < 0.0
    # Below it is -0 already, and minus infinity times 0 is not.
    held = lifted(not_below(x, LEAST))
    y = where(left, e.number, 1.0) * held.number / (1.0 + unscaled(e))
    y = above_half(with_sign(y, x), x)
    power = where(left, e.power, 0) + held.power
    return Approximation(y, power, weight_near_0(size(y), y, x))


# Relative to e (1 + e + a): exp 0.6 twice, bracket 1, square 0.5 + 2 (0.5 + 0.3), product and
# quotient 1; the difference from 1 has 0.5.
@silu.derivative_rule(error=6)
def _(x: Any) -> Approximation:
    a = not_above(abs(x), -LEAST)
    return slope_of_logistic(x, a, a)


# The constant and the product 1 unit of w, exp 0.6 and w, 1 + e 0.8, product and quotient 1.
@elementwise(error=2.5)
def quick_gelu(x: Any) -> Approximation:
    """GELU by the sigmoid formula, ``x * sigmoid(1.702 * x)``.

    It is a function of its own, up to 0.0203 from `gelu`.

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
    D. Hendrycks and K. Gimpel, 2016; A. Radford et al., ICML 2021.
    """
    w = _steeper(x)
    e = exp(-w)
    left = x < 0.0
    held = lifted(not_below(x, LEAST))
    y = where(left, e.number, 1.0) * held.number / (1.0 + unscaled(e))
    y = above_half(with_sign(y, x), x)
    weight = weight_near_0(size(y) * (1.0 + size(w)), y, x)
    return Approximation(y, where(left, e.power, 0) + held.power, weight)


# As for silu, with exp to 0.6 + w in three places, and 1 unit in v.
@quick_gelu.derivative_rule(error=9)
def _(x: Any) -> Approximation:
    w = _steeper(x)
    slope = slope_of_logistic(x, w, w)
    return Approximation(slope.number, slope.power, slope.weight * (1.0 + size(w)))


@part
def _steeper(x: Any) -> Any:
    """Return 1.702 |x|, or where exp(-1.702 |x|) x is 0 already."""
    return not_above(abs(x), -LEAST) * constant(x, _FACTOR)


# As for quick_gelu, with a parameter for the constant.
@elementwise(error=2.5, domains=_STEEPNESS)
def swish_beta(x: Any, beta: float = 1.0) -> Approximation:
    """Swish with its steepness, ``x * sigmoid(beta * x)``.

    Parameters
    ----------
    x : array_like
        Input, any shape.
    beta : float, optional
        How steep the sigmoid is; above 0.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`; at minus infinity the limit, -0.

    Raises
    ------
    ValueError
        If beta is outside its domain.

    References
    ----------
    P. Ramachandran, B. Zoph and Q. V. Le, 2017.
    """
    w = not_above(abs(x) * beta, -LEAST)
    e = exp(-w)
    left = x < 0.0
    held = lifted(not_below(x, -_LARGEST))
    # A quarter, since twice the largest number is infinite.
    y = where(left, e.number * 0.25, 1.0) * held.number / (1.0 + unscaled(e))
    # Whether the second term is next to nothing is a matter of beta x.
    y = above_half(with_sign(y, x), w)
    weight = weight_near_0(size(y) * (1.0 + size(w)), y, w)
    return Approximation(y, where(left, e.power + 2, 0) + held.power, weight)


# As for quick_gelu.
@swish_beta.derivative_rule(error=9)
def _(x: Any, beta: float = 1.0) -> Approximation:
    w = not_above(abs(x) * beta, -LEAST)
    slope = slope_of_logistic(where(x < 0.0, -w, w), w, w)
    return Approximation(slope.number, slope.power, slope.weight * (1.0 + size(w)))


# exp 0.6, log1p 2, quotient 0.5, sum 0.5; beta x 0.5, amplified by beta |x| in the corner.
@elementwise(error=4, domains=_STEEPNESS)
def softplus_beta(x: Any, beta: float = 1.0) -> Approximation:
    """Smooth ramp of a steepness, ``log(1 + exp(beta * x)) / beta``.

    Parameters
    ----------
    x : array_like
        Input, any shape.
    beta : float, optional
        How steep the corner is; above 0.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`, not negative.

    Raises
    ------
    ValueError
        If beta is outside its domain.

    References
    ----------
    C. Dugas et al., NIPS 2001.
    """
    w = not_above(abs(x) * beta, -LEAST)
    e, right = exp(-w), x > 0.0
    far = far_below(where(right, 0.0, -w), -150.0)
    corner = where(far, e.number, log1p(unscaled(e))) / beta
    y = where(right, x, 0.0) + corner
    weight = size(y) + size(corner) * size(w)
    return Approximation(y, where(far, e.power, 0), weight)


# beta x 0.5, amplified by beta |x|; then as for sigmoid.
@softplus_beta.derivative_rule(error=2)
def _(x: Any, beta: float = 1.0) -> Approximation:
    w = not_above(abs(x) * beta, -LEAST)
    y = _logistic(where(x < 0.0, -w, w))
    return Approximation(y.number, y.power, y.weight * (1.0 + size(w)))
