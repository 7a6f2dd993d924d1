"""In which releases a cause is seen: since when, and in which it is no longer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from ..check import Check
from ..known.causes import Cause
from ..plan import plan
from ..results.history import Snapshot
from .compare import finding_of

__all__ = ["Life", "lives", "seen_in"]


class Life(NamedTuple):
    """The releases of one backend in which a cause is seen, of those that were measured."""

    backend: str
    package: str
    since: str  #: The first in which it is seen.
    before: str  #: The one before that, in which it is not; empty if it was seen from the first on.
    until: str  #: The last in which it is seen.
    fixed: str  #: The first after that, in which it is not; empty if there is none.
    seen: tuple[str, ...]

    def __str__(self) -> str:
        """Return it as a sentence that has no verb."""
        found = f"{self.package} {self.since}" + ("" if self.before else " or before")
        if self.before:
            found += f" (not in {self.before})"
        return found


def seen_in(snapshot: Snapshot, causes: Mapping[str, Cause]) -> dict[str, int]:
    """Return how many findings of a release each cause explains, by slug; each finding once."""
    counts: dict[str, int] = {}
    for id, cell in snapshot.cells.items():
        check = _checks().get(id)
        for known in cell.findings if check else ():
            finding = finding_of(known)
            assert check is not None
            covering = (
                slug for slug, one in causes.items() if one.covers(check, snapshot.backend, finding)
            )
            if slug := next(covering, None):
                counts[slug] = counts.get(slug, 0) + 1
    return counts


def lives(snapshots: Iterable[Snapshot], causes: Mapping[str, Cause]) -> dict[str, list[Life]]:
    """Return by slug in which releases of each backend a cause is seen.

    Parameters
    ----------
    snapshots : iterable of Snapshot
        Backend by backend, the oldest release first. An incomplete one says nothing of what it
        lacks, and is left out.
    causes : mapping of str to Cause
        By slug.
    """
    by_backend: dict[str, list[Snapshot]] = {}
    for one in snapshots:
        if one.complete:
            by_backend.setdefault(one.backend, []).append(one)
    found: dict[str, list[Life]] = {}
    for backend, of_one in by_backend.items():
        counts = [seen_in(one, causes) for one in of_one]
        releases = [one.release for one in of_one]
        for slug in dict.fromkeys(slug for count in counts for slug in count):
            places = [at for at, count in enumerate(counts) if slug in count]
            first, last = places[0], places[-1]
            life = Life(
                backend=backend,
                package=of_one[0].package,
                since=releases[first],
                before=releases[first - 1] if first else "",
                until=releases[last],
                fixed=releases[last + 1] if last + 1 < len(releases) else "",
                seen=tuple(releases[at] for at in places),
            )
            found.setdefault(slug, []).append(life)
    return found


@cache
def _checks() -> dict[str, Check]:
    return {check.id: check for check in plan()}
