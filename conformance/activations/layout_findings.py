"""What depends on the place of an input in an array, as findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actinit.spec import Part

from ..backend.guard import message_of
from ..check import Finding, Outcome, Witness
from ..formats import brief, describe, hexadecimal
from . import diagnosis
from .arrangements import ALONG, LONG, PLAIN, ROWS

__all__ = ["Difference", "outcome_of", "raised"]

Array = NDArray[Any]
Ask = Callable[[Array], Array]

# Of these there are many lengths, which are told.
_OF_LENGTHS = (PLAIN, ALONG, ROWS, LONG)


class Difference(NamedTuple):
    """Results in one array that are not those of their inputs alone.

    Attributes
    ----------
    name : str
        Of the arrangement.
    length : int
        Of the array.
    asked, differing : int
        How many results of this array were compared, and how many of them differ.
    place : str
        Of that which differs most, or what was raised.
    at : int
        The same place as a number.
    x, got, alone : ndarray or None
        The input there, what came back and what does alone; none if something was raised.
    apart : float
        How many numbers of the format the two are apart; inf if only one of them is nan.
    ends : tuple of float, or None
        The lowest and the highest number that differs; none for rows.
    text : str
        A like array of one input, as NumPy writes it.
    places : tuple of int
        All places that differ, of an array of one dimension.
    """

    name: str
    length: int
    asked: int
    differing: int
    place: str
    at: int
    x: Any
    got: Any
    alone: Any
    apart: float
    ends: tuple[Any, Any] | None
    text: str
    places: tuple[int, ...] = ()


def raised(name: str, error: Exception, text: str) -> Difference:
    """Return what an array came to for which the backend raised an error."""
    message = f"{type(error).__name__}: {message_of(error)[:200]}"
    return Difference(name, 0, 1, 1, message, 0, None, None, None, np.inf, None, text)


def outcome_of(found: list[Difference], asked: Counter[str], part: Part) -> Outcome:
    """Return the outcome of all differences, one finding for each arrangement."""
    measured: dict[str, float] = {
        "asked": asked.total(),
        "differing": sum(one.differing for one in found),
    }
    if not found:
        return Outcome(conforms=True, message="the same bits in every place", measured=measured)
    finite = [one.apart for one in found if np.isfinite(one.apart)]
    measured["apart"] = max(finite, default=0.0)
    together: dict[tuple[str, bool], list[Difference]] = {}
    for one in found:
        together.setdefault((one.name, one.x is None), []).append(one)
    by_count = sorted(together.values(), key=lambda alike: -sum(one.differing for one in alike))
    where = ", ".join(
        f"{_lengths(alike)} ({sum(one.differing for one in alike):,})" for alike in by_count[:6]
    )
    worst = _worst(found)
    return Outcome.diverging(
        [_finding(alike, part, asked) for alike in by_count],
        f"{measured['differing']:,.0f} results are not those of the input alone: {where}; "
        f"{_tell(worst, part)}",
        witness=_witness(worst),
        measured=measured,
    )


def _finding(alike: list[Difference], part: Part, asked: Counter[str]) -> Finding:
    """Return the finding of one kind of arrangement."""
    worst = _worst(alike)
    key = f"layout/{worst.name.replace(' ', '-')}"
    if worst.x is None:
        return Finding(
            key=f"{key}/raised", kind="layout", defect="raised", count=len(alike),
            sentence=_tell(worst, part), data={"raised": worst.place, "array": worst.text},
        )  # fmt: skip
    lengths = [one.length for one in alike]
    like = ""
    if worst.name in (PLAIN, ALONG, ROWS):
        like = diagnosis.remainder([(one.length, one.places) for one in alike])
    ends = [end for one in alike if one.ends for end in one.ends]
    ends.sort(key=float)
    numbers = [end for end in ends if not np.isnan(float(end))] or ends
    return Finding(
        key=key,
        kind="layout",
        defect="place",
        first=describe(numbers[0]) if numbers else "",
        last=describe(numbers[-1]) if numbers else "",
        first_hex=hexadecimal(numbers[0]) if numbers else "",
        last_hex=hexadecimal(numbers[-1]) if numbers else "",
        count=sum(one.differing for one in alike),
        # What is asked beside the arrangements, such as in place, is asked where it differs.
        points=asked[worst.name] or sum(one.asked for one in alike),
        worst=_witness(worst),
        sentence=f"{_lengths(alike)}: {_tell(worst, part)}" + (f" ({like})" if like else ""),
        looks_like=like,
        data={"shortest": min(lengths), "longest": max(lengths), "place": worst.at},
    )


def _lengths(alike: list[Difference]) -> str:
    """Return the name of an arrangement, with the lengths that show it if it has many."""
    name, lengths = alike[0].name, sorted({one.length for one in alike})
    if name not in _OF_LENGTHS or alike[0].x is None:
        return name
    if len(lengths) == 1:
        return f"{name} of {lengths[0]}"
    return f"{name} of {lengths[0]} to {lengths[-1]}"


def _worst(found: list[Difference]) -> Difference:
    """Return the largest, and of equal ones the one in the shortest array.

    Of long arrays and rows that of the shortest, whatever its size: a person shall read it.
    """

    def rank(one: Difference) -> tuple[int, float, int]:
        return one.length if one.name in (ALONG, LONG) else 0, -one.apart, one.length

    return min(found, key=rank)


def _tell(one: Difference, part: Part) -> str:
    if one.x is None:
        return f"{one.name} raises {one.place}: {one.text}"
    size = f", {one.apart:,.0f} ulp apart" if np.isfinite(one.apart) else ""
    what = "value" if part == "value" else "derivative"
    place = f", at {one.place}" if one.place else ""
    return (
        f"{one.name}{place}, the {what} at x = {brief(one.x)} is {brief(one.got)}, "
        f"alone {brief(one.alone)}{size}"
    )


def _witness(one: Difference) -> Witness | None:
    if one.x is None:
        return None
    return Witness.of(one.x[np.newaxis], one.got, one.alone, error=one.apart, array=one.text)
