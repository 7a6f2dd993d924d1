"""Glorot (Xavier) initializers: variance 2 / (fan_in + fan_out).

X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural
networks", AISTATS 2010, equations 12 and 16.
"""

from __future__ import annotations

import math

from ..layouts import Fans
from ._initializer import initializer, require
from ._univariate import Normal, TruncatedNormal, Uniform

__all__ = ["glorot_normal", "glorot_truncated_normal", "glorot_uniform"]


def _variance(fans: Fans, gain: float) -> float:
    require(0 < gain < math.inf, "a finite gain above 0", gain=gain)
    return 2 * gain * gain / (fans.fan_in + fans.fan_out)


@initializer
def glorot_uniform(fans: Fans, /, *, gain: float = 1.0) -> Uniform:
    """Draw from the uniform distribution of variance 2 / (fan_in + fan_out) around 0.

    Within sqrt(6 / (fan_in + fan_out)) of 0. Glorot and Bengio 2010, equation 16; PyTorch's
    xavier_uniform_.

    Other Parameters
    ----------------
    gain : float, optional
        Factor for the activation that follows, finite, 0 < gain; see `calculate_gain`.
    """
    return Uniform.of_variance(_variance(fans, gain))


@initializer
def glorot_normal(fans: Fans, /, *, gain: float = 1.0) -> Normal:
    """Draw from the normal distribution of variance 2 / (fan_in + fan_out).

    Glorot and Bengio 2010, equation 12; PyTorch's xavier_normal_. What Keras and JAX draw under
    this name is `glorot_truncated_normal`.

    Other Parameters
    ----------------
    gain : float, optional
        Factor for the activation that follows, finite, 0 < gain; see `calculate_gain`.
    """
    return Normal.of_variance(_variance(fans, gain))


@initializer
def glorot_truncated_normal(fans: Fans, /, *, gain: float = 1.0) -> TruncatedNormal:
    """Draw from a cut normal distribution that has variance 2 / (fan_in + fan_out) after the cut.

    The tails are cut at two standard deviations. This is the glorot_normal of Keras and JAX.

    Other Parameters
    ----------------
    gain : float, optional
        Factor for the activation that follows, finite, 0 < gain; see `calculate_gain`.
    """
    return TruncatedNormal.of_variance(_variance(fans, gain))
