"""What the functions of floats and pairs do with single float64: NumPy's way to say each.

`compiled` has another way to say each, for one element at a time.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = [
    "at_least",
    "at_most",
    "bits",
    "copysign",
    "entry",
    "nearest",
    "power_of_2",
    "rounded_root",
    "select",
    "whole",
]

_ROUND = 1.5 * 2.0**52


def select(condition: Any, a: Any, b: Any) -> Any:
    """Return `a` where the condition holds, else `b`."""
    return np.where(condition, a, b)


def at_least(x: Any, bound: float) -> Any:
    """Return the larger of the two; nan stays."""
    return np.maximum(x, bound)


def at_most(x: Any, bound: float) -> Any:
    """Return the smaller of the two; for nan the bound, so that an index made of it exists."""
    return np.fmin(x, bound)


def nearest(x: Any) -> Any:
    """Return the nearest integer, as a float, for |x| < 2**51."""
    return (x + _ROUND) - _ROUND


def whole(x: Any) -> Any:
    """Return an integer that is a float as int64; for nan, any."""
    return np.asarray(x).astype(np.int64)


def bits(x: Any) -> Any:
    """Return the bits of a float64 as int64."""
    return np.asarray(x).view(np.int64)


def power_of_2(k: Any) -> Any:
    """Return 2**k as a float64, for -1022 <= k <= 1023."""
    return ((np.asarray(k) + 1023) << 52).view(np.float64)


def rounded_root(x: Any) -> Any:
    """Return the float that is nearest to the square root, as IEEE 754 has it."""
    return np.sqrt(x)


def entry(table: Any, row: int, index: Any) -> Any:
    """Return the entries of a row of a table, for any indices that are within it."""
    return table[row].take(index)


def copysign(x: Any, sign: Any) -> Any:
    """Return |x| with the sign of `sign`."""
    return np.copysign(x, sign)
