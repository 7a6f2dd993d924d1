"""Activations that put a constant in the place of small inputs."""

from __future__ import annotations

import math
from typing import Any

from ..arithmetic.functions import EXACT, Approximation, number, part, size, where
from ._kinds import Domain, elementwise

__all__ = ["hard_shrink", "shrink", "soft_shrink", "thresholded_relu"]

_ABOVE_0 = Domain("0 < threshold < inf", lambda threshold: 0 < threshold < math.inf)
_SHRINK = {"threshold": _ABOVE_0}
_BIASED = {**_SHRINK, "bias": Domain("-inf < bias < inf", math.isfinite)}
_THRESHOLDED = {
    "threshold": Domain("0 <= threshold < inf", lambda threshold: 0 <= threshold < math.inf),
    "below": Domain("-inf < below < inf", math.isfinite),
}


# A sum.
@elementwise(error=0.5, rational=True, domains=_SHRINK)
def soft_shrink(x: Any, threshold: float = 0.5) -> Approximation:
    """Soft thresholding: the input moved towards 0 by a threshold, and 0 within it.

    The derivative at both thresholds is 0.

    Parameters
    ----------
    x : array_like
        Input, any shape.
    threshold : float, optional
        How far inputs are moved; above 0.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`.

    Raises
    ------
    ValueError
        If the threshold is outside its domain.

    References
    ----------
    D. L. Donoho, IEEE Transactions on Information Theory 41(3), 1995.
    """
    return _moved(x, threshold, threshold)


@soft_shrink.derivative_rule(error=0, rational=True)
def _of_shrink(x: Any, threshold: float = 0.5) -> Approximation:
    return _slope(x, threshold)


# The input as it is.
@elementwise(error=0, rational=True, domains=_SHRINK)
def hard_shrink(x: Any, threshold: float = 0.5) -> Approximation:
    """Hard thresholding: the input where it is further from 0 than a threshold, else 0.

    The threshold itself gives 0, and so does the derivative there.

    Parameters
    ----------
    x : array_like
        Input, any shape.
    threshold : float, optional
        Up to where inputs become 0; above 0.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`.

    Raises
    ------
    ValueError
        If the threshold is outside its domain.

    References
    ----------
    D. L. Donoho and I. M. Johnstone, Biometrika 81(3), 1994.
    """
    y = where(x > threshold, x, where(x < -threshold, x, number(x, 0.0)))
    return Approximation(y, 0, EXACT)


hard_shrink.derivative_rule(error=0, rational=True)(_of_shrink)


# The input as it is, or the constant.
@elementwise(error=0, rational=True, domains=_THRESHOLDED)
def thresholded_relu(x: Any, threshold: float = 1.0, below: float = 0.0) -> Approximation:
    """Thresholded rectifier: the input where it is above a threshold, else a constant.

    The threshold itself gives the constant, and the derivative there is 0.

    Parameters
    ----------
    x : array_like
        Input, any shape.
    threshold : float, optional
        Up to where inputs become the constant; 0 or above.
    below : float, optional
        The constant.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`.

    Raises
    ------
    ValueError
        If a parameter is outside its domain.

    References
    ----------
    K. Konda, R. Memisevic and D. Krueger, ICLR 2015.
    """
    return Approximation(where(x > threshold, x, number(x, below)), 0, EXACT)


@thresholded_relu.derivative_rule(error=0, rational=True)
def _(x: Any, threshold: float = 1.0, below: float = 0.0) -> Approximation:
    return Approximation(where(x > threshold, number(x, 1.0), number(x, 0.0)), 0, EXACT)


# A sum.
@elementwise(error=0.5, rational=True, domains=_BIASED)
def shrink(x: Any, threshold: float = 0.5, bias: float = 0.0) -> Approximation:
    """Shrinkage of ONNX: the input moved towards 0 by a bias, and 0 within a threshold.

    The threshold itself gives 0, and so does the derivative there.

    Parameters
    ----------
    x : array_like
        Input, any shape.
    threshold : float, optional
        Up to where inputs become 0; above 0.
    bias : float, optional
        How far what is kept is moved.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`.

    Raises
    ------
    ValueError
        If a parameter is outside its domain.

    References
    ----------
    D. L. Donoho and I. M. Johnstone, Biometrika 81(3), 1994; D. L. Donoho, IEEE Transactions on
    Information Theory 41(3), 1995.
    """
    return _moved(x, threshold, bias)


@shrink.derivative_rule(error=0, rational=True)
def _(x: Any, threshold: float = 0.5, bias: float = 0.0) -> Approximation:
    return _slope(x, threshold)


@part
def _moved(x: Any, threshold: float, bias: float) -> Approximation:
    """Return x moved towards 0 by the bias where it is beyond the threshold, else 0."""
    y = where(x > threshold, x - bias, where(x < -threshold, x + bias, number(x, 0.0)))
    within = where(x > threshold, 0.0, where(x < -threshold, 0.0, 1.0)) > 0.0
    return Approximation(y, 0, where(within, EXACT, size(y)))


@part
def _slope(x: Any, threshold: float) -> Approximation:
    """Return 1 beyond the threshold, else 0."""
    y = where(x > threshold, number(x, 1.0), where(x < -threshold, number(x, 1.0), number(x, 0.0)))
    return Approximation(y, 0, EXACT)
