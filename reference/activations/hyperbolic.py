"""tanh, and what is made of it."""

from __future__ import annotations

import math
from typing import Any

from ..arithmetic.functions import (
    LEAST,
    Approximation,
    exact_in_pairs,
    exp,
    far_below,
    lifted,
    lifted_to_square,
    linear_near_0,
    not_above,
    number,
    sinh_gap,
    size,
    unscaled,
    where,
    with_sign,
)
from ._hyperbolic import sech_squared, tanh_of
from ._kinds import Domain, elementwise

__all__ = ["lisht", "scaled_tanh", "tanh", "tanh_shrink"]

_SCALES = {
    "alpha": Domain("0 < alpha < inf", lambda alpha: 0 < alpha < math.inf),
    "beta": Domain("0 < beta < inf", lambda beta: 0 < beta < math.inf),
}
# Up to here x - tanh(x) is made of a series, in which nothing cancels.
_NEAR = 0.5
# Beyond, x - 1 has less than 43 bits after the point, and tanh(x) is 1 but for 2**-2900.
_FAR = 2.0**10
_NEARLY_1 = 1 - 2.0**-50
# Below, tanh(w) is w but for less than 2**-800 of it.
_TINY = 2.0**-400


@elementwise(error=4)
def tanh(x: Any) -> Approximation:
    """Hyperbolic tangent.

    Parameters
    ----------
    x : array_like
        Input, any shape.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`, in [-1, 1].

    References
    ----------
    Y. LeCun, L. Bottou, G. B. Orr and K.-R. Müller, 1998.
    """
    y = tanh_of(abs(x))
    y = linear_near_0(where(x < 0.0, -y, y), x, 1.0)
    return Approximation(with_sign(y.number, x), y.power, size(y.number))


@tanh.derivative_rule(error=3.5)
def _(x: Any) -> Approximation:
    y = sech_squared(abs(x))
    return Approximation(y.number, y.power, size(y.number))


# Near 0: cube 1, series 1.1, exp 0.6, products 1; 1 + e**2 at most 0.5 + 0.85, quotient 0.5.
# Elsewhere tanh 4, difference 0.5.
@elementwise(error=6, seams=(_NEAR, -_NEAR))
def tanh_shrink(x: Any) -> Approximation:
    """Tanh shrinkage, ``x - tanh(x)``.

    Parameters
    ----------
    x : array_like
        Input, any shape.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`.

    Notes
    -----
    Near 0 it is the series of x cosh(x) - sinh(x), over cosh(x). Far out x - 1 may be the middle of
    two floats, and what tanh(x) lacks of 1, which decides then, is below every precision: a larger
    number that changes no other result stands for it.

    References
    ----------
    R. Collobert, K. Kavukcuoglu and C. Farabet, 2011.
    """
    a = abs(x)
    held = lifted_to_square(not_above(a, _NEAR))
    e = unscaled(exp(-not_above(a, _NEAR)))
    cube = held.number * held.number * held.number
    small = cube * sinh_gap(not_above(a, _NEAR)) * e * 2.0 / (1.0 + e * e)
    far = far_below(-a, -_FAR)
    large = a - where(far, _NEARLY_1, tanh_of(a))
    near = a < _NEAR
    y = where(near, small, large)
    weight = where(near, size(y), exact_in_pairs(x, far, size(a)))
    signed = with_sign(where(x < 0.0, -y, y), x)
    return Approximation(signed, where(near, 3 * held.power, 0), weight)


# tanh 4, twice, and the square.
@tanh_shrink.derivative_rule(error=8.5)
def _(x: Any) -> Approximation:
    a = abs(x)
    held = lifted_to_square(a)
    tiny = held.power < 0
    y = where(tiny, held.number, tanh_of(a))
    return Approximation(y * y, where(tiny, 2 * held.power, 0), size(y) * size(y))


# tanh 4, product 0.5.
@elementwise(error=4.5)
def lisht(x: Any) -> Approximation:
    """Linearly scaled hyperbolic tangent, ``x * tanh(x)``.

    Parameters
    ----------
    x : array_like
        Input, any shape.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`, not negative.

    References
    ----------
    S. K. Roy, S. Manna, S. R. Dubey and B. B. Chaudhuri, 2019.
    """
    a = abs(x)
    held = lifted_to_square(a)
    tiny = held.power < 0
    y = with_sign(held.number * where(tiny, held.number, tanh_of(a)), a)
    return Approximation(y, where(tiny, 2 * held.power, held.power), size(y))


# tanh 4; sech squared 3.5 and a product 0.5; their sum.
@lisht.derivative_rule(error=4.5)
def _(x: Any) -> Approximation:
    a = not_above(abs(x), -LEAST)
    y = tanh_of(a) + a * unscaled(sech_squared(a))
    y = linear_near_0(where(x < 0.0, -y, y), x, 2.0)
    return Approximation(with_sign(y.number, x), y.power, size(y.number))


# The product beta x 0.5, which tanh does not amplify, tanh 4, product 0.5.
@elementwise(error=5, domains=_SCALES)
def scaled_tanh(x: Any, alpha: float = 1.7159, beta: float = 2 / 3) -> Approximation:
    """Scaled hyperbolic tangent, ``alpha * tanh(beta * x)``.

    Parameters
    ----------
    x : array_like
        Input, any shape.
    alpha : float, optional
        The function tends to -alpha and to alpha; above 0.
    beta : float, optional
        What the input is multiplied by; above 0.

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
    Y. LeCun, L. Bottou, G. B. Orr and K.-R. Müller, 1998.
    """
    w, held = not_above(abs(x) * beta, -LEAST), lifted(abs(x))
    tiny = far_below(w, _TINY)
    y = where(tiny, held.number * (number(x, alpha) * beta), tanh_of(w) * alpha)
    signed = with_sign(where(x < 0.0, -y, y), x)
    return Approximation(signed, where(tiny, held.power, 0), size(y))


# beta x 0.5, which is amplified by up to 2 beta |x|; sech squared 3.5, alpha beta 0.5, product 0.5.
@scaled_tanh.derivative_rule(error=4.5)
def _(x: Any, alpha: float = 1.7159, beta: float = 2 / 3) -> Approximation:
    w = not_above(abs(x) * beta, -LEAST)
    slope = sech_squared(w)
    y = slope.number * (number(x, alpha) * beta)
    return Approximation(y, slope.power, size(y) * (1.0 + size(w)))
