"""Time the compiled comparison beside what it replaces, NumPy's frexp, ldexp, divide and max.

``actinit bench kernels`` prints the ratio. Both look at the same million
results; the compiled one looks at order, range, zeros and flushes too.
What NumPy's formulation spends is mostly its temporary arrays, which a new process gets from the
system page by page: so the ratio is one of a new process. Somebody who cuts the results into
blocks of 32,768 by hand, or whose allocator has been taught to keep such arrays, gets most of that
back, and a ratio of about seven remains.
"""

from __future__ import annotations

import timeit
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..error import kernels
from ..error.rows import BINS, ROW
from ..error.terms import terms
from ..formats import FORMATS
from ..parallel import pool

__all__ = ["compare"]

_FORMAT = FORMATS["float32"]
# Every input from 1 to 1.125.
_FIRST, _SIZE = 0x3F800000, 2**20
_ULPS = 5.0
_CALLS = 12


def compare(rounds: int = 9) -> float:
    """Time both in turn on correctly rounded values of tanh, in a new process.

    Parameters
    ----------
    rounds : int, optional
        How often.

    Returns
    -------
    float
        The median of NumPy's time over the compiled one's.
    """
    with pool(1) as new:
        return new.submit(_compare, rounds).result()


def _compare(rounds: int) -> float:
    bits = np.arange(_FIRST, _FIRST + _SIZE, dtype=_FORMAT.bits)
    right = np.tanh(bits.view(_FORMAT.dtype).astype(np.float64))
    got = right.astype(_FORMAT.dtype)
    asked = terms(_FORMAT, base=_ULPS, low=-1.0, high=1.0, rising=1.0, at_zero=(0.0, 0.0))
    rows, slots = np.zeros(1, ROW), np.zeros(BINS, np.int64)
    work = (bits, got, right, right, asked, rows, slots, kernels.Pending.room(_SIZE))
    quotients = [
        _seconds(_plain, got, right) / _seconds(kernels.count, *work) for _ in range(rounds)
    ]
    return median(quotients)


def _plain(got: NDArray[Any], right: NDArray[np.float64]) -> float:
    """Return the largest error, as one writes it in NumPy."""
    _, exponent = np.frexp(right)
    ulp = np.ldexp(1.0, np.clip(exponent - 1, _FORMAT.emin, _FORMAT.emax) - _FORMAT.stored)
    return float(np.max(np.abs(got - right) / ulp))


def _seconds(function: Callable[..., Any], *arguments: Any) -> float:
    """Return the best of several calls: the others wait for memory, or for someone else."""
    return min(timeit.repeat(lambda: function(*arguments), number=1, repeat=_CALLS))
