"""xIELU: the integral of an affine function of ELU."""

from __future__ import annotations

import math
from typing import Any

from ..arithmetic.functions import (
    Approximation,
    Scaled,
    expm1,
    far_below,
    lifted,
    lifted_to_square,
    not_below,
    number,
    part,
    rest,
    size,
    unscaled,
    weight_near_0,
    where,
    with_sign,
)
from ._kinds import Domain, elementwise

__all__ = ["xielu"]

_PARAMETERS = {
    "alpha_p": Domain("0 < alpha_p < inf", lambda alpha_p: 0 < alpha_p < math.inf),
    "alpha_n": Domain(
        "beta < alpha_n < inf", lambda alpha_n, beta: beta < alpha_n < math.inf, ("beta",)
    ),
    "beta": Domain("0 < beta", lambda beta: beta > 0),
}
# Below, the third term of the series is next to nothing beside the second, and that is at most a
# little of the first.
_NEAR, _LITTLE = 2.0**-60, 2.0**-40
# Less than any error, and not lost where the second term is.
_NEXT_TO_NOTHING = 2.0**-200
# Parameters below may lose parts of their products, and above take them out of range.
_LEAST, _MOST = 2.0**-90, 2.0**90


# On the left the difference and its product 1, expm1 1.5 and its product 0.5, the sum 0.5. On the
# right two products and a sum.
@elementwise(error=2.5, domains=_PARAMETERS)
def xielu(x: Any, alpha_p: float = 0.8, alpha_n: float = 0.8, beta: float = 0.5) -> Approximation:
    """xIELU, the integral of an affine function of ELU, which has no kink.

    ``alpha_p * x**2 + beta * x`` where x is positive, else
    ``alpha_n * (expm1(x) - x) + beta * x``.

    Parameters
    ----------
    x : array_like
        Input, any shape.
    alpha_p : float, optional
        How fast the slope grows on the right; above 0.
    alpha_n : float, optional
        By how much the slope falls on the left; above `beta`.
    beta : float, optional
        The slope at 0; above 0.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`.

    Raises
    ------
    ValueError
        If a parameter is outside its domain.

    References
    ----------
    A. H. Huang and I. Schlag, 2024.
    """
    right = x > 0.0
    high = lifted_to_square(x)
    line = unscaled(Scaled(number(x, beta), -high.power))
    above = high.number * (high.number * alpha_p + line)
    low = lifted(x)
    curve = unscaled(Scaled(expm1(where(right, 0.0, x)) * alpha_n, -low.power))
    fall = low.number * (number(x, beta) - alpha_n)
    # Where beta x is exact, and as often as not the middle of two floats, what is added decides.
    first, added = low.number * beta, size(x) * size(x) * where(right, alpha_p, 0.5 * alpha_n)
    near = far_below(abs(x), _NEAR) & (rest(first) == 0.0) & (added <= size(first) * _LITTLE)
    small = with_sign(first + not_below(added, size(first) * _NEXT_TO_NOTHING), x)
    y = where(near, small, where(right, above, curve + fall))
    weight = where(right, size(above), size(curve) + size(fall))
    weight = where(near, weight_near_0(size(y), y, x), weight)
    power = where(near, low.power, where(right, 2 * high.power, low.power))
    return Approximation(y, power, _known(weight, alpha_p, alpha_n, beta))


# On the left expm1 1.5, its product 0.5, the sum 0.5. On the right a product and a sum.
@xielu.derivative_rule(error=2.5)
def _(x: Any, alpha_p: float = 0.8, alpha_n: float = 0.8, beta: float = 0.5) -> Approximation:
    right, held = x > 0.0, lifted(x)
    above = held.number * alpha_p * 2.0 + unscaled(Scaled(number(x, beta), -held.power))
    curve = expm1(where(right, 0.0, x)) * alpha_n
    weight = where(right, size(above), size(curve) + beta)
    return Approximation(
        where(right, above, curve + beta),
        where(right, held.power, 0),
        _known(weight, alpha_p, alpha_n, beta),
    )


@part
def _known(weight: Any, alpha_p: float, alpha_n: float, beta: float) -> Any:
    """Return a weight; nothing is known where a parameter is tiny or huge."""
    least = min(alpha_p, beta)
    most = max(alpha_p, alpha_n)
    return where((least < _LEAST) | (most > _MOST), math.inf, weight)
