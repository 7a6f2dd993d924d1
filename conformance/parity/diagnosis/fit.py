"""The number in a hypothesis that comes nearest to what a backend did."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = ["fitted", "rounded"]

Floats = NDArray[np.float64]

_ROUNDS = 25
# Of the number, for its derivative: the residual is in tolerances, so that it need not be exact.
_CHANGE = 1e-4


def fitted(residual: Callable[[float], Floats], start: float) -> float | None:
    """Return the number that makes a residual least, by the method of Gauss and Newton.

    Parameters
    ----------
    residual : callable
        From a number to how far off all is.
    start : float
        Where to begin; not 0, as it is also the scale of the number.

    Returns
    -------
    float or None
        None where the residual does not depend on it.
    """
    value, now = start, residual(start)
    for _ in range(_ROUNDS):
        change = _CHANGE * (abs(value) or abs(start))
        slope = (residual(value + change) - now) / change
        size = float(slope @ slope)
        if not np.isfinite(size) or size == 0:
            return None if value == start else value
        step = -float(slope @ now) / size
        for _ in range(6):
            after = residual(value + step)
            if np.linalg.norm(after) <= np.linalg.norm(now):
                break
            step /= 4
        else:
            return value
        value, now = value + step, after
        if abs(step) <= 1e-14 * abs(value):
            break
    return value


def rounded(value: float) -> list[float]:
    """Return shorter numbers that a value may stand for, the shortest first, then itself."""
    shorter = [float(f"{value:.{digits}g}") for digits in (1, 2, 3, 4, 5, 6, 8)]
    near = [one for one in shorter if abs(one - value) <= 1e-5 * abs(value)]
    return list(dict.fromkeys([*near, value]))
