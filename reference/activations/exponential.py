"""ELU and SELU: a line on the right, a scaled expm1 on the left."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._compensated import Pair, product
from ._exponential import LEAST, exp, expm1
from ._kinds import elementwise, require
from ._tables import SELU_SCALE, SELU_SCALE_ALPHA

__all__ = ["elu", "selu"]

Array = NDArray[Any]

# Products are formed this many binades up, so that no part of them underflows.
_LIFT = 500


def _joined(x: Array, right: Any, left: Any, factor: Pair) -> Array:
    """Return `right` where x is positive, else left(x, factor), computed if there is such an x."""
    positive = x > 0
    if positive.all():
        return np.where(positive, right, x)
    return np.where(positive, right, left(np.maximum(np.where(positive, 0.0, x), LEAST), factor))


def _scaled_expm1(x: Array, factor: Pair) -> Array:
    """Return factor * expm1(x), rounded once, even where that is subnormal."""
    mantissa, exponent = math.frexp(factor.high)
    lifted = Pair(math.ldexp(mantissa, _LIFT), math.ldexp(factor.low, _LIFT - exponent))
    value = np.ldexp(product(lifted, expm1(x)).high, np.int32(exponent - _LIFT))
    return np.copysign(value, x)


def _scaled_exp(x: Array, factor: Pair) -> Array:
    """Return factor * exp(x): factor, exp and product are rounded."""
    mantissa, exponent = math.frexp(factor.high)
    e = exp(x)
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
