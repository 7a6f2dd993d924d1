"""Derivatives that are small on the left, and 1 less what is small on the right.

So are those of all functions x P(x) with P(x) + P(-x) = 1, for which f(x) - f(-x) = x: SiLU and the
GELUs; and Mish's is.
"""

from __future__ import annotations

from typing import Any

from ..arithmetic.functions import (
    Approximation,
    Scaled,
    exp,
    part,
    size,
    unscaled,
    weight_near_0,
    where,
)

__all__ = ["left_or_one_less", "slope_of_logistic"]


@part
def slope_of_logistic(x: Any, w: Any, v: Any) -> Approximation:
    """Return the derivative of x / (1 + exp(-u(x))), u odd.

    Parameters
    ----------
    x, w, v : float, Pair or Ball
        Input, u(|x|) and |x| u'(|x|).

    Notes
    -----
    At -|x| it is ``e (1 + e - v) / (1 + e)**2`` with e = exp(-w), and at |x| one less that.
    """
    e = exp(-w)
    near = unscaled(e)
    below = 1.0 + near
    scale = e.number / (below * below)
    return left_or_one_less(x, scale * (below - v), e.power, size(scale) * (size(below) + size(v)))


@part
def left_or_one_less(x: Any, y: Any, power: Any, weight: Any) -> Approximation:
    """Return ``y * 2**power`` where x < 0, and elsewhere one less that; the weight is that of y.

    At 0 it is 1/2, or no binary fraction.
    """
    left = x < 0.0
    slope = where(left, y, 1.0 - unscaled(Scaled(y, power)))
    weight = where(left, weight, 1.0 + unscaled(Scaled(weight, power)))
    return Approximation(slope, where(left, power, 0), weight_near_0(weight, slope, x))
