"""The results on an entry in the order of a page: cells of a table, findings, checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from actinit.conformance.report import FAILING, STATUSES, Report, Status
from actinit.conformance.sweep.report import Report as SweepReport
from actinit.conformance.sweep.sweep import PARTS
from actinit.spec import AnyEntry, Divergence, backends

from ..results import Exhaustive, Measured, Results

__all__ = [
    "FOUND",
    "Cell",
    "Column",
    "Family",
    "Finding",
    "checks",
    "families",
    "findings",
    "matrix",
    "of_run",
    "offering",
    "other_law",
    "rest",
    "severity",
    "sources",
    "sweeps",
    "unswept",
    "worst",
]

_GRADES = "ABCDF"
#: From what is worth least attention to what is worth most.
_ATTENTION: tuple[Status, ...] = ("not-offered", "pass", "known", "news", "stale", "fail", "error")
#: What a finding can come to: the statuses of checks, and where no check shows it.
FOUND: Mapping[str, str] = {str(status): told for status, told in STATUSES.items()} | {
    "unseen": "not seen in this run",
    "unmeasured": "not measured here",
}


@dataclass(frozen=True)
class Cell:
    """What a backend's results on one part of an entry come to."""

    grade: str | None
    status: Status | None
    ulp: float | None
    anchor: str


def worst(found: Iterable[Measured]) -> Cell:
    """Sum up several results by the worst of them."""
    found = list(found)
    if not found:
        return Cell(None, None, None, "")
    shown = max(found, key=severity)
    errors = [m.error for m in found if m.error is not None and m.result.id.endswith("/ulp")]
    return Cell(
        grade=shown.grade,
        status=max((m.result.status for m in found), key=_ATTENTION.index),
        ulp=max(errors, default=None),
        anchor=shown.result.id,
    )


def severity(measured: Measured) -> tuple[int, int, float]:
    """Order results by grade, then by status, then by error."""
    grade = _GRADES.index(measured.grade) if measured.grade else -1
    return grade, _ATTENTION.index(measured.result.status), measured.error or 0.0


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
    known = backends().get(family)
    return known.title.partition(" (")[0] if known else ", ".join(name for _, name in members)


def _column(family: str, backend: str) -> Column:
    known = backends().get(family)
    modes = known.modes if known else {}
    mode = modes.get(backend, "")
    if len(modes) < 2:
        return Column(backend, "", mode)
    return Column(backend, mode if backend == family else backend.removeprefix(f"{family}-"), mode)


def offering(results: Results, family: str) -> list[Report]:
    """Return the runs of backends that offer an entry of a family: modes of a framework may not."""
    return [
        run
        for run in results.reports
        if any(r.family == family and r.status != "not-offered" for r in run.results)
    ]


def matrix(
    results: Results, entries: Iterable[AnyEntry], parts: Iterable[str]
) -> list[tuple[AnyEntry, list[list[Cell]], list[list[Measured]]]]:
    """Return for each entry and backend a cell for each part, and the findings beside the parts."""
    rows = []
    parts = list(parts)
    for entry in entries:
        cells, beside = [], []
        for run in results.reports:
            mine = of_run(results, entry, run)
            cells.append([worst(rest(mine, part)) for part in parts])
            beside.append([
                m for m in mine
                if m.result.status not in ("pass", "not-offered")
                and not set(parts) & set(m.result.id.split("/"))
            ])  # fmt: skip
        rows.append((entry, cells, beside))
    return rows


def of_run(results: Results, entry: AnyEntry, run: Report) -> list[Measured]:
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


@dataclass(frozen=True)
class Finding:
    """A departure of one backend, listed or not, with the checks that show it."""

    backend: str
    kind: str
    listed: Divergence | None
    shown: list[Measured]
    measured: bool  #: Whether a run of this backend is at hand.

    @property
    def failing(self) -> bool:
        """Whether it fails the run."""
        return any(m.result.status in FAILING for m in self.shown)

    @property
    def worst(self) -> Measured:
        """The check that shows it most plainly."""
        return max(self.shown, key=severity)

    @property
    def status(self) -> str:
        """In a word: what it came to, at the worst of the checks that show it."""
        if not self.shown:
            return "unseen" if self.measured else "unmeasured"
        return max((m.result.status for m in self.shown), key=_ATTENTION.index)

    @property
    def verdict(self) -> str:
        """In a few words: whether this was seen, and expected."""
        return FOUND[self.status]


def findings(results: Results, entry: AnyEntry) -> list[Finding]:
    """Return what departs from an entry: as the entry lists it, then what it does not list."""
    odd = [m for m in results.of(entry) if m.result.status not in ("pass", "not-offered")]
    found = []
    for index, listed in enumerate(entry.divergence):
        runs = [run for run in results.reports if listed.covers(run.backend)]
        candidates: list[Report | None] = [*runs] or [None]
        for run in candidates:
            shown = [m for m in odd if m.report is run and m.result.divergence == index]
            name = run.backend if run else ", ".join(listed.backends)
            found.append(Finding(name, listed.kind, listed, shown, run is not None))
    unlisted: dict[tuple[str, str], list[Measured]] = {}
    for measured in odd:
        if measured.result.divergence is None:
            outcome = measured.result.outcome
            kind = (outcome and outcome.kind) or "error"
            unlisted.setdefault((measured.report.backend, kind), []).append(measured)
    found += [Finding(name, kind, None, shown, True) for (name, kind), shown in unlisted.items()]
    return found


def other_law(entry: AnyEntry, family: str) -> list[Divergence]:
    """Return what the entry says of a family that draws another law, in whatever mode."""
    modes = backends()[family].modes
    return [
        listed
        for listed in entry.divergence
        if listed.kind == "distribution" and all(map(listed.covers, modes))
    ]


def sweeps(results: Results, entry: AnyEntry) -> dict[str, dict[str, Exhaustive]]:
    """Return the sweeps over all float32 inputs of an entry, by backend and part."""
    mine = [one for one in results.exhaustive if one.swept.entry == entry.name]
    found: dict[str, dict[str, Exhaustive]] = {one.report.backend: {} for one in mine}
    for one in sorted(mine, key=lambda one: PARTS.index(one.swept.part)):
        found[one.report.backend][one.swept.part] = one
    return found


def sources(found: Iterable[Exhaustive]) -> list[tuple[SweepReport, list[Exhaustive]]]:
    """Return the reports that sweeps are from, each with those that are from it."""
    by_report: dict[int, tuple[SweepReport, list[Exhaustive]]] = {}
    for one in found:
        by_report.setdefault(id(one.report), (one.report, []))[1].append(one)
    return list(by_report.values())


def unswept(results: Results, entry: AnyEntry) -> list[str]:
    """Return the backends that offer an entry, as far as is known, and were not swept.

    The reference is left out: it is what others are held to, and is itself held to the oracle.
    """
    known = set(sweeps(results, entry))
    known |= {backend for backend, lacked, _ in results.lacking if lacked == entry.name}
    return [
        name
        for family in entry.backends
        if family != "numpy"
        for name in backends()[family].modes
        if name not in known
    ]
