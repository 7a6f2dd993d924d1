"""In which releases a cause is seen: since when, and in which it is no longer.

A cause may concern several functions, of which a release mends some: so it is followed function by
function, and those that fare alike are told together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from ..check import Check
from ..known.causes import Cause
from ..plan import plan
from ..results.history import Snapshot
from .compare import finding_of

__all__ = ["ReleaseRange", "ranges", "seen_in"]


class ReleaseRange(NamedTuple):
    """The releases of one backend in which a cause is seen, of those that were measured."""

    backend: str
    package: str
    entries: tuple[str, ...]  #: The functions that it is seen on in these releases.
    since: str  #: The first in which it is seen.
    before: str  #: The one before that, in which it is not; empty if it was seen from the first on.
    until: str  #: The last in which it is seen.
    fixed: str  #: The first after that, in which it is not; empty if there is none.
    seen: tuple[str, ...]

    def __str__(self) -> str:
        """Return it in words: ``jax 0.6.2 or before; fixed in 0.12.0.1``."""
        found = f"{self.package} {self.since}"
        found += f" (not in {self.before})" if self.before else " or before"
        return found + (f"; fixed in {self.fixed}" if self.fixed else "")


def seen_in(snapshot: Snapshot, causes: Mapping[str, Cause]) -> set[tuple[str, str]]:
    """Return slug and function of each cause that a release shows; a finding has one cause."""
    found: set[tuple[str, str]] = set()
    for id, cell in snapshot.cells.items():
        check = _checks().get(id)
        for known in cell.findings if check else ():
            finding = finding_of(known)
            assert check is not None
            covering = (
                slug for slug, one in causes.items() if one.covers(check, snapshot.backend, finding)
            )
            if slug := next(covering, None):
                found.add((slug, check.entry.name))
    return found


def ranges(
    snapshots: Iterable[Snapshot], causes: Mapping[str, Cause]
) -> dict[str, list[ReleaseRange]]:
    """Return by slug in which releases of each backend a cause is seen, and on which functions.

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
    found: dict[str, list[ReleaseRange]] = {}
    for of_one in by_backend.values():
        shown = [seen_in(one, causes) for one in of_one]
        alike: dict[tuple[str, tuple[int, ...]], list[str]] = {}
        for slug, entry in sorted(set().union(*shown)):
            places = tuple(at for at, one in enumerate(shown) if (slug, entry) in one)
            alike.setdefault((slug, places), []).append(entry)
        for (slug, places), entries in alike.items():
            found.setdefault(slug, []).append(_range(of_one, places, entries))
    return found


def _range(
    releases: Sequence[Snapshot], places: Sequence[int], entries: Iterable[str]
) -> ReleaseRange:
    names = [one.release for one in releases]
    first, last = places[0], places[-1]
    return ReleaseRange(
        backend=releases[0].backend,
        package=releases[0].package,
        entries=tuple(entries),
        since=names[first],
        before=names[first - 1] if first else "",
        until=names[last],
        fixed=names[last + 1] if last + 1 < len(names) else "",
        seen=tuple(names[at] for at in places),
    )


@cache
def _checks() -> dict[str, Check]:
    return {check.id: check for check in plan()}
