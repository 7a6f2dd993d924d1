"""What the page of a framework says: its backends, what departs and why, its names and defaults."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from actinit import spec
from actinit.adapters import Framework, bindings, frameworks
from actinit.spec import AnyEntry

from ..results import Results
from . import links
from .baselines import Place
from .defaults import Default, parameters
from .departures import Departure, Seen
from .verdicts import Verdict

__all__ = [
    "Explained",
    "Mode",
    "by_entry",
    "differing",
    "explained",
    "lacking",
    "modes",
    "names",
    "path",
]


def path(key: str) -> str:
    """Return a framework's page, without its ending."""
    return f"frameworks/{key}"


@dataclass(frozen=True)
class Explained:
    """A cause as it is seen on one framework."""

    departure: Departure
    seen: list[Seen]  #: On the framework's backends, in the runs at hand.
    places: list[Place]  #: Where its baselines have it.

    @property
    def worst(self) -> Seen | None:
        """What is furthest off."""
        return max(self.seen, key=lambda one: one.size, default=None)

    @property
    def backends(self) -> dict[str, int]:
        """How many findings each backend has in the runs at hand."""
        counts: dict[str, int] = {}
        for one in self.seen:
            name = one.measured.report.backend
            counts[name] = counts.get(name, 0) + 1
        return counts

    @property
    def entries(self) -> list[AnyEntry]:
        """What it concerns, whether it was seen there or not."""
        assert self.departure.cause is not None
        return [
            entry
            for entry in links.entries()
            if any(
                fnmatchcase(f"{entry.family}/{entry.name}", pattern)
                for pattern in self.departure.cause.entries
            )
        ]


@dataclass(frozen=True)
class Mode:
    """A backend of a framework, as it was measured."""

    name: str
    words: str
    verdict: Verdict | None  #: None if it is not among the runs at hand.
    places: list[str]  #: Where it was measured before, with the versions.
    own: list[str]  #: Slugs of the causes that it has and the framework's first mode has not.


def explained(
    key: str, departures: Iterable[Departure], places: Mapping[str, list[Place]]
) -> list[Explained]:
    """Return the causes that concern a framework, those first that are furthest off."""
    own = frameworks()[key].modes
    found = []
    for one in departures:
        if one.cause is None or not any(
            fnmatchcase(mode, pattern) for mode in own for pattern in one.cause.backends
        ):
            continue
        seen = [each for each in one.seen if each.measured.report.family == key]
        before = [place for place in places.get(one.id, ()) if place.backend in own]
        found.append(Explained(one, seen, before))
    places_of = {entry.name: at for at, entry in enumerate(links.entries())}
    return sorted(found, key=lambda one: min(places_of[entry.name] for entry in one.entries))


def by_entry(causes: Iterable[Explained]) -> list[tuple[AnyEntry, list[str]]]:
    """Return for each entry the slugs of the causes that concern it."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in causes:
        for entry in one.entries:
            found.setdefault((entry.family, entry.name), []).append(one.departure.id)
    return [
        (entry, found[entry.family, entry.name])
        for entry in links.entries()
        if (entry.family, entry.name) in found
    ]


def modes(
    results: Results, framework: Framework, verdicts: Iterable[Verdict], causes: list[Explained]
) -> Iterator[Mode]:
    """Yield the backends of a framework, those on a device of their own last."""
    by_name = {one.run.backend: one for one in verdicts}
    first = next(iter(framework.modes))
    for name, words in framework.modes.items():
        places = [
            f"{', '.join(f'{what} {at}' for what, at in one.header.versions.items())}"
            f" on {one.environment}"
            for one in results.baselines
            if one.backend == name
        ]
        own = [one.departure.id for one in causes if _has(one, name) and not _has(one, first)]
        yield Mode(name, words, by_name.get(name), places, own)
    for name, verdict in by_name.items():
        mode, placed, _ = name.partition("@")
        if placed and mode in framework.modes:
            words = f"{framework.modes[mode]}, on the device {verdict.run.device}"
            yield Mode(name, words, verdict, [], [])


def _has(one: Explained, backend: str) -> bool:
    """Say whether a cause was met on a backend, in the runs at hand or before."""
    return backend in one.backends or any(place.backend == backend for place in one.places)


def names(key: str) -> Iterator[tuple[AnyEntry, str, str]]:
    """Yield what a framework offers: the entry, its name there, and the layer of that name."""
    for entry in links.entries():
        binding = bindings(entry).get(key)
        if binding is None:
            continue
        parts = (getattr(binding, word, "") or "" for word in ("function", "layer", "loss"))
        function, layer, loss = parts
        yield entry, function or loss, layer


def lacking(key: str) -> list[AnyEntry]:
    """Return the entries that a framework has no name for."""
    return [entry for entry in links.entries() if key not in bindings(entry)]


def differing(key: str) -> list[Default]:
    """Return the parameters that a framework takes otherwise than the spec by default."""
    functions = [*spec.activations.values(), *spec.initializers.values()]
    return [one for one in parameters(functions) if key in one.differ]
