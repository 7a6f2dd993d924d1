"""Squareplus: a ramp that is one half of a hyperbola.

With ``a = |x|`` and ``r = sqrt(a**2 + b)`` it is (a + r) / 2 on the right, and on the left, where
x + r would cancel, b / (2 (a + r)).
"""

from __future__ import annotations

import math
from typing import Any

from ..arithmetic.functions import (
    Approximation,
    Scaled,
    lifted_to_square,
    not_below,
    number,
    part,
    root,
    size,
    unscaled,
    where,
)
from ._kinds import Domain, elementwise

__all__ = ["squareplus"]

_ROUNDNESS = {"b": Domain("0 < b < inf", lambda b: 0 < b < math.inf)}
# Below, the parts of b / r may be lost, and what x**2 loses may count beside it.
_LEAST_B = 2.0**-500


# r 1, sum 0.5, quotient 0.5.
@elementwise(error=2, domains=_ROUNDNESS)
def squareplus(x: Any, b: float = 4.0) -> Approximation:
    """Squareplus: ``(x + sqrt(x**2 + b)) / 2``.

    Parameters
    ----------
    x : array_like
        Input, any shape.
    b : float, optional
        How round the corner is: the value at 0 is ``sqrt(b) / 2``; above 0.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`, not negative.

    Raises
    ------
    ValueError
        If b is outside its domain.

    References
    ----------
    J. T. Barron, 2021.
    """
    _, total, power = _sides(x, b)
    right = x > 0.0
    y = where(right, total * 0.5, b / (total * 2.0))
    return Approximation(y, where(right, power, -power), _weight(y, b))


# On the left: r 1, sum 0.5, r again 1, product and quotient 1. On the right, 1 less that of -x,
# half of which counts, and 0.5.
@squareplus.derivative_rule(error=3.5)
def _(x: Any, b: float = 4.0) -> Approximation:
    r, total, power = _sides(x, b)
    right = x > 0.0
    small, power = b / (total * r * 2.0), -2 * power
    y = where(right, 1.0 - unscaled(Scaled(small, power)), small)
    return Approximation(y, where(right, 0, power), _weight(y, b))


@part
def _sides(x: Any, b: float) -> tuple[Any, Any, Any]:
    """Return r and a + r, apart from a power of 2, and that power."""
    # A square that would overflow is made of a number of a lower power.
    power = lifted_to_square(not_below(abs(x), 1.0)).power
    a = unscaled(Scaled(abs(x), -power))
    held = unscaled(Scaled(unscaled(Scaled(number(x, b), -power)), -power))
    r = root(a * a + held)
    return r, a + r, power


@part
def _weight(y: Any, b: float) -> Any:
    """Return what the error is relative to; nothing is known where b is tiny."""
    return where(b < _LEAST_B, math.inf, size(y))
