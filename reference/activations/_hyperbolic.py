"""tanh and the square of sech for numbers that are not negative."""

from __future__ import annotations

from typing import Any

from ..arithmetic.functions import LEAST, Scaled, exp, expm1, not_above, part, unscaled

__all__ = ["sech_squared", "tanh_of"]


# expm1 1.5, m + 2 at most 0.5 + 1.5, quotient 0.5.
@part
def tanh_of(a: Any) -> Any:
    """Return tanh(a) for a >= 0, to 4 units: -m / (m + 2) with ``m = expm1(-2 a)``."""
    m = expm1(not_above(a, -LEAST) * -2.0)
    return -m / (m + 2.0)


# exp 0.6, square 0.5 + 2 (0.5 + 0.3), quotient 0.5; the factors of 2 are exact.
@part
def sech_squared(a: Any) -> Scaled:
    """Return 1 / cosh(a)**2 for a >= 0, to 3.5 units."""
    e = exp(not_above(a, -LEAST) * -2.0)
    below = 1.0 + unscaled(e)
    return Scaled(e.number / (below * below) * 4.0, e.power)
