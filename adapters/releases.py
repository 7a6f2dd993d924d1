"""Which releases of a framework are measured, and what each needs: ``releases.toml`` beside it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from actinit.spec import SpecError
from actinit.spec.loader import read
from actinit.spec.model import Struct

__all__ = ["Recipe", "Releases", "Rule", "read_releases", "release_key"]

_NAME = "releases.toml"


class Rule(Struct, frozen=True, kw_only=True):
    """What some releases need and others do not. All that hold count, the last one most."""

    since: str = ""  #: The first release that it holds for; from the first of all if empty.
    before: str = ""  #: The first release that it no longer holds for.
    backends: tuple[str, ...] = ()  #: For which it holds; for all if empty.
    python: str = ""  #: The Python that is taken, such as ``3.13``.
    requirements: tuple[str, ...] = ()  #: What is installed beside the others.
    why: str = ""  #: What makes it necessary.

    def holds(self, backend: str, release: str) -> bool:
        """Say whether it holds for a release under a backend."""
        key = release_key(release)
        return (
            (not self.backends or backend in self.backends)
            and (not self.since or key >= release_key(self.since))
            and (not self.before or key < release_key(self.before))
        )


class Recipe(NamedTuple):
    """What an environment of one release is made of."""

    backend: str
    package: str
    release: str
    python: str  #: Such as ``3.13``; empty if any will do.
    requirements: tuple[str, ...]
    megabytes: int  #: What it takes on the disk, about.


class Releases(Struct, frozen=True, kw_only=True):
    """Whose releases are measured, which ones, and how each is installed.

    In `requirements`, ``{release}`` stands for the release. What actinit itself needs there, NumPy,
    ml_dtypes and msgspec, is installed in any case.
    """

    package: str  #: As pip calls it.
    measured: tuple[str, ...]  #: Those that ``actinit history`` takes if none is named.
    requirements: tuple[str, ...]
    megabytes: int  #: What an environment takes on the disk, about.
    rules: tuple[Rule, ...] = ()

    def recipe(self, backend: str, release: str) -> Recipe:
        """Return what an environment of a release is made of, for a backend of the framework."""
        python, requirements = "", list(self.requirements)
        for rule in self.rules:
            if rule.holds(backend, release):
                python = rule.python or python
                requirements += rule.requirements
        return Recipe(
            backend=backend,
            package=self.package,
            release=release,
            python=python,
            requirements=tuple(one.format(release=release) for one in requirements),
            megabytes=self.megabytes,
        )


def read_releases(folder: str) -> Releases | None:
    """Return what the ``releases.toml`` of a framework's folder says; None if it has no such file.

    Raises
    ------
    SpecError
        If a key is unknown, missing or of the wrong type, or a release is no release.
    """
    file = Path(folder) / _NAME
    if not folder or not file.exists():
        return None
    found = read(file, Releases)
    ends = [end for rule in found.rules for end in (rule.since, rule.before) if end]
    for release in (*found.measured, *ends):
        if not re.fullmatch(r"\d+(\.\d+)*", release):
            raise SpecError(file, "measured", f"{release!r} is no release; expected, say, 2.9.1")
    return found


def release_key(release: str) -> tuple[int, ...]:
    """Return what releases are ordered by: ``2.11.0`` comes after ``2.9.1``.

    What follows the numbers does not count: ``2.13.0+cpu`` is (2, 13, 0).
    """
    numbers = re.match(r"\d+(\.\d+)*", release)
    return tuple(map(int, numbers[0].split("."))) if numbers else ()
