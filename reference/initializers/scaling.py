"""Variance scaling: the mould of Glorot, He and LeCun.

TensorFlow and Keras brought the name; X. Glorot and Y. Bengio 2010, K. He et al. 2015 and Y. LeCun
et al. 1998 the cases.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from ..layouts import Fans
from ._distribution import Distribution
from ._initializer import chosen, initializer, require
from ._univariate import Normal, TruncatedNormal, Uniform

__all__ = ["variance_scaling"]

_MODES: dict[str, Callable[[Fans], float]] = {
    "fan_in": lambda fans: fans.fan_in,
    "fan_out": lambda fans: fans.fan_out,
    "fan_avg": lambda fans: (fans.fan_in + fans.fan_out) / 2,
    "fan_geo_avg": lambda fans: math.sqrt(fans.fan_in * fans.fan_out),
}
_DISTRIBUTIONS: dict[str, Callable[[float], Distribution]] = {
    "truncated_normal": TruncatedNormal.of_variance,
    "normal": Normal.of_variance,
    "uniform": Uniform.of_variance,
}


@initializer
def variance_scaling(
    fans: Fans,
    /,
    *,
    scale: float = 1.0,
    mode: str = "fan_in",
    distribution: str = "truncated_normal",
) -> Distribution:
    """Draw from a distribution around 0 whose variance is a scale over a fan.

    The variance is that of the weights as drawn: a cut normal distribution is widened for what its
    tails lose.

    Other Parameters
    ----------------
    scale : float, optional
        Variance times the fan, finite, 0 < scale.
    mode : {"fan_in", "fan_out", "fan_avg", "fan_geo_avg"}, optional
        The fan: of the inputs, of the outputs, or the arithmetic or geometric mean of both.
    distribution : {"truncated_normal", "normal", "uniform"}, optional
        The shape of the distribution. Keras calls the one that is not cut "untruncated_normal".
    """
    require(0 < scale < math.inf, "a finite scale above 0", scale=scale)
    chosen("mode", mode, _MODES)
    chosen("distribution", distribution, _DISTRIBUTIONS)
    return _DISTRIBUTIONS[distribution](scale / _MODES[mode](fans))
