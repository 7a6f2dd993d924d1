"""Sweeps over every float32: those of a function, what was noted, and where they were made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from actinit.adapters import bindings, frameworks
from actinit.conformance.exhaustive.sweep import PARTS
from actinit.conformance.results.exhaustive import ExhaustiveReport as SweepReport
from actinit.spec import AnyEntry

from ..results import Exhaustive, Results
from .error_curves import ErrorCurve, swept

__all__ = [
    "Source",
    "diverging",
    "drawn",
    "every",
    "lacking",
    "noted",
    "of_entry",
    "sources",
    "unswept",
]


def of_entry(results: Results, entry: AnyEntry) -> dict[str, dict[str, Exhaustive]]:
    """Return the sweeps over all float32 inputs of an entry, by backend and part."""
    mine = [one for one in results.exhaustive if one.swept.entry == entry.name]
    found: dict[str, dict[str, Exhaustive]] = {one.report.backend: {} for one in mine}
    for one in sorted(mine, key=lambda one: PARTS.index(one.swept.part)):
        found[one.report.backend][one.swept.part] = one
    return found


def every(swept: Mapping[str, Mapping[str, Exhaustive]]) -> list[Exhaustive]:
    """Return all sweeps of an entry, backend by backend."""
    return [one for parts in swept.values() for one in parts.values()]


def diverging(sweeps: Iterable[Exhaustive]) -> list[Exhaustive]:
    """Return the sweeps in which something diverges."""
    return [one for one in sweeps if one.findings]


def noted(sweeps: Iterable[Exhaustive]) -> list[Exhaustive]:
    """Return the sweeps in which something was noted that conforms."""
    return [one for one in sweeps if one.notes]


def drawn(sweeps: Iterable[Exhaustive]) -> list[tuple[str, list[ErrorCurve]]]:
    """Return each part with the error curves of its sweeps, unless all of them have no error."""
    found = []
    given = list(sweeps)
    for part in ("value", "derivative"):
        mine = [one for one in given if one.swept.part == part]
        if any(one.error != 0 for one in mine):
            found.append((part, [swept(one) for one in mine]))
    return found


@dataclass(frozen=True)
class Source:
    """A report that sweeps are from."""

    report: SweepReport
    sweeps: list[Exhaustive]

    @property
    def by_inputs(self) -> list[tuple[int, list[Exhaustive]]]:
        """The sweeps over so many inputs each, those over the most first."""
        counts = sorted({one.swept.inputs for one in self.sweeps}, reverse=True)
        return [(n, [one for one in self.sweeps if one.swept.inputs == n]) for n in counts]


def sources(sweeps: Iterable[Exhaustive]) -> list[Source]:
    """Return the reports that sweeps are from, each with those that are from it."""
    by_report: dict[int, Source] = {}
    for one in sweeps:
        by_report.setdefault(id(one.report), Source(one.report, [])).sweeps.append(one)
    return list(by_report.values())


def lacking(results: Results, entry: AnyEntry) -> list[tuple[str, str, str]]:
    """Return the backends and parts of an entry that could not be swept, each with the reason."""
    return [
        (backend, part, why)
        for (backend, name, part), why in results.lacking.items()
        if name == entry.name
    ]


def unswept(results: Results, entry: AnyEntry) -> list[str]:
    """Return the backends that offer an entry, as far as is known, and were not swept.

    The reference is left out: it is what others are held to, and is itself held to the oracle.
    """
    known = set(of_entry(results, entry))
    known |= {backend for backend, lacked, _ in results.lacking if lacked == entry.name}
    return [
        name
        for family in bindings(entry)
        if family != "numpy"
        for name in frameworks()[family].modes
        if name not in known
    ]
