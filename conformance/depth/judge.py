"""What becomes of a signal or a gradient over all layers, in a word."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..results.depth import Fate

__all__ = ["FACTOR", "fate", "leaves_float32"]

Floats = NDArray[np.float64]
#: A norm that changes by more, from the first layer passed to the last, is not kept: beyond what
#: hundred ReLU layers of width 256 do to it by chance, whose logarithm has the deviation 0.7.
FACTOR = 30.0
_SMALLEST, _LARGEST = float(np.finfo(np.float32).tiny), float(np.finfo(np.float32).max)


def fate(squares: Floats) -> Fate:
    """Judge mean squares, in the order in which the layers are passed."""
    first, last = np.sqrt(squares[[0, -1]])
    if last == 0:
        return "cut off"
    if last < first / FACTOR:
        return "vanishes"
    return "explodes" if last > first * FACTOR else "kept"


def leaves_float32(squares: Floats) -> int | None:
    """Return after how many layers the root mean square is no normal number of float32.

    Parameters
    ----------
    squares : ndarray
        Mean squares in the order in which the layers are passed.

    Returns
    -------
    int or None
        None if it always is one, or is cut off: a zero is exact.
    """
    size = np.sqrt(squares)
    gone = np.flatnonzero((size > 0) & ((size < _SMALLEST) | (size > _LARGEST)))
    return int(gone[0]) + 1 if gone.size else None
