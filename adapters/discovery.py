"""The frameworks that are installed: all that distributions offer as ``actinit.adapters``.

A distribution offers one by an entry point of that group, which names a
`actinit.adapters.Framework`. Those of actinit itself are found in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import NamedTuple

from actinit.spec import SpecError

from .errors import AdapterError
from .framework import Framework

__all__ = [
    "GROUP",
    "Broken",
    "broken",
    "distribution_of",
    "frameworks",
    "is_ours",
    "names",
    "owner_of_broken",
]

GROUP = "actinit.adapters"
_OURS = "actinit"


class Broken(NamedTuple):
    """An entry point that names no framework."""

    name: str  #: Of the entry point.
    distribution: str
    reason: str

    def __str__(self) -> str:
        return (
            f"the backends {self.name!r} of the distribution {self.distribution} cannot be loaded: "
            f"{self.reason}"
        )


def frameworks() -> Mapping[str, Framework]:
    """Return the frameworks by name, in the order in which they are listed.

    One that cannot be loaded is left out; see `broken`.

    Raises
    ------
    AdapterError
        If there is none at all.
    """
    found = _found().frameworks
    if not found:
        raise AdapterError(
            f"no backends were found: the installation of actinit lacks the entry points {GROUP}; "
            "install it again"
        )
    return found


def names() -> tuple[str, ...]:
    """Return the names of all backends."""
    return tuple(name for framework in frameworks().values() for name in framework.backends)


def broken() -> tuple[Broken, ...]:
    """Return what distributions offer and what cannot be loaded, with the reason."""
    unreadable = []
    for name, framework in _found().frameworks.items():
        try:
            framework.bindings  # noqa: B018 - read, to see whether it can be
        except SpecError as error:
            unreadable.append(Broken(name, distribution_of(name), str(error)))
    return (*_found().broken, *unreadable)


def owner_of_broken(backend: str) -> Broken | None:
    """Return what was to bring a backend along and cannot be loaded."""
    return next(
        (one for one in broken() if backend == one.name or backend.startswith(f"{one.name}-")), None
    )


def is_ours(framework: str) -> bool:
    """Say whether a framework's adapter comes with actinit itself."""
    return distribution_of(framework) == _OURS


def distribution_of(framework: str) -> str:
    """Return the name of the distribution that a framework's adapter is of."""
    return _found().owners[framework]


class _Found(NamedTuple):
    frameworks: dict[str, Framework]
    owners: dict[str, str]  #: Distribution by the name of each backend.
    broken: tuple[Broken, ...]


@cache
def _found() -> _Found:
    found: dict[str, Framework] = {}
    owners: dict[str, str] = {}
    failed = []
    for point in sorted(entry_points(group=GROUP), key=_place):
        distribution = _distribution(point)
        try:
            framework = _load(point)
            taken = [name for name in framework.backends if name in owners]
            if taken:
                raise AdapterError(f"the distribution {owners[taken[0]]} has a {taken[0]!r} too")
        except (Exception, SystemExit) as error:  # of any kind: the code is not ours
            failed.append(Broken(point.name, distribution, _words(error)))
            continue
        found[framework.name] = framework
        owners |= dict.fromkeys(framework.backends, distribution)
    in_order = sorted(found.values(), key=lambda one: (one.order, one.name))
    return _Found({one.name: one for one in in_order}, owners, tuple(failed))


def _load(point: EntryPoint) -> Framework:
    framework = point.load()
    if not isinstance(framework, Framework):
        raise AdapterError(
            f"{point.value} is a {type(framework).__name__}, expected an actinit.adapters.Framework"
        )
    if stray := [name for name in framework.modes if not _belongs(name, framework)]:
        raise AdapterError(f"{stray[0]!r} does not begin with the framework's name and a hyphen")
    return framework


def _belongs(name: str, framework: Framework) -> bool:
    return name == framework.name or name.startswith(f"{framework.name}-")


def _words(error: BaseException) -> str:
    if isinstance(error, AdapterError):
        return str(error)
    return f"{type(error).__name__}: {error}"


def _distribution(point: EntryPoint) -> str:
    return point.dist.name if point.dist else "(unknown)"


def _place(point: EntryPoint) -> tuple[bool, str, str]:
    """Return where an entry point comes: ours first, so that no other takes our names."""
    distribution = _distribution(point)
    return distribution != _OURS, distribution, point.name
