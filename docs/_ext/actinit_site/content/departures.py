"""All findings on one page: what departs from an entry, of all backends that depart alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from actinit.conformance.report import Report
from actinit.spec import AnyEntry, Divergence, backends

from ..results import Measured, Results
from .view import Finding, findings, severity

__all__ = ["Departure", "departures"]


@dataclass(frozen=True)
class Departure:
    """One way of departing from an entry, and the backends that do so."""

    entry: AnyEntry
    kind: str
    listed: Divergence | None
    findings: list[Finding]  #: One of each backend.
    id: str  #: Its anchor, which stays as long as the entry's list does.

    @property
    def shown(self) -> list[Measured]:
        """The checks that show it, of all backends."""
        return [measured for found in self.findings for measured in found.shown]

    @property
    def worst(self) -> Measured | None:
        """The check that shows it most plainly, if one does."""
        return max(self.shown, key=severity, default=None)

    @property
    def frameworks(self) -> list[str]:
        """The families of backends that it is known of or was seen on."""
        known = backends()
        seen = {measured.report.family for measured in self.shown}
        told_of = {
            family
            for family, told in known.items()
            if self.listed and any(map(self.listed.covers, told.modes))
        }
        order = [*known, *sorted(seen - known.keys())]
        return [family for family in order if family in seen | told_of]

    @property
    def by_status(self) -> dict[str, list[str]]:
        """The backends by what it came to there, those it was seen on first."""
        found: dict[str, list[str]] = {}
        for one in sorted(self.findings, key=lambda one: not one.shown):
            found.setdefault(one.status, []).append(one.backend)
        return found


def departures(results: Results, entries: Iterable[AnyEntry]) -> list[Departure]:
    """Return every way in which a backend departs from an entry.

    Parameters
    ----------
    results : Results
        The runs at hand.
    entries : iterable of entries
        In the order of the page.

    Returns
    -------
    list of Departure
        Those of an entry's list in its order, then those that no list has: one for each kind and
        family of backends.
    """
    return [one for entry in entries for one in _of(results, entry)]


def _of(results: Results, entry: AnyEntry) -> Iterator[Departure]:
    families = {run.backend: run.family for run in results.reports}
    alike: dict[tuple[str, str], list[Finding]] = {}
    for found in findings(results, entry):
        place = _place(entry, found, families)
        alike.setdefault((place, found.kind), []).append(found)
    for (place, kind), several in alike.items():
        id = f"finding/{entry.family}/{entry.name}/{place}"
        yield Departure(entry, kind, several[0].listed, several, id)


def _place(entry: AnyEntry, found: Finding, families: dict[str, str]) -> str:
    """Name a finding below its entry: by its place in the list, or by family and kind."""
    if found.listed is None:
        return f"{families[found.backend]}/{found.kind}"
    return str(next(n for n, one in enumerate(entry.divergence) if one is found.listed))


def of_run(found: Iterable[Departure], run: Report) -> list[Departure]:
    """Return those that a run showed."""
    return [one for one in found if any(measured.report is run for measured in one.shown)]
