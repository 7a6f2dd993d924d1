"""A model at every number of its run, in float64, and both ends of what it encloses as float32."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .models import Model

__all__ = ["NEAR", "ends", "warm"]

Floats = NDArray[np.float32]

#: Enclosures are made wider by this, relatively, so that whatever lies within 2**-25 ulp of a
#: rounding boundary is looked at exactly: the nearest ones are kept as hard cases.
NEAR = 2.0**-48


def ends(model: Model, count: int, start: int, lower: Floats, upper: Floats) -> None:
    """Write down what the ends of the enclosures round to.

    Parameters
    ----------
    model : Model
        Of a run.
    count : int
        Numbers of the run.
    start : int
        The first of them that is asked for.
    lower, upper : ndarray of float32
        Where to write, as many as are asked for.
    """
    coefficients = np.array(model.coefficients)
    if model.nudge != 2:
        _line(coefficients, 1 + model.nudge * 2.0**-52, count, start, lower)
        upper[:] = lower
        return
    _ends(coefficients, model.slack, NEAR, float(model.sign), count, start, lower, upper)


@njit(cache=True, nogil=True)
def _ends(
    coefficients: NDArray[np.float64], slack: float, near: float, sign: float, count: int,
    start: int, lower: Floats, upper: Floats,
) -> None:  # fmt: skip
    # p has an error of 2**-53 |p| + slack, and each of the ends below one of 2**-53 of itself:
    # `near` is far above both.
    degree = coefficients.size - 1
    scale = 1.0 / count
    most = np.inf if sign >= 0 else -0.0
    least = -np.inf if sign <= 0 else 0.0
    for i in range(lower.size):
        t = (2.0 * (start + i) - (count - 1)) * scale
        p = coefficients[degree]
        for j in range(degree - 1, -1, -1):
            p = p * t + coefficients[j]
        d = abs(p) * near + slack
        low, high = p - d, p + d
        # What is known of the sign decides that of a zero.
        low = low if low > least else least
        high = high if high < most else most
        lower[i] = low
        upper[i] = high


@njit(cache=True, nogil=True)
def _line(
    coefficients: NDArray[np.float64], beside: float, count: int, start: int, results: Floats
) -> None:
    scale = 1.0 / count
    for i in range(results.size):
        t = (2.0 * (start + i) - (count - 1)) * scale
        results[i] = (coefficients[0] + coefficients[1] * t) * beside


def warm() -> None:
    """Compile, or load what was compiled, so that it does not count as work."""
    one = np.zeros(2, np.float32)
    ends(Model((0.0, 1.0), 1.0), 2, 0, one, one.copy())
    ends(Model((0.0, 1.0), 0.0, nudge=0), 2, 0, one, one.copy())
