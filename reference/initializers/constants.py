"""Initializers that draw nothing: every weight is one number."""

from __future__ import annotations

import math

from ._initializer import initializer, require
from ._univariate import Constant

__all__ = ["constant", "ones", "zeros"]


@initializer
def zeros() -> Constant:
    """Set every weight to 0.

    For biases; hidden layers that start so keep all their units equal.
    """
    return Constant(0.0)


@initializer
def ones() -> Constant:
    """Set every weight to 1.

    For the scale of normalisation layers.
    """
    return Constant(1.0)


@initializer
def constant(*, value: float = 0.0) -> Constant:
    """Set every weight to one given number, rounded to the dtype.

    Other Parameters
    ----------------
    value : float, optional
        The number; finite.
    """
    require(math.isfinite(value), "a finite value", value=value)
    return Constant(float(value))
