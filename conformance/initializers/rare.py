"""Events that are rare if a distribution is right: draws far out, on a bound, on one number.

Each is an interval of numbers of the format, with the least and the greatest probability that a
right sampler may give it. They differ by what a generator of few bits does: the outermost
probability that its uniform numbers tell apart comes in one piece, or not at all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..formats import Format
from . import goodness
from .goodness import Verdict
from .standard import Standard, resolution

__all__ = ["CUTS", "FOURTH", "Event", "events", "tests"]

#: Standard deviations from the mean from which on draws are counted.
CUTS = (4, 5, 6, 7, 8)
#: Name of the test of the fourth moment.
FOURTH = "fourth_moment"
# Numbers beside a bound that count as the bound: a sampler may clip to the number inside, and
# scale, which rounds.
_BESIDE = 2


@dataclass(frozen=True)
class Event:
    """A draw that is one of some numbers.

    Attributes
    ----------
    name : str
        Of the test, such as ``upper_7``.
    low, high : float
        The numbers, both ends included; as the format has them.
    due : float
        Probability under the distribution, rounded to the format.
    least, most : float
        Probabilities between which a right sampler may lie.
    words : str
        What such draws are, as a sentence goes on that begins with their count.
    """

    name: str
    low: float
    high: float
    due: float
    least: float
    most: float
    words: str


def events(distribution: Standard, fmt: Format) -> list[Event]:
    """Return the rare events of a distribution in a format: tails, ends, zero and the mean."""
    found = [
        event
        for side in ("lower", "upper")
        for event in (
            *(_tail(distribution, fmt, side, cut) for cut in CUTS),
            _end(distribution, fmt, side),
        )
        if event
    ]
    zero, middle = 0.0, float(fmt.dtype.type(distribution.mean))
    if distribution.low < zero < distribution.high:
        found.append(_number(distribution, fmt, "zeros", zero, "exactly 0"))
    if middle != zero and distribution.low < middle < distribution.high:
        found.append(_number(distribution, fmt, "means", middle, f"exactly the mean, {middle!r}"))
    return found


def tests(
    expected: Sequence[Event],
    counts: Sequence[int],
    size: int,
    fourth: float,
    distribution: Standard,
) -> Mapping[str, Verdict]:
    """Test how often events happened, and the fourth moment.

    Parameters
    ----------
    expected : sequence of Event
        The events.
    counts : sequence of int
        How often each happened.
    size : int
        How many weights were drawn.
    fourth : float
        Sum of the fourth powers of the standardised weights.
    distribution : Standard
        What was to be drawn.
    """
    found = {
        event.name: goodness.between(int(count), size, event.least, event.most)
        for event, count in zip(expected, counts, strict=True)
    }
    mean, spread, skewness = distribution.power(4)
    deviation = (fourth - size * mean) / spread / math.sqrt(size)
    found[FOURTH] = goodness.sum_of_terms(deviation, size, skewness)
    return found


def _tail(distribution: Standard, fmt: Format, side: str, cut: int) -> Event | None:
    lower = side == "lower"
    place = distribution.mean + (-cut if lower else cut) * distribution.stddev
    at = float(fmt.dtype.type(place))
    if not distribution.low < at < distribution.high:
        return None
    # What rounds to the cut counts as well.
    due = distribution.beyond(_midpoint(at, distribution.mean, fmt))
    piece = 2.0 ** -resolution(fmt)
    where = "below" if lower else "above"
    return Event(
        f"{side}_{cut}",
        low=-math.inf if lower else at,
        high=at if lower else math.inf,
        due=due,
        least=max(0.0, due - piece),
        most=due + distribution.granted(at, fmt),
        words=f"{cut} standard deviations {where} the mean or further",
    )


def _end(distribution: Standard, fmt: Format, side: str) -> Event | None:
    lower = side == "lower"
    bound = distribution.rounded_bounds(fmt)[0 if lower else 1]
    if not math.isfinite(bound):
        return None
    # A bound may be 0, around which numbers are dense: what a sampler rounds is as large as the
    # other bound.
    largest = max(abs(one) for one in distribution.rounded_bounds(fmt))
    ulp = float(np.spacing(fmt.dtype.type(largest)))
    inner = float(fmt.dtype.type(bound + (_BESIDE if lower else -_BESIDE) * ulp))
    due = distribution.beyond(_midpoint(inner, distribution.mean, fmt))
    return Event(
        f"{side}_end",
        low=bound if lower else inner,
        high=inner if lower else bound,
        due=due,
        least=0.0,
        most=due + distribution.granted(bound, fmt),
        words=f"the {side} bound {bound!r}, or within two ulp of it",
    )


def _number(distribution: Standard, fmt: Format, name: str, number: float, words: str) -> Event:
    due = distribution.near(number, fmt)
    # A generator whose numbers are a grid may have one of its points there.
    return Event(
        name, number, number, due=due, least=0.0, most=due + 2.0 ** -resolution(fmt), words=words
    )


def _midpoint(number: float, inward: float, fmt: Format) -> float:
    """Return what lies half-way between a number of a format and the next one inward."""
    kind = fmt.dtype.type
    following = float(np.nextafter(kind(number), kind(inward)))
    return (number + following) / 2
