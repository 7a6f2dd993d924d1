"""How far any two activations lie apart: the largest difference, and at which input.

The functions are those of the reference, which are correctly rounded. They are looked at in steps
of 1/64, beside every place where pieces meet, and far out, where a difference may have a limit or
grow; around the largest the steps become finer until it no longer changes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from importlib.metadata import version
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit import reference
from actinit.spec import Activation, activations

from ..expected.defaults import seams_of
from ..results.differences import Apart, Differences, Pair

__all__ = ["apart", "compute"]

Array = NDArray[np.float64]
Function = Callable[[Array], Array]

_NEAR = 32.0
_STEP = 1 / 64
# Far out: twice as far each time, up to where what still grows is sure to be seen to.
_FAR = 2.0 ** np.arange(5, 31)
_ZOOMS, _FINER = 5, 32
_DIGITS = 4
# Differences that are the same but for roundings; and the inputs beyond which some function, erf at
# the earliest, is its limit but for a rounding.
_ROUNDING = 1e-12
_SATURATED = 4.0
_TINY = 1e-300


def compute() -> Differences:
    """Compute the differences of all pairs of functions of one number.

    Returns
    -------
    Differences
        To four digits, so that they are the same everywhere.
    """
    entries = [entry for entry in activations.values() if entry.shape == "elementwise"]
    places = tuple({at for entry in entries for at in seams_of(entry)})
    x = np.concatenate([-_FAR[::-1], _around(places), _FAR])
    with np.errstate(all="ignore"):
        tables = {entry.name: [function(x) for function in _parts(entry)] for entry in entries}

        def both(a: Activation, b: Activation) -> list[Apart]:
            each = zip(tables[a.name], tables[b.name], _parts(a), _parts(b), strict=True)
            return [_apart(x, left, right, f, g, places) for left, right, f, g in each]

        pairs = []
        for a, b in combinations(entries, 2):
            value, derivative = both(a, b)
            pairs.append(Pair(a=a.name, b=b.name, value=value, derivative=derivative))
    return Differences(version=version("actinit"), pairs=pairs)


def apart(f: Function, g: Function, places: tuple[float, ...] = ()) -> Apart:
    """Return how far two functions lie apart.

    Parameters
    ----------
    f, g : callable
        From inputs to values, of the whole line.
    places : tuple of float, optional
        Where one of them jumps or has a kink.

    Returns
    -------
    Apart
        To four digits.
    """
    x = np.concatenate([-_FAR[::-1], _around(places), _FAR])
    with np.errstate(all="ignore"):
        return _apart(x, f(x), g(x), f, g, places)


def _parts(entry: Activation) -> list[Function]:
    function: Any = reference.activations[entry.name]
    return [function, function.derivative]


def _around(places: tuple[float, ...]) -> Array:
    """Return the steps, and the places with the numbers on either side of each."""
    at = np.array(places, dtype=np.float64)
    sides = [np.nextafter(at, -np.inf), at, np.nextafter(at, np.inf)]
    steps = np.arange(-_NEAR + _STEP, _NEAR, _STEP)
    return np.unique(np.concatenate([steps, *sides]))


def _apart(
    x: Array, left: Array, right: Array, f: Function, g: Function, places: tuple[float, ...]
) -> Apart:
    difference = np.abs(left - right)
    if np.isnan(difference).any():
        difference = np.nan_to_num(difference, nan=0.0)  # an infinity less itself
    far = len(_FAR)
    for side, ends in (("-inf", difference[:far][::-1]), ("inf", difference[-far:])):
        if not math.isfinite(ends[-1]) or ends[-1] > 1.5 * max(ends[far // 2], 1e-300) > 1e-3:
            return Apart(how="grows", largest=None, x=side)
    tied = np.flatnonzero(difference >= difference.max() * (1 - _ROUNDING))
    place = int(min(tied, key=lambda one: (abs(x[one]), x[one] < 0)))
    limits = [end for end in (0, len(x) - 1) if end in tied and difference[end] > 0]
    # What comes within a rounding of its limit does not reach it, unless it jumps there.
    if limits and abs(x[place]) > _SATURATED and not _beside(x[place], places):
        side = "inf" if x[limits[-1]] > 0 else "-inf"
        return Apart(how="limit", largest=_short(difference[limits[-1]]), x=side)
    at, largest = float(x[place]), float(difference[place])
    if not limits:
        at, largest = _refined(x, place, f, g)
    return Apart(how="at", largest=_short(largest), x=f"{_short(at) if abs(at) > _TINY else 0:g}")


def _beside(x: float, places: tuple[float, ...]) -> bool:
    return any(abs(x - place) <= 4 * math.ulp(place) for place in places)


def _refined(x: Array, place: int, f: Function, g: Function) -> tuple[float, float]:
    """Return the input of the largest difference beside a place, and that difference."""
    low, high = x[place - 1], x[place + 1]
    at, largest = float(x[place]), float(abs(f(x[[place]]) - g(x[[place]]))[0])
    for _ in range(_ZOOMS):
        finer = np.linspace(low, high, _FINER + 1)
        difference = np.abs(f(finer) - g(finer))
        best = int(np.argmax(difference))
        if difference[best] <= largest:
            low, high = (low + at) / 2, (high + at) / 2
            continue
        at, largest = float(finer[best]), float(difference[best])
        low, high = finer[max(best - 1, 0)], finer[min(best + 1, _FINER)]
    return at, largest


def _short(number: float) -> float:
    return float(f"{number:.{_DIGITS - 1}e}")
