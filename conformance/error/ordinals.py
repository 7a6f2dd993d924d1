"""The place of a number in the order of its format, and the number at a place."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..formats import Format

__all__ = ["number", "ordinals"]

Array = NDArray[Any]


def ordinals(x: Array, fmt: Format) -> NDArray[np.int64]:
    """Return the places of numbers in the order of their format: -1 for -0.0, 0 for 0.0."""
    bits = np.asarray(x, dtype=fmt.dtype).view(fmt.bits).astype(np.uint64)
    sign = np.uint64(fmt.sign)
    magnitude = (bits & (sign - np.uint64(1))).astype(np.int64)
    return np.where(bits & sign, -1 - magnitude, magnitude)


def number(ordinal: int, fmt: Format) -> Any:
    """Return the number at a place: the inverse of `ordinals`, for one."""
    sign = fmt.sign
    pattern = ordinal if ordinal >= 0 else sign | (-1 - ordinal)
    return fmt.from_bits(np.array([pattern], dtype=np.uint64))[0]
