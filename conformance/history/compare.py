"""Two releases held against each other: what each check came to, bits, kinks and weights."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..check import Check, Finding, Witness
from ..formats import Format, describe
from ..known.compare import compare as standings_of
from ..plan import plan
from ..published import every
from ..published.answers import patterns
from ..results.baseline import KnownFinding
from ..results.history import Cell, Snapshot, Weights
from .ask import DIGITS, asked_digest
from .questions import recorded_inputs, sample_of

__all__ = ["WHAT", "Change", "ComparedApartError", "changes", "finding_of"]

Array = NDArray[Any]
Kind = Literal["offered", "cell", "kink", "bits", "weights"]
#: What can change, in words.
WHAT: Mapping[Kind, str] = {
    "offered": "what is offered",
    "cell": "what checks come to",
    "kink": "derivatives at kinks and ties",
    "bits": "bits, where the checks come to the same",
    "weights": "weights of one seed",
}
# Bands that are told of one cell.
_TOLD = 3


class ComparedApartError(ValueError):
    """Two snapshots have nothing that could be compared."""


class Change(NamedTuple):
    """One thing that is otherwise in another release."""

    kind: Kind
    id: str  #: Of the check, or the weights.
    before: str
    after: str
    why: str = ""  #: Where and by how much, if that is no matter of two words.
    mended: bool | None = None  #: Whether a check conforms that did not, or the reverse; else None.


def changes(before: Snapshot, after: Snapshot) -> list[Change]:
    """Return what is otherwise in another release.

    Parameters
    ----------
    before, after : Snapshot
        Of one framework. What only one of them was asked is left out.

    Returns
    -------
    list of Change
        In the order of the later one's cells, weights last.

    Raises
    ------
    ComparedApartError
        If they are of two frameworks, or share no cell.
    """
    if before.family != after.family:
        raise ComparedApartError(
            f"{before.backend} and {after.backend} are two frameworks; what differs between such "
            f"is told by: actinit diff {before.family} {after.family}"
        )
    cells = [id for id in (after.cells | before.cells) if _was_asked(id, before, after)]
    drawn = [id for id in (after.weights | before.weights) if _was_asked(id, before, after)]
    if not cells and not drawn:
        raise ComparedApartError("the two snapshots share no cell: they were asked other things")
    checks = {check.id: check for check in plan()}
    found: list[Change] = []
    for id in cells:
        if change := _offered(id, before.cells, after.cells):
            found.append(change)
        else:
            found += _of_cell(id, checks.get(id), before, after)
    for id in drawn:
        change = _offered(id, before.weights, after.weights) or _of_weights(id, before, after)
        found += [change] if change else []
    return found


def finding_of(known: KnownFinding, budget: float = 0.0) -> Finding:
    """Return the finding that was kept, without its sentence."""
    worst = Witness(
        x=known.x, x_hex=known.x, got=known.got, got_hex=known.got, exact=known.exact,
        exact_hex=known.exact, error=known.error, budget=budget,
    )  # fmt: skip
    return Finding(
        key=known.key,
        kind=known.kind,
        defect=known.key.partition("/")[0],
        sentence="",
        first_hex=known.first or "",
        last_hex=known.last,
        count=known.count,
        points=known.points,
        worst=worst,
    )


def _was_asked(id: str, before: Snapshot, after: Snapshot) -> bool:
    return all(
        id in one.cells or id in one.weights or id in one.not_offered for one in (before, after)
    )


def _offered(
    id: str, before: Mapping[str, Cell | Weights], after: Mapping[str, Cell | Weights]
) -> Change | None:
    if id in before and id in after:
        return None
    words = {True: "offered", False: "not offered"}
    return Change("offered", id, words[id in before], words[id in after])


def _of_cell(id: str, check: Check | None, before: Snapshot, after: Snapshot) -> Iterator[Change]:
    was, now = before.cells[id], after.cells[id]
    told = [*_judged(id, was, now), *_facts(id, was, now)]
    if was.bits == now.bits or was.asked != now.asked:
        yield from told
        return
    where = _where(check, was, now, before, after)
    if not told:
        yield Change("bits", id, was.bits, now.bits, where)
    for change in told:
        yield change._replace(why="; ".join(filter(None, [change.why, where])))


def _judged(id: str, was: Cell, now: Cell) -> Iterator[Change]:
    """Yield how the verdict of a check changed, beyond the slack that baselines have."""
    words = _words(was), _words(now)
    if was.state != now.state:
        mended = {"conforms": True, "diverges": None, "raises": False}[now.state]
        if now.state == "diverges":
            mended = False if was.state == "conforms" else None
        yield Change("cell", id, *words, now.says or was.says, mended)
        return
    if was.says != now.says:
        yield Change("cell", id, *words, f"{was.says}; now: {now.says}")
    standings = standings_of([finding_of(one) for one in now.findings], was.findings)
    why = [
        f"{one.status}: {one.key}" + (f" ({one.why})" if one.why else "")
        for one in standings
        if one.status != "known"
    ]
    if why:
        yield Change("cell", id, *words, "; ".join(why))
    elif was.grade != now.grade:
        yield Change("cell", id, *words)


def _words(cell: Cell) -> str:
    """Return what a cell came to in a word or two."""
    size = "" if cell.ulp is None else f", {cell.ulp:g} ulp"
    grade = f" ({cell.grade}{size})" if cell.grade else ""
    return f"{cell.state}{grade}"


def _facts(id: str, was: Cell, now: Cell) -> Iterator[Change]:
    names = dict.fromkeys([*was.facts, *now.facts])
    differ = [name for name in names if was.facts.get(name) != now.facts.get(name)]
    if differ:
        before, after = (
            ", ".join(f"{name} {cell.facts.get(name, '(none)')}" for name in differ)
            for cell in (was, now)
        )
        yield Change("kink", id, before, after)


def _of_weights(id: str, before: Snapshot, after: Snapshot) -> Change | None:
    was, now = before.weights[id], after.weights[id]
    if was.bits == now.bits or before.seed != after.seed:
        return None
    first, later = (" ".join(_brief(one) for one in drawn.first) for drawn in (was, now))
    return Change("weights", id, first or "none", later or "none")


def _brief(number: str) -> str:
    return f"{float.fromhex(number):.6g}"


def _where(check: Check | None, was: Cell, now: Cell, before: Snapshot, after: Snapshot) -> str:
    """Say for which inputs other bits come back, and by how much at the worst recorded one."""
    told = []
    if was.bands and before.bands == after.bands:
        places = _bands(was.bands, now.bands, before.bands)
        more = f" and {len(places) - _TOLD} more bands" if len(places) > _TOLD else ""
        told.append("for " + ", ".join(places[:_TOLD]) + more if places else "")
    sample = sample_of(check) if check else None
    if sample and before.inputs == after.inputs and was.asked == asked_digest(*sample):
        entry, fmt, part = sample
        x = recorded_inputs(fmt)
        if "".join(patterns(x, fmt)) == before.inputs[fmt.name]:
            right = every.right(entry, fmt, part, x)
            got = [every.unpack(one.results, right, fmt) for one in (was, now)]
            told.append(_example(x, got[0], got[1], fmt))
    return "; ".join(filter(None, told))


def _bands(was: str, now: str, ends: list[float]) -> list[str]:
    """Return the intervals in which the digests of two samples differ, neighbours together."""
    count = len(ends) + 1
    differ = [
        was[at * DIGITS : (at + 1) * DIGITS] != now[at * DIGITS : (at + 1) * DIGITS]
        for at in range(count)
    ]
    edges = [-math.inf, *ends, math.inf]
    found, start = [], None
    for at in range(count + 1):
        changed = at < count and differ[at]
        if changed and start is None:
            start = at
        if not changed and start is not None:
            found.append(f"{edges[start]:g} <= x < {edges[at]:g}")
            start = None
    return found


def _example(
    x: NDArray[np.generic], was: NDArray[np.generic], now: NDArray[np.generic], fmt: Format
) -> str:
    """Return the recorded input at which two results are furthest apart, counted in numbers."""
    one, other = fmt.from_bits(was), fmt.from_bits(now)
    apart = fmt.apart(one, other)
    if not apart.any():
        return "none of them recorded"
    at = int(np.argmax(apart))
    return f"at {describe(x[at])} it was {describe(one[at])} and is {describe(other[at])}"
