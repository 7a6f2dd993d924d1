"""The two GELUs: the exact one and the tanh formula."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from ._kinds import elementwise
from .logistic import sigmoid, times_sigmoid

__all__ = ["gelu", "gelu_tanh"]

Array = NDArray[Any]

_SQRT_HALF = math.sqrt(0.5)
_SQRT_HALF_PI = math.sqrt(math.pi / 2)
_DENSITY_AT_0 = 1 / math.sqrt(2 * math.pi)
_SQRT_2_OVER_PI = math.sqrt(2 / math.pi)
_CUBIC = 0.044715
# Left of this the tail is written with erfcx; right of it erfc is well conditioned.
_TAIL = -1.0
# Beyond, every value is 0 (left) or the line (right) in float64, whatever the variant.
_FAR = 40.0


def _times_gaussian(factor: Array, x: Array) -> Array:
    """Return factor * exp(-x**2 / 2), for |x| <= 40, without the rounding of the square.

    A relative error in the square would come out multiplied by x**2 / 2. The part of `x` down to
    1/16 has an exact square; the rest is small (Cody, 1969). The exponential of the exact part is
    taken in two halves, since alone it may be subnormal and short of digits.
    """
    head = np.trunc(x * 16) / 16
    half = np.exp(-head * head / 4)
    return factor * half * np.exp(-(x - head) * (x + head) / 2) * half


@elementwise()
def gelu(x: Array) -> Array:
    """Gaussian error linear unit, exact: ``x * Phi(x)``, Phi the standard normal cdf.

    Parameters
    ----------
    x : array_like
        Input, any shape.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`; at minus infinity the limit, -0.

    Notes
    -----
    In the tail, Phi(x) = erfcx(-x / sqrt(2)) exp(-x**2 / 2) / 2: erfcx is well conditioned, and the
    exponential is computed with a split square. ``x * erfc(-x / sqrt(2)) / 2`` alone would lose
    x**2 ulp to the rounding of its argument.

    References
    ----------
    D. Hendrycks and K. Gimpel, 2016; W. J. Cody, 1969.
    """
    left = np.clip(x, -_FAR, _TAIL)
    tail = _times_gaussian(0.5 * left * special.erfcx(-left * _SQRT_HALF), left)
    right = np.maximum(x, _TAIL)
    return np.where(x < _TAIL, tail, right * (0.5 * special.erfc(-right * _SQRT_HALF)))


@gelu.derivative_rule
def _(x: Array) -> Array:
    left = np.clip(x, -_FAR, _TAIL)
    ratio = _SQRT_HALF_PI * special.erfcx(-left * _SQRT_HALF) + left
    tail = _times_gaussian(ratio * _DENSITY_AT_0, left)
    right = np.clip(x, _TAIL, _FAR)
    slope = _times_gaussian(right * _DENSITY_AT_0, right)
    return np.where(x < _TAIL, tail, 0.5 * special.erfc(-right * _SQRT_HALF) + slope)


@elementwise()
def gelu_tanh(x: Array) -> Array:
    """GELU by the tanh formula, ``x / 2 * (1 + tanh(u))``.

    Here ``u = sqrt(2 / pi) * (x + 0.044715 * x**3)``. It is a function of its own, up to 4.7e-4
    from `gelu`.

    Parameters
    ----------
    x : array_like
        Input, any shape.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`; at minus infinity the limit, -0.

    Notes
    -----
    (1 + tanh(u)) / 2 is the logistic function of 2u, which keeps the negative tail.

    References
    ----------
    D. Hendrycks and K. Gimpel, 2016.
    """
    left = np.clip(x, -_FAR, _FAR)
    u = _SQRT_2_OVER_PI * (left + _CUBIC * left**3)
    return times_sigmoid(np.maximum(x, -_FAR), 2 * u)


@gelu_tanh.derivative_rule
def _(x: Array) -> Array:
    x = np.clip(x, -_FAR, _FAR)
    u = _SQRT_2_OVER_PI * (x + _CUBIC * x**3)
    du = _SQRT_2_OVER_PI * (1 + 3 * _CUBIC * x**2)
    return times_sigmoid(1 + 2 * x * du * sigmoid(-2 * u), 2 * u)
