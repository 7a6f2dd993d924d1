"""The GELUs: the exact one, the same up to 10, and the tanh formula."""

from __future__ import annotations

from typing import Any

from ..arithmetic import _tables as tables
from ..arithmetic.functions import (
    EXACT,
    Approximation,
    Constant,
    Scaled,
    above_half,
    constant,
    exp,
    lifted,
    mills,
    not_above,
    not_below,
    number,
    part,
    size,
    unscaled,
    weight_near_0,
    where,
    with_sign,
)
from ._gated import left_or_one_less, slope_of_logistic
from ._kinds import elementwise

__all__ = ["clipped_gelu", "gelu", "gelu_tanh"]

_DENSITY_AT_0 = Constant(*tables.DENSITY_AT_0, "DENSITY_AT_0")
_LINEAR = Constant(*tables.GELU_TANH_LINEAR, "GELU_TANH_LINEAR")
_CUBIC = Constant(*tables.GELU_TANH_CUBIC, "GELU_TANH_CUBIC")

# Beyond, every tail is 0 in float64, times whatever upstream gradient: exp(-x**2 / 2), exp(-2u).
_FAR = 56.0
_FAR_TANH = 28.0
# No format has a number between it and where gelu is 10.
_CLIP = 10.0
# Where the table of Mills' ratio has a new row.
_EDGES = [2.0**octave * (1 + part / 64) - 1 for octave in range(6) for part in range(64)]


# The square of a float32 is exact in float64. exp 0.6, Mills' ratio 1.1, their product 0.5, the
# difference from 1, of at least 1/2, 0.5 more on the right, and the product 0.5.
@elementwise(
    error=5, seams=[sign * seam for seam in (*_EDGES, _FAR) if seam <= _FAR for sign in (1, -1)]
)
def gelu(x: Any) -> Approximation:
    """Gaussian error linear unit, exact: ``x * Phi(x)``, Phi the standard normal cdf.

    Parameters
    ----------
    x : array_like
        Input, any shape.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`; at minus infinity the limit, -0.

    Notes
    -----
    Phi(-a) is the product of exp(-a**2 / 2) with Mills' ratio over sqrt(2 pi), which a table has.
    ``x * erfc(-x / sqrt(2)) / 2`` would lose x**2 ulp to the rounding of its argument.

    References
    ----------
    D. Hendrycks and K. Gimpel, 2016; W. J. Cody, 1969.
    """
    return _times_normal(x)


# Relative to e (M + a c): exp 0.6, Mills' ratio 1.1 or the constant and its product 1, difference
# 0.5, product 0.5; the difference from 1 has 0.5.
@gelu.derivative_rule(error=4)
def _(x: Any) -> Approximation:
    return _slope_of_times_normal(x)


@part
def _times_normal(x: Any) -> Approximation:
    """Return x Phi(x)."""
    a = not_above(abs(x), _FAR)
    e = exp(a * a * -0.5)
    tail = mills(a) * e.number
    left = x < 0.0
    held = lifted(not_below(x, -_FAR))
    y = where(left, tail, 1.0 - unscaled(Scaled(tail, e.power))) * held.number
    y = above_half(with_sign(y, x), x)
    power = where(left, e.power, 0) + held.power
    return Approximation(y, power, weight_near_0(size(y), y, x))


@part
def _slope_of_times_normal(x: Any) -> Approximation:
    """Return Phi(x) + x phi(x)."""
    a = not_above(abs(x), _FAR)
    e = exp(a * a * -0.5)
    ratio, drop = mills(a), a * constant(a, _DENSITY_AT_0)
    weight = (size(ratio) + size(drop)) * size(e.number)
    return left_or_one_less(x, (ratio - drop) * e.number, e.power, weight)


# As gelu.
@elementwise(error=5, seams=(10.0,))
def clipped_gelu(x: Any) -> Approximation:
    """Gaussian error linear unit up to 10: ``min(x * Phi(x), 10)``.

    The derivative at 10 is that of `gelu`.

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
    H. Wu et al., 2020.
    """
    beyond, y = x > _CLIP, _times_normal(x)
    return Approximation(
        where(beyond, number(x, _CLIP), y.number),
        where(beyond, 0, y.power),
        where(beyond, EXACT, y.weight),
    )


# As that of gelu.
@clipped_gelu.derivative_rule(error=4)
def _(x: Any) -> Approximation:
    beyond, y = x > _CLIP, _slope_of_times_normal(x)
    return Approximation(
        where(beyond, number(x, 0.0), y.number),
        where(beyond, 0, y.power),
        where(beyond, EXACT, y.weight),
    )


# 2u carries 2.5 units of itself into the exponent; exp 0.6, 1 + e 0.8, product and quotient 1.
@elementwise(error=3, seams=(_FAR_TANH, -_FAR_TANH))
def gelu_tanh(x: Any) -> Approximation:
    """GELU by the tanh formula, ``x / 2 * (1 + tanh(u))``.

    Here ``u = sqrt(2 / pi) * (x + 0.044715 * x**3)``. It is a function of its own, up to 4.7e-4
    from `gelu`.

    Parameters
    ----------
    x : array_like
        Input, any shape.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`; at minus infinity the limit, -0.

    Notes
    -----
    (1 + tanh(u)) / 2 is the logistic function of 2u, which keeps the negative tail.

    References
    ----------
    D. Hendrycks and K. Gimpel, 2016.
    """
    linear, cubic = _terms_of_2u(x)
    w = linear + cubic
    e = exp(-w)
    left = x < 0.0
    held = lifted(not_below(x, -_FAR_TANH))
    y = where(left, e.number, 1.0) * held.number / (1.0 + unscaled(e))
    y = above_half(with_sign(y, x), x)
    weight = weight_near_0(size(y) * (1.0 + size(w)), y, x)
    return Approximation(y, where(left, e.power, 0) + held.power, weight)


# As for silu, with exp to 0.6 + 2.5 w in three places, and 3 units in v.
@gelu_tanh.derivative_rule(error=10)
def _(x: Any) -> Approximation:
    linear, cubic = _terms_of_2u(x)
    w = linear + cubic
    slope = slope_of_logistic(x, w, w + cubic * 2.0)
    return Approximation(slope.number, slope.power, slope.weight * (1.0 + size(w)))


@part
def _terms_of_2u(x: Any) -> tuple[Any, Any]:
    """Return the two terms of 2u at |x|, or where exp(-2u) x is 0 already."""
    a = not_above(abs(x), _FAR_TANH)
    return a * constant(a, _LINEAR), a * a * a * constant(a, _CUBIC)
