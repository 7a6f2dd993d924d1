"""The front page: a sentence for each backend, and a matrix whose marks lead to what was found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from actinit import spec
from actinit.adapters import frameworks
from actinit.conformance.results.conformance import ConformanceReport
from actinit.spec import Activation, AnyEntry

from ..results import Measured, Results
from . import departures, links
from .view import ASPECTS, Cell, aspect, of_run, of_storage, rest, severity, worst

__all__ = ["MARKS", "Letter", "Mark", "Row", "Verdict", "anchors", "matrix", "named", "verdicts"]

_PARTS = ("value", "derivative")
_FINITE, _SPECIAL, _LAYOUT = ASPECTS
# Statuses of checks that found nothing.
_CLEAN = ("passed", "not-offered")
#: What stands beside the letters: a sign, and what it says.
MARKS = {
    "∞": "special values: a zero, an infinity or nan is not as stated",
    "⇄": "layout: the same input gives other bits in another place or length",
    "∅": "not implemented in a format, though the function is offered",
    "≠": "other findings, such as a default that differs",
}


@dataclass(frozen=True)
class Letter:
    """How exact a function or derivative is at finite inputs, in the worst format."""

    cell: Cell
    href: str  #: The sentence of its finding; empty where nothing was found.


@dataclass(frozen=True)
class Mark:
    """A finding of another sort than accuracy at finite inputs."""

    sign: str
    href: str
    message: str


@dataclass(frozen=True)
class Row:
    """An entry: for each backend letters of value and derivative, and marks beside them."""

    entry: Activation
    cells: list[tuple[ConformanceReport, list[Letter], list[Mark]]]


@dataclass(frozen=True)
class Verdict:
    """One backend in numbers, for a sentence: functions and derivatives at finite inputs."""

    run: ConformanceReport
    name: str  #: The framework and the mode, such as ``PyTorch, eager``.
    kept: int  #: Within their budgets in all formats.
    inexact: int  #: Of which digits are lost somewhere (grade D).
    wrong: int  #: Wrong somewhere (grade F).
    findings: int

    @property
    def asked(self) -> int:
        """How many functions and derivatives the backend offers."""
        return self.kept + self.inexact + self.wrong


def named(run: ConformanceReport) -> str:
    """Return a backend's name for people: the framework's, and the mode if it has several."""
    known = frameworks().get(run.family)
    if known is None:
        return run.backend
    title = known.title.partition(" (")[0]
    mode = known.modes.get(run.backend, run.backend)
    return title if len(known.modes) < 2 else f"{title}, {mode.partition(', ')[0]}"


def verdicts(results: Results) -> list[Verdict]:
    """Return what each run comes to."""
    found: dict[str, list[Cell]] = {run.backend: [] for run in results.reports}
    for row in matrix(results):
        for run, letters, _ in row.cells:
            found[run.backend] += [one.cell for one in letters if one.cell.status]
    return [
        Verdict(
            run,
            named(run),
            kept=sum(not one.missing and one.grade not in ("D", "F") for one in found[run.backend]),
            inexact=sum(one.grade == "D" for one in found[run.backend]),
            wrong=sum(one.grade == "F" for one in found[run.backend]),
            findings=departures.present(run),
        )
        for run in results.reports
    ]


def anchors(results: Results, entry: AnyEntry) -> dict[tuple[str, str], str]:
    """Return where on its page a finding is told, by backend and check; the gravest comes first."""
    found: dict[tuple[str, str], str] = {}
    for group in sorted(departures.groups(results, entry), key=lambda one: one.worst.size)[::-1]:
        for measured in group.shown:
            found.setdefault((group.backend, measured.result.id), group.id)
    return found


def matrix(results: Results) -> Iterator[Row]:
    """Yield a row for each activation; formats that only keep numbers are left out."""
    for entry in spec.activations.values():
        told = anchors(results, entry)
        cells = []
        for run in results.reports:
            mine = [one for one in of_run(results, entry, run) if not of_storage(one)]
            letters = [_letter(entry, rest(mine, part), told) for part in _PARTS]
            cells.append((run, letters, list(_marks(entry, mine, told))))
        yield Row(entry, cells)


def _letter(entry: Activation, found: list[Measured], told: dict[tuple[str, str], str]) -> Letter:
    graded = aspect(found, _FINITE)
    if not graded:
        return Letter(worst([]), "")
    shown = max(graded, key=severity)
    return Letter(worst(graded), _place(entry, shown, told))


def _place(entry: Activation, one: Measured, told: dict[tuple[str, str], str]) -> str:
    """Return the address of the sentence that tells of a check, empty if there is none."""
    anchor = told.get((one.report.backend, one.result.id))
    return f"{links.path(entry)}.html#{anchor}" if anchor else ""


def _marks(
    entry: Activation, mine: list[Measured], told: dict[tuple[str, str], str]
) -> Iterator[Mark]:
    diverging = [one for one in mine if one.result.status not in _CLEAN]
    lacking = [one for one in diverging if one.kind == "unsupported"]
    others = [one for one in diverging if one not in lacking]
    special, layout, finite = (aspect(others, one) for one in (_SPECIAL, _LAYOUT, _FINITE))
    of_neither = [one for one in finite if not set(_PARTS) & set(one.result.id.split("/"))]
    for sign, found in zip(MARKS, (special, layout, lacking, of_neither), strict=True):
        if found:
            shown = max(found, key=severity)
            yield Mark(sign, _place(entry, shown, told), shown.result.message)
