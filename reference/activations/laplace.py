"""The distribution function of a normal variable."""

from __future__ import annotations

import math
from typing import Any

from ..arithmetic import _tables as tables
from ..arithmetic.functions import (
    Approximation,
    Constant,
    Scaled,
    constant,
    exp,
    mills,
    not_above,
    part,
    rest,
    size,
    unscaled,
    where,
)
from ._kinds import Domain, elementwise

__all__ = ["laplace"]

_DENSITY_AT_0 = Constant(*tables.DENSITY_AT_0, "DENSITY_AT_0")
# Beyond, exp(-z**2 / 2) is 0 in float64, times whatever upstream gradient.
_FAR = 56.0
_NORMAL = {
    "mu": Domain("-inf < mu < inf", math.isfinite),
    "sigma": Domain("0 < sigma < inf", lambda sigma: 0 < sigma < math.inf),
}


# z 1 unit, of which exp makes z**2 and Mills' ratio at most 1; the square 0.25 z**2, exp 0.6, the
# ratio 1.1, product 0.5; on the right 0.5 of the difference. What the argument of Mills' ratio
# leaves of a pair goes in by its slope.
@elementwise(error=4, domains=_NORMAL)
def laplace(x: Any, mu: float = 0.707107, sigma: float = 0.282095) -> Approximation:
    """Distribution function of a normal variable, ``(1 + erf((x - mu) / (sigma sqrt(2)))) / 2``.

    Parameters
    ----------
    x : array_like
        Input, any shape.
    mu : float, optional
        Mean.
    sigma : float, optional
        Standard deviation, above 0.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`, in [0, 1].

    Raises
    ------
    ValueError
        If a parameter is outside its domain.

    References
    ----------
    X. Ma et al., 2022; W. J. Cody, 1969.
    """
    left, a = x < mu, _size_of_z(x, mu, sigma)
    ratio = mills(a)
    ratio = ratio + rest(a) * (size(a) * size(ratio) - _DENSITY_AT_0.high)
    e = exp(a * a * -0.5)
    tail = ratio * e.number
    y = where(left, tail, 1.0 - unscaled(Scaled(tail, e.power)))
    return Approximation(y, where(left, e.power, 0), size(y) * _of_square(a))


# z as above; exp 0.6, constant and product 1, quotient 0.5.
@laplace.derivative_rule(error=2.5)
def _(x: Any, mu: float = 0.707107, sigma: float = 0.282095) -> Approximation:
    a = _size_of_z(x, mu, sigma)
    e = exp(a * a * -0.5)
    y = e.number * constant(a, _DENSITY_AT_0) / sigma
    return Approximation(y, e.power, size(y) * _of_square(a))


@part
def _size_of_z(x: Any, mu: float, sigma: float) -> Any:
    """Return |x - mu| / sigma, or where everything is 0 already if that is less."""
    return not_above(not_above(abs(x - mu), 2.0 * _FAR * sigma) / sigma, _FAR)


@part
def _of_square(a: Any) -> Any:
    """Return by how much more an error weighs that exp has of a square."""
    return 1.0 + size(a) * size(a)
