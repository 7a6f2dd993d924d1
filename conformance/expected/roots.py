"""The roots of an entry's value and derivatives, and those of any function, by bisection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from actinit.spec import Activation, Part

from ..oracle import enclose
from .defaults import defaults
from .reference import reference_at

__all__ = ["crossings", "exact_roots", "nonzero_roots", "roots", "roots_of_second"]

Floats = NDArray[np.float64]

# Where roots are looked for, beside the places that are likely ones.
_GRID = np.arange(-64, 64) / 8 + 1 / 16


@cache
def roots(entry: Activation) -> tuple[float, ...]:
    """Return the non-zero roots of an entry's value and derivative, to 40 bits, by bisection."""
    if entry.shape != "elementwise":
        return ()
    found = []
    parts: tuple[Part, ...] = ("value", "derivative")
    for part in parts:
        for low, _, _ in crossings(partial(reference_at, entry, part), _GRID):
            found.append(round(low * 2**40) / 2**40)
    return tuple(found)


@cache
def exact_roots(
    entry: Activation, part: Part, parameters: tuple[tuple[str, float], ...]
) -> tuple[float, ...]:
    """Return the non-zero roots of an entry's value or derivative, to the last bit of float64."""
    return nonzero_roots(partial(reference_at, entry, part, parameters=dict(parameters)))


@cache
def roots_of_second(entry: Activation) -> tuple[float, ...]:
    """Return the non-zero roots of an entry's second derivative, to the last bit of float64."""

    def second(x: Floats) -> Floats:
        # A few points at a time, which are not worth keeping.
        return enclose(entry, "derivative", x.tolist(), defaults(entry), order=1).rounded

    return nonzero_roots(second)


def nonzero_roots(function: Callable[[Floats], Floats]) -> tuple[float, ...]:
    """Return where a function changes its sign beside 0, to the last bit of float64."""
    found = (low for low, _, _ in crossings(function, _GRID, 2.0**-60))
    return tuple(low for low in found if abs(low) > 2.0**-40)


def crossings(
    function: Callable[[Floats], Floats], grid: Floats, width: float = 2.0**-40
) -> Iterator[tuple[float, float, bool]]:
    """Yield where a function changes its sign between points of a grid, by bisection.

    Parameters
    ----------
    function : callable
        From points to its values.
    grid : ndarray of float64
        Ascending; no two roots between neighbours.
    width : float, optional
        Of the interval at which to stop, at the latest with two neighbouring numbers.

    Yields
    ------
    low, high : float
        The interval; the upper end is the root itself if that was met.
    rising : bool
        Whether the function goes from below zero to above.
    """
    y = function(grid)
    for index in np.flatnonzero(y[:-1] * y[1:] < 0):
        low, high = grid[index], grid[index + 1]
        while high - low > width and low < (middle := (low + high) / 2) < high:
            same = function(np.array([middle]))[0] * y[index] > 0
            low, high = (middle, high) if same else (low, middle)
        yield float(low), float(high), bool(y[index] < 0)
