"""Mish: the input times tanh(softplus(x)).

With z = exp(x), tanh(log(1 + z)) is ``((1 + z)**2 - 1) / ((1 + z)**2 + 1)``, a quotient without a
logarithm: n / (n + 2) with n = z (z + 2) on the left, and (1 + 2 w) / (1 + 2 w (1 + w)) with
w = exp(-x) on the right.
"""

from __future__ import annotations

from typing import Any

from ..arithmetic.functions import (
    LEAST,
    Approximation,
    exp,
    lifted,
    not_above,
    not_below,
    size,
    unscaled,
    where,
    with_sign,
)
from ._gated import left_or_one_less
from ._kinds import elementwise

__all__ = ["mish"]


# On the left: exp 0.6; z + 2 0.5 and less than 0.3 of z; their product 0.5; n 2.2; n + 2 0.5;
# product 0.5; quotient 0.5. On the right less.
@elementwise(error=6.5)
def mish(x: Any) -> Approximation:
    """Mish, ``x * tanh(softplus(x))``.

    Parameters
    ----------
    x : array_like
        Input, any shape.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`; at minus infinity the limit, -0.

    References
    ----------
    D. Misra, BMVC 2020.
    """
    e = exp(-abs(x))
    z = unscaled(e)
    left = x < 0.0
    twice = z * 2.0
    above = where(left, e.number * (z + 2.0), twice + 1.0)
    below = z * where(left, z + 2.0, twice + 2.0) + where(left, 2.0, 1.0)
    held = lifted(not_below(x, LEAST))
    y = above * held.number / below
    return Approximation(with_sign(y, x), where(left, e.power, 0) + held.power, size(y))


# Relative to the sum of the absolute values of the bracket's two terms. On the left, z ((z + 2) B -
# 4 a (z + 1)) / B**2 with B = n + 2: exp 0.6; first term 0.8 + 2.7 + 0.5, second 1.3; difference
# 0.5; product 0.5; square 6; quotient 0.5; on the right, 1 less 2 w**2 (B - 2 a (1 + w)) / B**2
# with B = 1 + 2 w (1 + w), less but for exp, twice, and 0.5 for the difference.
@mish.derivative_rule(error=14)
def _(x: Any) -> Approximation:
    a = not_above(abs(x), -LEAST)
    e = exp(-a)
    z = unscaled(e)
    left = x < 0.0
    below = z * where(left, z + 2.0, z * 2.0 + 2.0) + where(left, 2.0, 1.0)
    first = where(left, z + 2.0, 1.0) * below
    second = a * (z + 1.0) * where(left, 4.0, 2.0)
    scale = where(left, e.number, e.number * z * 2.0) / (below * below)
    y = scale * (first - second)
    weight = size(scale) * (size(first) + size(second))
    return left_or_one_less(x, y, e.power, weight)
