"""ELU, SELU and CELU: a line on the right, a scaled expm1 on the left."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._compensated import Pair, fast_two_sum, product, quotient
from ._exponential import LEAST, exp, expm1
from ._kinds import elementwise, require
from ._tables import SELU_SCALE, SELU_SCALE_ALPHA

__all__ = ["celu", "elu", "selu"]

Array = NDArray[Any]

# Products are formed this many binades up, so that no part of them underflows.
_LIFT = 500


# Nearer to 0 than this, alpha * expm1(x / alpha) is x and a small correction.
_NEAR = 2.0**-12


def _joined(x: Array, right: Any, left: Any, factor: Pair) -> Array:
    """Return `right` where x is positive, else left(x, factor), computed if there is such an x."""
    positive = x > 0
    if positive.all():
        return np.where(positive, right, x)
    return np.where(positive, right, left(np.where(positive, 0.0, x), factor))


def _scaled_expm1(x: Array, factor: Pair, low: Any = 0.0) -> Array:
    """Return factor * expm1(x + low), rounded once, even where that is subnormal."""
    mantissa, exponent = math.frexp(factor.high)
    lifted = Pair(math.ldexp(mantissa, _LIFT), math.ldexp(factor.low, _LIFT - exponent))
    value = product(lifted, expm1(np.maximum(x, LEAST), low)).high
    return np.copysign(np.ldexp(value, np.int32(exponent - _LIFT)), x)


def _scaled_exp(x: Array, factor: Pair, low: Any = 0.0) -> Array:
    """Return factor * exp(x + low): factor, exp and product are rounded."""
    mantissa, exponent = math.frexp(factor.high)
    e = exp(np.maximum(x, LEAST), low)
    return np.ldexp(mantissa * e.high, e.power + np.int32(exponent))


@elementwise()
def elu(x: Array, alpha: float = 1.0) -> Array:
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
    require("alpha", alpha, "0 <= alpha", alpha >= 0)
    return _joined(x, x, _scaled_expm1, Pair(alpha, 0.0))


@elu.derivative_rule
def _(x: Array, alpha: float = 1.0) -> Array:
    require("alpha", alpha, "0 <= alpha", alpha >= 0)
    return _joined(x, 1.0, _scaled_exp, Pair(alpha, 0.0))


@elementwise()
def selu(x: Array) -> Array:
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
    return _joined(x, SELU_SCALE[0] * x, _scaled_expm1, Pair(*SELU_SCALE_ALPHA))


@selu.derivative_rule
def _(x: Array) -> Array:
    return _joined(x, SELU_SCALE[0], _scaled_exp, Pair(*SELU_SCALE_ALPHA))


@elementwise(seams=(-_NEAR,))
def celu(x: Array, alpha: float = 1.0) -> Array:
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

    Notes
    -----
    x / alpha is a pair, since the exponential multiplies the rounding of its argument by it.

    References
    ----------
    J. T. Barron, 2017.
    """
    return _joined(x, x, _compressed_expm1, _alpha(alpha))


@celu.derivative_rule
def _(x: Array, alpha: float = 1.0) -> Array:
    return _joined(x, 1.0, _compressed_exp, _alpha(alpha))


def _alpha(alpha: float) -> Pair:
    require("alpha", alpha, "0 < alpha and alpha < inf", 0 < alpha < math.inf)
    return Pair(alpha, 0.0)


def _compressed_expm1(x: Array, alpha: Pair) -> Array:
    """Return alpha * expm1(x / alpha)."""
    ratio = _ratio(x, alpha)
    far = _scaled_expm1(ratio.high, alpha, ratio.low)
    # expm1 itself would round x / alpha there, and the product once more.
    q = np.where(ratio.high > -_NEAR, ratio.high, 0.0)
    near = fast_two_sum(x, x * q * (1 / 2 + q * (1 / 6 + q * (1 / 24 + q / 120)))).high
    return np.where(ratio.high > -_NEAR, near, far)


def _compressed_exp(x: Array, alpha: Pair) -> Array:
    """Return exp(x / alpha)."""
    ratio = _ratio(x, alpha)
    return _scaled_exp(ratio.high, Pair(1.0, 0.0), ratio.low)


def _ratio(x: Array, alpha: Pair) -> Pair:
    """Return x / alpha, or `LEAST` if that is less."""
    mantissa, exponent = math.frexp(alpha.high)
    scaled = np.maximum(np.ldexp(x, np.int32(-exponent)), LEAST)
    high, low = quotient(Pair(scaled, 0.0), Pair(mantissa, 0.0))
    return Pair(np.maximum(high, LEAST), np.where(high < LEAST, 0.0, low))
