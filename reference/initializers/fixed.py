"""Initializers whose scale is fixed, whatever the size of the layer."""

from __future__ import annotations

import math

from ._initializer import initializer, require
from ._univariate import Normal, TruncatedNormal, Uniform

__all__ = ["random_normal", "random_uniform", "truncated_normal"]


@initializer
def random_uniform(*, minval: float = -0.05, maxval: float = 0.05) -> Uniform:
    """Draw from the uniform distribution on [minval, maxval).

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
    """Draw from the normal distribution of this mean and standard deviation.

    Other Parameters
    ----------------
    mean, stddev : float, optional
        Mean and standard deviation, finite, 0 < stddev.
    """
    _require_scale(mean, stddev)
    return Normal(float(mean), float(stddev))


@initializer
def truncated_normal(
    *, mean: float = 0.0, stddev: float = 0.05, lower: float = -2.0, upper: float = 2.0
) -> TruncatedNormal:
    """Draw from a normal distribution cut off on both sides, by default at two standard deviations.

    The variance is not made up for: by default that of the weights is 0.7737 stddev**2.

    Other Parameters
    ----------------
    mean, stddev : float, optional
        Mean and standard deviation before the cut, finite, 0 < stddev.
    lower, upper : float, optional
        Where it is cut, in standard deviations from the mean, finite, lower < upper.
    """
    _require_scale(mean, stddev)
    require(
        -math.inf < lower < upper < math.inf,
        "finite cuts with lower < upper",
        lower=lower,
        upper=upper,
    )
    return TruncatedNormal(float(mean), float(stddev), float(lower), float(upper))


def _require_scale(mean: float, stddev: float) -> None:
    require(
        math.isfinite(mean) and 0 < stddev < math.inf,
        "a finite mean and a finite stddev above 0",
        mean=mean,
        stddev=stddev,
    )
