"""He (Kaiming) initializers: variance 2 / fan_in, for layers followed by a ReLU.

K. He, X. Zhang, S. Ren and J. Sun, "Delving deep into rectifiers: surpassing human-level
performance on ImageNet classification", ICCV 2015, equations 10 and 15.
"""

from __future__ import annotations

import math

from ..layouts import Fans
from ._initializer import chosen, initializer, require
from ._univariate import Normal, TruncatedNormal, Uniform

__all__ = ["he_normal", "he_truncated_normal", "he_uniform"]


def _variance(fans: Fans, negative_slope: float, mode: str) -> float:
    require(math.isfinite(negative_slope), "a finite negative_slope", negative_slope=negative_slope)
    chosen("mode", mode, fans._fields)
    return 2 / (1 + negative_slope * negative_slope) / getattr(fans, mode)


@initializer
def he_uniform(fans: Fans, /, *, negative_slope: float = 0.0, mode: str = "fan_in") -> Uniform:
    """Draw from the uniform distribution of variance 2 / fan_in around 0.

    Within sqrt(6 / fan_in) of 0. The variance is that of He et al. 2015,
    equation 10; PyTorch's kaiming_uniform_ for a ReLU.

    Other Parameters
    ----------------
    negative_slope : float, optional
        Slope of the leaky ReLU that follows, finite; 0 for a ReLU.
    mode : {"fan_in", "fan_out"}, optional
        Whether the variance of the signal is kept, or that of the gradient.
    """
    return Uniform.of_variance(_variance(fans, negative_slope, mode))


@initializer
def he_normal(fans: Fans, /, *, negative_slope: float = 0.0, mode: str = "fan_in") -> Normal:
    """Draw from the normal distribution of variance 2 / fan_in.

    He et al. 2015, equation 10; PyTorch's kaiming_normal_ for a ReLU. What Keras and JAX draw under
    this name is `he_truncated_normal`.

    Other Parameters
    ----------------
    negative_slope : float, optional
        Slope of the leaky ReLU that follows, finite; 0 for a ReLU.
    mode : {"fan_in", "fan_out"}, optional
        Whether the variance of the signal is kept, or that of the gradient.
    """
    return Normal.of_variance(_variance(fans, negative_slope, mode))


@initializer
def he_truncated_normal(
    fans: Fans, /, *, negative_slope: float = 0.0, mode: str = "fan_in"
) -> TruncatedNormal:
    """Draw from a cut normal distribution that has variance 2 / fan_in after the cut.

    The tails are cut at two standard deviations. This is the he_normal of Keras and JAX.

    Other Parameters
    ----------------
    negative_slope : float, optional
        Slope of the leaky ReLU that follows, finite; 0 for a ReLU.
    mode : {"fan_in", "fan_out"}, optional
        Whether the variance of the signal is kept, or that of the gradient.
    """
    return TruncatedNormal.of_variance(_variance(fans, negative_slope, mode))
