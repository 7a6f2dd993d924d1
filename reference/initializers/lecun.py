"""LeCun initializers: variance 1 / fan_in.

Y. LeCun, L. Bottou, G. B. Orr and K.-R. Müller, "Efficient BackProp", 1998, equation 16; for SELU,
G. Klambauer et al., "Self-normalizing neural networks", NIPS 2017.
"""

from __future__ import annotations

from ..layouts import Fans
from ._initializer import initializer
from ._univariate import Normal, TruncatedNormal, Uniform

__all__ = ["lecun_normal", "lecun_truncated_normal", "lecun_uniform"]


def _variance(fans: Fans) -> float:
    return 1 / fans.fan_in


@initializer
def lecun_uniform(fans: Fans, /) -> Uniform:
    """Draw from the uniform distribution of variance 1 / fan_in around 0.

    Within sqrt(3 / fan_in) of 0. The variance is that of LeCun et al. 1998,
    equation 16; PyTorch's kaiming_uniform_ at a gain of 1.
    """
    return Uniform.of_variance(_variance(fans))


@initializer
def lecun_normal(fans: Fans, /) -> Normal:
    """Draw from the normal distribution of variance 1 / fan_in.

    LeCun et al. 1998, equation 16; PyTorch's kaiming_normal_ at a gain of 1. What Keras and JAX
    draw under this name is `lecun_truncated_normal`.
    """
    return Normal.of_variance(_variance(fans))


@initializer
def lecun_truncated_normal(fans: Fans, /) -> TruncatedNormal:
    """Draw from a cut normal distribution that has variance 1 / fan_in after the cut.

    The tails are cut at two standard deviations. This is the lecun_normal of Keras and JAX.
    """
    return TruncatedNormal.of_variance(_variance(fans))
