"""The results on an entry in the order of a page: cells of a table, findings, checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from actinit.conformance.report import FAILING, STATUSES, Report, Status
from actinit.spec import AnyEntry, Divergence, backends

from .results import Measured, Results

__all__ = [
    "Cell", "Finding", "checks", "findings", "matrix", "of_run", "other_law", "rest", "worst",
]  # fmt: skip

_GRADES = "ABCDF"
#: From what is worth least attention to what is worth most.
_ATTENTION: tuple[Status, ...] = ("not-offered", "pass", "known", "news", "stale", "fail", "error")


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
    shown = max(found, key=_severity)
    errors = [m.error for m in found if m.error is not None and m.result.id.endswith("/ulp")]
    return Cell(
        grade=shown.grade,
        status=max((m.result.status for m in found), key=_ATTENTION.index),
        ulp=max(errors, default=None),
        anchor=shown.result.id,
    )


def _severity(measured: Measured) -> tuple[int, int, float]:
    """Order results by grade, then by status, then by error."""
    grade = _GRADES.index(measured.grade) if measured.grade else -1
    return grade, _ATTENTION.index(measured.result.status), measured.error or 0.0


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
        return max(self.shown, key=_severity)

    @property
    def verdict(self) -> str:
        """In a few words: whether this was seen, and expected."""
        if not self.shown:
            return "not seen in this run" if self.measured else "not measured here"
        return STATUSES[max((m.result.status for m in self.shown), key=_ATTENTION.index)]


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
