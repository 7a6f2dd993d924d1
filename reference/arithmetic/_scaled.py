"""A number apart from its power of 2, which may be below the range of float64."""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = ["LEAST", "Scaled"]

#: Below, exp(x) is 0 in float64, whatever finite factor it has; arguments end here.
LEAST = -1500.0


class Scaled(NamedTuple):
    """``number * 2**power``.

    Attributes
    ----------
    number : ndarray of float64, Pair or Ball
        Of exp, between 1 and 2, nearly.
    power : ndarray of int64, or int
        The exponent.
    """

    number: Any
    power: Any
