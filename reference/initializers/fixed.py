"""Initializers whose scale is fixed, whatever the size of the layer."""

from __future__ import annotations

import math

from ._initializer import initializer, require
from ._laws import Normal, TruncatedNormal, Uniform

__all__ = ["random_normal", "random_uniform", "truncated_normal"]


@initializer
def random_uniform(*, minval: float = -0.05, maxval: float = 0.05) -> Uniform:
    """Draw from the uniform law on [minval, maxval).

    Other Parameters
    ----------------
    minval, maxval : float, optional
        Bounds, finite, minval < maxval; the upper one is not drawn.
    """
    require(
        -math.inf < minval < maxval < math.inf,
        "finite bounds with minval < maxval",
        minval=minval,
        maxval=maxval,
    )
    return Uniform(float(minval), float(maxval))


@initializer
def random_normal(*, mean: float = 0.0, stddev: float = 0.05) -> Normal:
    """Draw from the normal law of this mean and standard deviation.

    Other Parameters
    ----------------
    mean, stddev : float, optional
        Mean and standard deviation, finite, 0 < stddev.
    """
    _require_scale(mean, stddev)
    return Normal(float(mean), float(stddev))


@initializer
def truncated_normal(*, mean: float = 0.0, stddev: float = 0.05) -> TruncatedNormal:
    """Draw from a normal law cut off at two standard deviations from its mean.

    The variance is not made up for: that of the weights is 0.7737 stddev**2.

    Other Parameters
    ----------------
    mean, stddev : float, optional
        Mean and standard deviation before the cut, finite, 0 < stddev.
    """
    _require_scale(mean, stddev)
    return TruncatedNormal(float(mean), float(stddev))


def _require_scale(mean: float, stddev: float) -> None:
    require(
        math.isfinite(mean) and 0 < stddev < math.inf,
        "a finite mean and a finite stddev above 0",
        mean=mean,
        stddev=stddev,
    )
