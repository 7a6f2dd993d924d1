"""Where in an array the wrong results stand, and whether they are those of other places."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...formats import Format
from ...undiagnosed import cause_search
from .evidence import Floats, near

__all__ = ["Region", "moved", "region", "remainder"]

Places = NDArray[np.int64]
# As likely as this is a pattern by chance, at most: 2**-30.
_CHANCE = -30 * math.log(2)
_LEAST = 16
_GROUPS = (2, 3, 4, 8, 16, 32, 64)
_BLOCKS = range(6, 20)
_MOVED = 0.95
_LISTED = 8
_SHORT = 100
# Of an interval as long the ends say less than a pattern does.
_NEARLY_ALL = 0.9


class Region(NamedTuple):
    """Places of an array that have something in common.

    Attributes
    ----------
    text : str
        Such as ``from place 4096 on``.
    holds : ndarray of bool
        Of each place of the array, whether it is one of them.
    """

    text: str
    holds: NDArray[np.bool_]


def region(wrong: NDArray[np.bool_]) -> Region | None:
    """Find what the places of wrong results have in common, in the order in which they were asked.

    The inputs must have been asked in an order that has nothing to do with their size.
    """
    places, length = np.flatnonzero(wrong), wrong.size
    if places.size < _LEAST:
        return None
    everywhere = np.arange(length)
    first, last = int(places[0]), int(places[-1])
    gap = max(1, 4 * (last - first + 1) // places.size)
    share = (last - first + 1) / length
    if share > _NEARLY_ALL and (found := _regular(places, length)):
        return found
    if not _unlikely(share, places.size):
        return _regular(places, length)
    begin, end = _round_down(first, gap), last + 1 + (-(last + 1)) % max(1, _unit(last + 1, gap))
    inside = (everywhere >= begin) & (everywhere < end)
    if last >= length - gap:
        return Region(f"only from place {begin} on", everywhere >= begin)
    if first <= gap:
        return Region(f"only before place {end}", everywhere < end)
    return Region(f"only in places {begin} to {end - 1}", inside)


def _regular(places: Places, length: int) -> Region | None:
    """Find lanes of groups, or every second block, that have all the places."""
    everywhere = np.arange(length)
    # Of a few places not each lane of a large group would be met.
    groups = [group for group in _GROUPS if group == 2 or 8 * group <= places.size]
    lanes = {group: np.unique(places % group) for group in groups}
    group = min(groups, key=lambda each: lanes[each].size / each)
    share = lanes[group].size / group
    if share <= 0.5 and _unlikely(share, places.size):
        holds = np.isin(everywhere % group, lanes[group])
        listed = ", ".join(str(lane) for lane in lanes[group])
        if lanes[group].size > _LISTED:
            listed = f"{lanes[group][0]} to {lanes[group][-1]}, {lanes[group].size} of them,"
        return Region(f"only in places {listed} of every {group}", holds)
    for power in _BLOCKS:
        parity = (places >> power) & 1
        blocks = length >> power
        if blocks >= 4 and parity.min() == parity.max() and _unlikely(0.5, places.size):
            which = "odd" if parity[0] else "even"
            return Region(
                f"only in the {which} ones of blocks of {2**power}",
                ((everywhere >> power) & 1) == parity[0],
            )
    return None


def _unlikely(share: float, count: int) -> bool:
    return share < 1 and count * math.log(share) <= _CHANCE


def _unit(number: int, gap: int) -> int:
    """Return the largest power of two or ten that has a multiple within a gap of a number."""
    units = [2**k for k in range(20)] + [10**k for k in range(6)]
    return max((unit for unit in units if -number % unit < gap), default=1)


def _round_down(first: int, gap: int) -> int:
    units = [2**k for k in range(20)] + [10**k for k in range(6)]
    unit = max((unit for unit in units if first % unit < gap and first >= unit), default=1)
    return first - first % unit


def moved(got: Floats, right: Floats, wrong: NDArray[np.bool_], fmt: Format) -> str:
    """Name results that are right ones of other places; all in the order in which they were asked.

    Parameters
    ----------
    got, right : ndarray of float64
        Of elements, or of rows along the first axis.
    wrong : ndarray of bool
        Of each place, whether something is wrong there.
    fmt : Format
        Of the results.
    """
    places = np.flatnonzero(wrong)
    if places.size < 4 * _LEAST:
        return ""
    places = places[:: max(1, places.size // 2000)]
    count = len(right)
    for text, source in _sources(places, count):
        taken = right[source % count]
        if np.unique(taken).size < _LEAST:  # such as zeros: they may be of anywhere
            continue
        with np.errstate(all="ignore"):
            off, size = np.abs(got[places] - taken), np.abs(got[places] - right[places])
        same: Any = near(got[places], taken, fmt, 4.0) | (
            off <= np.minimum(size, np.abs(taken)) / 32
        )
        same = same.reshape(len(places), -1)
        apart: Any = ~near(right[places], taken, fmt, 4.0).reshape(len(places), -1)
        if (same.all(axis=1) & apart.any(axis=1)).mean() >= _MOVED:
            return text
    return ""


def _sources(places: Places, count: int) -> list[tuple[str, Places]]:
    """Return names and the places that results may have been taken from."""
    found: list[tuple[str, Places]] = [
        ("the result of the place before", places - 1),
        ("the result of the place after", places + 1),
        ("in reverse order", count - 1 - places),
    ]
    for size in (2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096, 16384, 65536):
        start = places - places % size
        found += [
            (f"the first result of each {size}, repeated", start),
            (f"in reverse order within each {size}", start + size - 1 - places % size),
            (f"repeats with a period of {size}", places % size),
            (f"the result of {size} places before", places - size),
            (f"the result of {size} places after", places + size),
        ]
    return found


@cause_search("")
def remainder(arrays: Sequence[tuple[int, Sequence[int]]]) -> str:
    """Name what the places that differ in arrays of many lengths have in common.

    Parameters
    ----------
    arrays : sequence of (int, sequence of int)
        The length of each array, and the places of it that are not as alone.
    """
    arrays = [(length, places) for length, places in arrays if places]
    if len(arrays) < 4:
        return ""
    if all(list(places) == [length - 1] for length, places in arrays):
        return "only in the last place"
    if all(list(places) == [0] for _, places in arrays):
        return "only in the first place"
    for group in (4, 8, 16, 32, 64):
        if all(min(places) >= length // group * group for length, places in arrays) and (
            any(length >= group for length, _ in arrays)
        ):
            return f"only in what is left over beyond groups of {group}"
    for group in (64, 32, 16, 8, 4, 2):
        if all(max(places) < length // group * group for length, places in arrays):
            return f"whole groups of {group} are computed otherwise than what is left over"
    shortest, first = min(length for length, _ in arrays), min(min(at) for _, at in arrays)
    if first > 0 and shortest > 4:
        return f"only from place {first} on, of arrays of {shortest} and more"
    # What begins at the shortest of the long arrays may begin at one that was not asked.
    return f"only in arrays of {shortest} and more" if 4 < shortest < _SHORT else ""
