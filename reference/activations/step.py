"""The unit step."""

from __future__ import annotations

from typing import Any

from ..arithmetic.functions import EXACT, Approximation, number, where
from ._kinds import Domain, elementwise

__all__ = ["heaviside"]

_AT_ZERO = {"at_zero": Domain("0 <= at_zero <= 1", lambda at_zero: 0 <= at_zero <= 1)}


# The numbers as they are.
@elementwise(error=0, rational=True, domains=_AT_ZERO)
def heaviside(x: Any, at_zero: float = 0.5) -> Approximation:
    """Heaviside's unit step: 1 for positive inputs, 0 for negative ones, a number of choice at 0.

    The derivative is 0, also at 0, where there is none.

    Parameters
    ----------
    x : array_like
        Input, any shape.
    at_zero : float, optional
        The value at 0, from 0 to 1.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`.

    Raises
    ------
    ValueError
        If the value at 0 is outside its domain.

    References
    ----------
    W. S. McCulloch and W. Pitts, 1943.
    """
    left = where(x < 0.0, number(x, 0.0), number(x, at_zero))
    return Approximation(where(x > 0.0, number(x, 1.0), left), 0, EXACT)


@heaviside.derivative_rule(error=0, rational=True)
def _(x: Any, at_zero: float = 0.5) -> Approximation:
    return Approximation(where(x > 0.0, number(x, 0.0), number(x, 0.0)), 0, EXACT)
