"""What departs from the spec: each finding, those that are alike together, and their causes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from actinit.adapters import frameworks
from actinit.conformance.check import Finding
from actinit.conformance.formats import FORMATS
from actinit.conformance.known.causes import Cause
from actinit.conformance.results.conformance import ConformanceReport, Status
from actinit.conformance.results.standing import Standing
from actinit.spec import AnyEntry

from ..results import Measured, Results
from . import links
from .view import ATTENTION, severity

__all__ = ["Departure", "Group", "Row", "Seen", "Summary", "departures", "groups", "of_run",
           "present", "rows", "seen", "summaries"]  # fmt: skip

# How the anchor of a finding begins; no slug of a cause has a slash.
_FINDING = "finding/"


@dataclass(frozen=True)
class Seen:
    """One finding of one check on one backend, with how it stands to the baseline."""

    entry: AnyEntry
    measured: Measured
    standing: Standing
    finding: Finding | None  #: None if it is gone.

    @property
    def kind(self) -> str:
        """What sort of finding it is; of one that is gone nothing but its key is known."""
        return (self.finding and self.finding.kind) or "gone"

    @property
    def status(self) -> Status:
        """How it stands to the baseline; a call that went wrong and did not before is an error."""
        status = self.standing.status
        result = self.measured.result
        if result.status == "error" and self.kind in ("error", "unsupported"):
            return status if status == "known" else "error"
        return status

    @property
    def unexplained(self) -> bool:
        """Whether it is there and has no cause."""
        return self.standing.cause is None and self.standing.status != "gone"

    @property
    def error(self) -> float | None:
        """The error in ulp at the worst input, where it has a size."""
        worst = self.finding and self.finding.worst
        return worst.error if worst else None

    @property
    def passed_by(self) -> str | None:
        """The framework's own test function, if it would let the worst result pass.

        None if it would not, if there is none, or if no result is at hand.
        """
        framework = frameworks().get(self.measured.report.family)
        worst, fmt = self.finding and self.finding.worst, _format_of(self.measured.result.id)
        if self.kind != "accuracy" or not (framework and framework.tolerance and worst and fmt):
            return None
        try:
            got, right = float(worst.got), float(worst.exact)
        except ValueError:  # a row
            return None
        passes = framework.tolerance.passes(fmt, got, right)
        return framework.tolerance.test if passes else None

    @property
    def size(self) -> tuple[float, int]:
        """What the worst of several has most of; an error without a size comes last."""
        error = math.inf if self.error is None else self.error
        return (error, self.finding.count) if self.finding else (-1.0, 0)


def _format_of(check: str) -> str | None:
    return next((part for part in check.split("/") if part in FORMATS), None)


def seen(results: Results, entry: AnyEntry) -> list[Seen]:
    """Return what was found on an entry, and what is gone, backend by backend."""
    return [
        Seen(entry, measured, standing, found.get(key))
        for measured in results.of(entry)
        for found in [{one.key: one for one in measured.findings}]
        for key, standing in measured.standings.items()
    ]


class _Several:
    """What can be said of several findings together."""

    seen: list[Seen]

    @property
    def shown(self) -> list[Measured]:
        """The checks that show them, each once."""
        return list({(one.measured.report.backend, one.measured.result.id): one.measured
                     for one in self.seen}.values())  # fmt: skip

    @cached_property
    def worst(self) -> Seen:
        """The one whose input is furthest off."""
        return max(self.seen, key=lambda one: one.size)

    @property
    def kinds(self) -> list[str]:
        """Their kinds, each once."""
        return list(dict.fromkeys(one.kind for one in self.seen))

    @property
    def fails(self) -> bool:
        """Whether a check that shows them fails its run."""
        return any(measured.result.fails for measured in self.shown)

    @property
    def status(self) -> Status:
        """The status that is worth most attention."""
        return max((one.status for one in self.seen), key=ATTENTION.index)

    @property
    def by_status(self) -> dict[str, list[str]]:
        """The backends by how the findings stand there, what is worth most attention first."""
        found: dict[str, dict[str, None]] = {}
        for one in sorted(self.seen, key=lambda one: -ATTENTION.index(one.status)):
            found.setdefault(one.status, {})[one.measured.report.backend] = None
        return {status: list(names) for status, names in found.items()}

    @property
    def unexplained(self) -> bool:
        """Whether a backend shows one that has no cause there."""
        return any(one.unexplained for one in self.seen)

    @property
    def frameworks(self) -> list[str]:
        """The families of the backends, in the order of the spec."""
        families = {one.measured.report.family for one in self.seen}
        order = [*frameworks(), *sorted(families - frameworks().keys())]
        return [family for family in order if family in families]


@dataclass(frozen=True)
class Row(_Several):
    """One finding of one check, on all backends that show it."""

    entry: AnyEntry
    check: str
    key: str
    seen: list[Seen]

    @property
    def id(self) -> str:
        """Its anchor, which stays as long as the check and the finding's key do."""
        return f"{_FINDING}{self.check}/{self.key}"

    @property
    def format(self) -> str | None:
        """The format that the check is of, if it is of one."""
        return _format_of(self.check)

    @property
    def causes(self) -> list[str]:
        """Slugs of what explains it, each once."""
        return list(dict.fromkeys(one.standing.cause for one in self.seen if one.standing.cause))


