"""The error function."""

from __future__ import annotations

from typing import Any

from ..arithmetic import _tables as tables
from ..arithmetic.functions import (
    Approximation,
    Constant,
    Scaled,
    constant,
    erf_integral,
    exp,
    linear_near_0,
    mills,
    not_above,
    rest,
    size,
    unscaled,
    where,
    with_sign,
)
from ._kinds import elementwise

__all__ = ["erf"]

_ROOT_2 = Constant(*tables.ROOT_2, "ROOT_2")
_TWO_OVER_ROOT_PI = Constant(*tables.TWO_OVER_ROOT_PI, "TWO_OVER_ROOT_PI")
_DENSITY_AT_0 = tables.DENSITY_AT_0[0]

# Up to here Taylor's series, from here on 1 less a tail.
_NEAR = 0.125
# Beyond, the nearest number of every format is 1.
_FAR = 7.0
# Beyond, exp(-x**2) is 0 in float64, times whatever upstream gradient.
_FAR_SLOPE = 40.0
# Where the table of Mills' ratio has a new row.
_EDGES = [(2.0**octave * (1 + part / 64) - 1) / 2**0.5 for octave in range(4) for part in range(64)]


# Near 0 the integral 1.1, constant and product 1. Elsewhere, of a tail below 0.87: sqrt(2) and the
# product with it 1, which Mills' ratio hardly amplifies, that ratio 1.1, exp 0.6 of a square that
# is exact, product 0.5; and 0.5 of the difference. What the argument of Mills' ratio leaves of a
# pair goes in by its slope.
@elementwise(
    error=3.5,
    seams=[sign * seam for seam in (_NEAR, *_EDGES, _FAR) if seam <= _FAR for sign in (1, -1)],
)
def erf(x: Any) -> Approximation:
    """Error function, ``2 / sqrt(pi)`` times the integral of exp(-t**2) from 0 to x.

    Parameters
    ----------
    x : array_like
        Input, any shape.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`, in [-1, 1].

    Notes
    -----
    With ``t = sqrt(2) |x|`` it is ``1 - 2 Phi(-t)``, where ``Phi(-t)`` is ``exp(-x**2)`` times
    Mills' ratio over ``sqrt(2 pi)``, which a table has; near 0 Taylor's series.

    References
    ----------
    W. J. Cody, 1969.
    """
    a = not_above(abs(x), _FAR)
    t = a * constant(a, _ROOT_2)
    ratio = mills(t)
    ratio = ratio + rest(t) * (size(t) * size(ratio) - _DENSITY_AT_0)
    e = exp(-(a * a))
    tail = unscaled(Scaled(ratio * e.number * 2.0, e.power))
    slope = constant(a, _TWO_OVER_ROOT_PI)
    small = a < _NEAR
    y = where(small, erf_integral(not_above(a, _NEAR)) * slope, 1.0 - tail)
    y = linear_near_0(where(x < 0.0, -y, y), x, slope)
    weight = where(small, size(y.number), 1.0)
    return Approximation(with_sign(y.number, x), y.power, weight)


# exp 0.6, constant 0.5, product 0.5.
@erf.derivative_rule(error=2)
def _(x: Any) -> Approximation:
    a = not_above(abs(x), _FAR_SLOPE)
    e = exp(-(a * a))
    y = e.number * constant(a, _TWO_OVER_ROOT_PI)
    return Approximation(y, e.power, size(y))
