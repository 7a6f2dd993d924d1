"""Why two trainings diverge: what must be matched, one thing after the other, for them to agree.

A backend that diverges may have several reasons, and the first hides the others. So a reason is
looked for where the training diverges: it is the least that, once matched, lets it go on beyond
that place. Then the training goes on to the next place, until it diverges nowhere, or nothing known
helps.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

import numpy as np

from actinit.adapters.training import Problem, Trainer, TrainerOf

from ..kinds import KINDS, Kind
from ..results.parity import Comparison, Parity
from .compare import compare
from .reference import Reference

__all__ = ["explained", "held", "kind", "matching", "remedied"]

_HELD = " held in float32"


def held(rate: str) -> str:
    """Return how it is called that a rate is rounded to float32 for both."""
    return f"{rate}{_HELD}"


def explained(train: TrainerOf, problem: Problem) -> Iterator[Comparison]:
    """Yield a comparison as both come, then one more after each reason that is matched.

    Parameters
    ----------
    train : callable
        What trains on the backend. If it has ``remedies``, ways to compute the same thing otherwise
        with the kind of finding that each is the remedy of, it takes those to use as ``matched``.
    problem : Problem
        What is trained.

    Yields
    ------
    Comparison
        The first and the last are whole; those between end where they diverge.
    """
    matched: list[str] = []
    found = _trained(train, problem, matched, beyond=True)
    yield Comparison(matched=[], parity=found)
    while found.divergence and (more := _reason(train, problem, matched, found)):
        matched = [*matched, *more]
        found = _trained(train, problem, matched)
        yield Comparison(matched=matched, parity=found)


def kind(train: TrainerOf, last: Comparison) -> Kind | None:
    """Return the kind of finding, for the last that `explained` yields; none if all agrees."""
    if not last.parity.agrees:
        return "definition"
    own: Mapping[str, str] = getattr(train, "remedies", {})
    kinds = {own.get(reason, "accuracy") for reason in last.matched}
    return next((one for one in KINDS if one in kinds), None)


def _reason(train: TrainerOf, problem: Problem, matched: list[str], found: Parity) -> list[str]:
    """Return the least that lets a training go on beyond its divergence; nothing if nothing does.

    What leaves the problem as it is comes before what rounds a rate of it. Of several things at
    once, such as an optimizer's rates, none is kept that can be left out.
    """
    first = found.divergence
    assert first
    until = problem.first(first.step)

    def beyond(more: list[str]) -> bool:
        try:
            at = _trained(train, until, [*matched, *more]).divergence
        except Exception:  # of the backend's: what it cannot do helps nothing
            return False
        return at is None or at.place > first.place

    own = [name for name in getattr(train, "remedies", {}) if name not in matched]
    rates = [held(name) for name, rate in problem.rates.items() if rate != float(np.float32(rate))]
    rates = [name for name in rates if name not in matched]
    for more in (*([name] for name in own), rates, own + rates):
        if more and beyond(more):
            for name in more if len(more) > 1 else ():
                less = [other for other in more if other != name]
                more = less if less and beyond(less) else more
            return more
    return []


def _trained(
    train: TrainerOf, problem: Problem, matched: Collection[str], *, beyond: bool = False
) -> Parity:
    """Compare with so much matched."""
    rounded = matching(problem, matched)
    return compare(Reference(rounded), remedied(train, matched)(rounded), rounded, beyond=beyond)


def matching(problem: Problem, matched: Collection[str]) -> Problem:
    """Return a problem with those of its rates in float32 that are matched."""
    return problem.in_float32(*(name for name in problem.rates if held(name) in matched))


def remedied(train: TrainerOf, matched: Collection[str]) -> TrainerOf:
    """Return what trains with those of its own remedies that are matched."""
    own = [name for name in matched if name in getattr(train, "remedies", ())]

    def trained(problem: Problem) -> Trainer:
        # A trainer may write to the parameters that it is given.
        given = replace(problem, start=problem.copy())
        return train(given, own) if own else train(given)

    return trained
