"""He (Kaiming) initializers: variance 2 / fan_in, for layers followed by a ReLU.

K. He, X. Zhang, S. Ren and J. Sun, "Delving deep into rectifiers: surpassing human-level
performance on ImageNet classification", ICCV 2015, equation 10.
"""

from __future__ import annotations

from ..layouts import Fans
from ._initializer import initializer
from ._laws import Normal, TruncatedNormal, Uniform

__all__ = ["he_normal", "he_truncated_normal", "he_uniform"]


def _variance(fans: Fans) -> float:
    return 2 / fans.fan_in


@initializer
def he_uniform(fans: Fans, /) -> Uniform:
    """Draw from the uniform law of variance 2 / fan_in around 0.

    Within sqrt(6 / fan_in) of 0. The variance is that of He et al. 2015,
    equation 10; PyTorch's kaiming_uniform_ for a ReLU.
    """
    return Uniform.of_variance(_variance(fans))


@initializer
def he_normal(fans: Fans, /) -> Normal:
    """Draw from the normal law of variance 2 / fan_in.

    He et al. 2015, equation 10; PyTorch's kaiming_normal_ for a ReLU. What Keras and JAX draw under
    this name is `he_truncated_normal`.
    """
    return Normal.of_variance(_variance(fans))


@initializer
def he_truncated_normal(fans: Fans, /) -> TruncatedNormal:
    """Draw from a cut normal law that has variance 2 / fan_in after the cut.

    The tails are cut at two standard deviations. This is the he_normal of Keras and JAX.
    """
    return TruncatedNormal.of_variance(_variance(fans))
