"""A number apart from its power of 2, which may be below the range of float64."""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = ["Scaled"]


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
