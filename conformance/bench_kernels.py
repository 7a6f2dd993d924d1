"""Time the compiled comparison beside what it replaces, NumPy's frexp, ldexp, divide and max.

``python -m actinit.conformance.bench_kernels`` prints the ratio. Both look at the same results, one
bin of float32 at a time, that lie in the cache as after a call of a backend; the compiled one looks
at order, range, zeros and flushes as well.
"""

from __future__ import annotations

import timeit
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .formats import FORMATS
from .questions import Question
from .tally import Tally

__all__ = ["compare"]

_FORMAT = FORMATS["float32"]
# The bin of the inputs from 1 to 1.125: all of them.
_FIRST, _SIZE = 0x3F800000, 2**20
_ULPS = 5.0
_CALLS = 12


def compare(rounds: int = 9) -> float:
    """Time both in turn on correctly rounded values of tanh.

    Parameters
    ----------
    rounds : int, optional
        How often.

    Returns
    -------
    float
        The median of NumPy's time over the compiled one's.
    """
    x = np.arange(_FIRST, _FIRST + _SIZE, dtype=_FORMAT.bits).view(_FORMAT.dtype)
    right = np.tanh(x.astype(np.float64))
    got = right.astype(_FORMAT.dtype)
    asked = Question(_FORMAT, _ULPS, range=(-1.0, 1.0), monotone="increasing", at_zero=(0.0, 0.0))
    quotients = [
        _seconds(_plain, got, right) / _seconds(_compiled, x, got, right, asked)
        for _ in range(rounds)
    ]
    return median(quotients)


def _plain(got: NDArray[Any], right: NDArray[np.float64]) -> float:
    """Return the largest error, as one writes it in NumPy."""
    _, exponent = np.frexp(right)
    ulp = np.ldexp(1.0, np.clip(exponent - 1, _FORMAT.emin, _FORMAT.emax) - _FORMAT.stored)
    return float(np.max(np.abs(got - right) / ulp))


def _compiled(
    x: NDArray[Any], got: NDArray[Any], right: NDArray[np.float64], asked: Question
) -> None:
    Tally(_FORMAT).add(x, got, right, asked)


def _seconds(function: Callable[..., Any], *arguments: Any) -> float:
    """Return the best of several calls: the others wait for memory, or for someone else."""
    return min(timeit.repeat(lambda: function(*arguments), number=1, repeat=_CALLS))


if __name__ == "__main__":
    print(f"ratio  {compare():.1f}")
