"""The results on an entry in the order of a page: cells of a table, findings, checks."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import groupby
from operator import itemgetter
from typing import Any

from actinit.adapters import frameworks
from actinit.conformance.known.causes import Cause
from actinit.conformance.results.conformance import ConformanceReport, Status
from actinit.spec import AnyEntry, formats

from ..results import Measured, Results

__all__ = [
    "ASPECTS",
    "ATTENTION",
    "Aspect",
    "Cell",
    "Column",
    "Family",
    "aspect",
    "checks",
    "families",
    "formats_asked",
    "matrix",
    "of_run",
    "of_storage",
    "offering",
    "other_distribution",
    "rest",
    "severity",
    "worst",
]

_GRADES = "ABCDF"
#: From what is worth least attention to what is worth most.
ATTENTION: tuple[Status, ...] = (
    "not-offered", "passed", "known", "better", "gone", "new", "worse", "void", "error"
)  # fmt: skip
# Statuses of checks that found nothing.
_CLEAN = ("passed", "not-offered")


@dataclass(frozen=True)
class Aspect:
    """What is graded apart: a letter on a nan says nothing of finite inputs."""

    title: str
    what: str  #: In a few words, below the title.
    words: tuple[str, ...]  #: One of which the id of a check has; empty for all other checks.


#: Of values and of derivatives.
ASPECTS = (
    Aspect(
        "Finite inputs", "value and derivative, the worst of all formats of 16 bits and more", ()
    ),
    Aspect("Special values", "zeros, infinities and nan", ("special",)),
    Aspect("Layout", "the same input in another place, length, stride or batch", ("layout",)),
)


@dataclass(frozen=True)
class Cell:
    """What a backend's results on one part of an entry come to."""

    grade: str | None
    status: Status | None
    ulp: float | None  #: Of the input that has the grade; none where it has no size.
    anchor: str
    fails: bool = False
    missing: bool = False  #: Whether the backend has or implements no such thing.


def worst(found: Iterable[Measured]) -> Cell:
    """Sum up several results by the worst of them: letter, number and anchor are of one check."""
    found = list(found)
    if not found:
        return Cell(None, None, None, "")
    shown = max(found, key=severity)
    return Cell(
        grade=shown.grade,
        status=max((m.result.status for m in found), key=ATTENTION.index),
        ulp=shown.error,
        anchor=shown.result.id,
        fails=any(m.result.fails for m in found),
        missing=shown.result.status == "not-offered" or shown.kind == "unsupported",
    )


def severity(measured: Measured) -> tuple[int, int, float]:
    """Order results by grade, then by status, then by error; what has no size comes last."""
    grade = _GRADES.index(measured.grade) if measured.grade else -1
    size = math.inf if measured.error is None else measured.error
    return grade, ATTENTION.index(measured.result.status), size


def aspect(found: Iterable[Measured], one: Aspect) -> list[Measured]:
    """Return the results that are graded under an aspect."""
    others = {word for other in ASPECTS for word in other.words} - set(one.words)
    return [
        m
        for m in found
        if (ids := set(m.result.id.split("/")[2:])).isdisjoint(others)
        and (not one.words or not ids.isdisjoint(one.words))
    ]


@dataclass(frozen=True)
class Column:
    """A backend at the head of a table."""

    backend: str
    label: str  #: Its mode, in a word; empty if its family has no other.
    mode: str  #: The same in a few words.


@dataclass(frozen=True)
class Family:
    """Neighbouring backends of one framework."""

    title: str
    columns: list[Column]


def families(runs: Iterable[Any]) -> list[Family]:
    """Group runs, or whatever names a backend and its family, by family.

    Parameters
    ----------
    runs : iterable
        In the order of the table: those of a family together.

    Returns
    -------
    list of Family
        Each backend once.
    """
    names = dict.fromkeys((run.family, run.backend) for run in runs)
    return [
        Family(_title(key, members), [_column(key, backend) for _, backend in members])
        for key, group in groupby(names, key=itemgetter(0))
        for members in [list(group)]
    ]


def _title(family: str, members: list[tuple[str, str]]) -> str:
    known = frameworks().get(family)
    return known.title.partition(" (")[0] if known else ", ".join(name for _, name in members)


def _column(family: str, backend: str) -> Column:
    known = frameworks().get(family)
    modes = known.modes if known else {}
    mode = modes.get(backend, "")
    if len(modes) < 2:
        return Column(backend, "", mode)
    return Column(backend, mode if backend == family else backend.removeprefix(f"{family}-"), mode)


def offering(results: Results, family: str) -> list[ConformanceReport]:
    """Return the runs of backends that offer an entry of a family: modes of a framework may not."""
    return [
        run
        for run in results.reports
        if any(r.family == family and r.status != "not-offered" for r in run.results)
    ]


def of_storage(measured: Measured) -> bool:
    """Say whether a result is of a format that frameworks only keep numbers in."""
    row = formats().get(measured.result.id.split("/")[2])
    return row is not None and not row.arithmetic


def formats_asked(results: Results, entry: AnyEntry, graded: Aspect, part: str) -> list[str]:
    """Return the formats in which an aspect of a part of an entry was asked, the widest first."""
    found = aspect(rest(results.of(entry), part), graded)
    asked = {m.result.id.split("/")[2] for m in found}
    return [name for name in reversed(list(formats())) if name in asked]


def matrix(
    results: Results, entries: Iterable[AnyEntry], parts: Iterable[str], graded: Aspect
) -> list[tuple[AnyEntry, list[list[Cell]], list[list[Measured]]]]:
    """Return for each entry and backend a cell for each part, and the findings beside the parts.

    Formats that frameworks only keep numbers in are left out: the pages of the functions have them.
    """
    rows = []
    parts = list(parts)
    for entry in entries:
        cells, beside = [], []
        for run in results.reports:
            mine = [m for m in of_run(results, entry, run) if not of_storage(m)]
            cells.append([worst(aspect(rest(mine, part), graded)) for part in parts])
            beside.append([
                m for m in aspect(mine, graded)
                if m.result.status not in _CLEAN
                and not set(parts) & set(m.result.id.split("/"))
            ])  # fmt: skip
        rows.append((entry, cells, beside))
    return rows


def of_run(results: Results, entry: AnyEntry, run: ConformanceReport) -> list[Measured]:
    """Return one backend's results on an entry."""
    return [measured for measured in results.of(entry) if measured.report is run]


def rest(found: Iterable[Measured], *words: str) -> list[Measured]:
    """Return the results whose id has all these words below the entry."""
    return [m for m in found if set(words) <= set(m.result.id.split("/")[2:])]


def checks(results: Results, entry: AnyEntry) -> Mapping[str, list[Measured]]:
    """Return the results on an entry by check."""
    found: dict[str, list[Measured]] = {}
    for measured in results.of(entry):
        found.setdefault(measured.result.id, []).append(measured)
    return found


def other_distribution(results: Results, entry: AnyEntry, family: str) -> list[Cause]:
    """Return the causes by which a family draws another distribution, in whatever mode."""
    name = f"{entry.family}/{entry.name}"
    return [
        cause
        for cause in results.causes.values()
        if "distribution" in cause.kinds
        and any(fnmatchcase(name, pattern) for pattern in cause.entries)
        and all(
            any(fnmatchcase(mode, pattern) for pattern in cause.backends)
            for mode in frameworks()[family].modes
        )
    ]
