"""Why two trainings part: what must be matched, one thing after the other, for them to agree.

A backend that parts may have several reasons, and the first hides the others. So a reason is looked
for where the training parts: it is the least that, once matched, lets it go on beyond that place.
Then the training goes on to the next place, until it parts nowhere, or nothing known helps.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import combinations

import numpy as np

from .compare import Parity, compare
from .problem import Problem, TrainerOf
from .reference import Reference
from .report import Compared

__all__ = ["explained", "held"]

# As many reasons may lie behind one place: an optimizer has more than one constant.
_AT_ONCE = 2
_HELD = " held in float32"


def held(rate: str) -> str:
    """Return how it is called that a rate is rounded to float32 for both."""
    return f"{rate}{_HELD}"


def explained(train: TrainerOf, posed: Problem) -> Iterator[Compared]:
    """Yield a comparison as both come, then one more after each reason that is matched.

    Parameters
    ----------
    train : callable
        What trains on the backend. If it has ``remedies``, names of ways to compute the same thing
        otherwise, it takes those to use as ``matched``.
    posed : Problem
        What is trained.

    Yields
    ------
    Compared
        The first and the last are whole; those between end where they part.
    """
    matched: list[str] = []
    found = _trained(train, posed, matched, beyond=True)
    yield Compared(matched=[], parity=found)
    while found.parting and (more := _reason(train, posed, matched, found)):
        matched = [*matched, *more]
        found = _trained(train, posed, matched)
        yield Compared(matched=matched, parity=found)


def _reason(train: TrainerOf, posed: Problem, matched: list[str], found: Parity) -> list[str]:
    """Return the least that lets a training go on beyond where it parts; nothing if nothing does.

    What leaves the problem as it is comes before what rounds a rate of it.
    """
    assert found.parting
    known = [*getattr(train, "remedies", ())]
    known += [held(name) for name, rate in posed.rates.items() if rate != float(np.float32(rate))]
    left = [name for name in known if name not in matched]
    until = posed.first(found.parting.step)
    for size in range(1, _AT_ONCE + 1):
        for more in combinations(left, size):
            parting = _trained(train, until, [*matched, *more]).parting
            if parting is None or parting.place > found.parting.place:
                return [*more]
    return []


def _trained(
    train: TrainerOf, posed: Problem, matched: Collection[str], *, beyond: bool = False
) -> Parity:
    """Compare with so much matched."""
    rates = [name for name in posed.rates if held(name) in matched]
    told = posed.in_float32(*rates)
    own = [name for name in matched if name in getattr(train, "remedies", ())]
    other = train(told, own) if own else train(told)
    return compare(Reference(told), other, told, beyond=beyond)
