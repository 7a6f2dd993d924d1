"""Softsign: a quotient, whose tails are polynomial."""

from __future__ import annotations

from typing import Any

from ..arithmetic.functions import (
    Approximation,
    lifted_to_square,
    linear_near_0,
    not_above,
    size,
    where,
    with_sign,
)
from ._kinds import elementwise

__all__ = ["softsign"]

# Beyond, every format's nearest number is 1, with or without what is left to it.
_FAR = 2.0**300


# Sum and quotient.
@elementwise(error=1, rational=True)
def softsign(x: Any) -> Approximation:
    """Softsign: the input divided by one more than its size.

    Parameters
    ----------
    x : array_like
        Input, any shape.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`, in [-1, 1]; at the infinities the limits, -1 and 1.

    References
    ----------
    D. L. Elliott, 1993; J. Bergstra, G. Desjardins, P. Lamblin and Y. Bengio, 2009.
    """
    a = not_above(abs(x), _FAR)
    y = a / (a + 1)
    y = linear_near_0(where(x < 0.0, -y, y), x, 1.0)
    return Approximation(with_sign(y.number, x), y.power, size(y.number))


# The sum twice, their product and the quotient.
@softsign.derivative_rule(error=2, rational=True)
def _(x: Any) -> Approximation:
    below = lifted_to_square(abs(x) + 1)
    y = 1 / (below.number * below.number)
    return Approximation(y, -2 * below.power, size(y))