@dataclass(frozen=True)
class Group(_Several):
    """What one backend shows of one cause on an entry; without a cause, of one kind."""

    backend: str
    kind: str
    slug: str | None
    cause: Cause | None
    seen: list[Seen]

    @property
    def id(self) -> str:
        """Its anchor on the page of the entry."""
        return f"found/{self.backend}/{self.slug or self.kind.replace(' ', '-')}"

    @property
    def plainest(self) -> Measured:
        """The check that shows it most plainly."""
        return max(self.shown, key=severity)


@dataclass(frozen=True)
class Summary(_Several):
    """What all backends show of one cause on an entry; without a cause, of one kind."""

    entry: AnyEntry
    slug: str | None
    cause: Cause | None
    seen: list[Seen]

    @property
    def address(self) -> str:
        """The table of these findings alone."""
        chosen = f"cause={self.slug}" if self.slug else f"kind={self.kinds[0].replace(' ', '-')}"
        return f"{links.findings(self.entry)}.html?{chosen}"


@dataclass(frozen=True)
class Departure(_Several):
    """A cause with all that it explains, or one finding that has none."""

    id: str  #: Its anchor: the slug, or that of the finding's row.
    cause: Cause | None  #: None if unexplained, or if the slug is no longer known.
    seen: list[Seen]  #: Empty for a cause that no run at hand shows.

    @property
    def explained(self) -> bool:
        """Whether it is a cause."""
        return not self.id.startswith(_FINDING)

    @property
    def entries(self) -> list[AnyEntry]:
        """The entries that show it, each once."""
        found = {(one.entry.family, one.entry.name): one.entry for one in self.seen}
        return list(found.values())


def rows(results: Results, entries: Iterable[AnyEntry] | None = None) -> list[Row]:
    """Return every finding of every run; backends that show the same one share a row."""
    found: dict[tuple[str, str], list[Seen]] = {}
    for entry in links.entries() if entries is None else entries:
        for one in seen(results, entry):
            found.setdefault((one.measured.result.id, one.standing.key), []).append(one)
    return [Row(several[0].entry, *place, several) for place, several in found.items()]


def summaries(results: Results) -> list[Summary]:
    """Return what was found by entry and cause; unexplained and gone findings by kind."""
    return [
        Summary(entry, slug, results.causes.get(slug) if slug else None, several)
        for entry in links.entries()
        for found in [_by_cause(seen(results, entry))]
        for (slug, _), several in found.items()
    ]


def _by_cause(found: Iterable[Seen]) -> dict[tuple[str | None, str], list[Seen]]:
    several: dict[tuple[str | None, str], list[Seen]] = {}
    for one in found:
        slug = one.standing.cause
        several.setdefault((slug, "" if slug else one.kind), []).append(one)
    return several


def groups(results: Results, entry: AnyEntry) -> list[Group]:
    """Return what was found on an entry by backend and cause; unexplained findings by kind."""
    found: dict[str, list[Seen]] = {}
    for one in seen(results, entry):
        found.setdefault(one.measured.report.backend, []).append(one)
    return [
        Group(backend, kind or ", ".join(dict.fromkeys(one.kind for one in several)), slug,
              results.causes.get(slug) if slug else None, several)
        for backend, mine in found.items()
        for (slug, kind), several in _by_cause(mine).items()
    ]  # fmt: skip


def departures(results: Results) -> list[Departure]:
    """Return all causes with what they explain in the runs at hand, then what has no cause."""
    explained: dict[str, list[Seen]] = {slug: [] for slug in results.causes}
    others = []
    for row in rows(results):
        for slug in row.causes:
            mine = [one for one in row.seen if one.standing.cause == slug]
            explained.setdefault(slug, []).extend(mine)
        if bare := [one for one in row.seen if one.unexplained]:
            others.append(Departure(row.id, None, bare))
    known = [Departure(slug, results.causes.get(slug), mine) for slug, mine in explained.items()]
    return known + others


def of_run(found: Iterable[Departure], run: ConformanceReport) -> list[Departure]:
    """Return those that a run showed."""
    return [one for one in found if any(each.measured.report is run for each in one.seen)]


def present(run: ConformanceReport) -> int:
    """Return how many findings a run has, without those that are gone."""
    return sum(one.status != "gone" for result in run.results for one in result.standings)
