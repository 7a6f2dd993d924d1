"""Causes: why backends diverge, by pattern, written by hand; no figure stands in one.

Each file of `causes/` has the causes of a framework, a table for each slug.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import msgspec
from msgspec.structs import replace

from actinit import spec
from actinit.adapters import frameworks

from ..check import Check, Finding, Outcome
from ..kinds import Kind
from ..results.standing import Standing

__all__ = ["CAUSES", "Cause", "Releases", "causes", "explained", "load_causes"]

CAUSES = Path(__file__).parent / "causes"


class Releases(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of which releases a cause is known."""

    since: str = ""  #: The release in which it appeared, such as ``torch 2.1``.
    until: str = ""  #: The first release without it.


class Cause(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why backends diverge from some entries in some checks."""

    entries: tuple[str, ...]  #: Patterns of ``family/name``, such as ``activation/gelu``.
    backends: tuple[str, ...]  #: Patterns of names of backends.
    checks: tuple[str, ...]  #: Patterns of ids of checks below the entry.
    kinds: tuple[Kind, ...]
    what: str  #: What one sees, in a sentence without figures.
    why: str = ""
    link: str = ""  #: Who reported it first, or where it can be read.
    interval: tuple[float, float] | None = None  #: Inputs that it explains, where it needs saying.
    releases: Releases = Releases()

    @property
    def is_reported(self) -> bool:
        """Whether the link is of a report, and not of a source or a manual."""
        return any(part in self.link for part in ("/issues/", "/pull/"))

    def covers(self, check: Check, backend: str, finding: Finding) -> bool:
        """Say whether a finding of a check on a backend is explained."""
        entry = f"{check.entry.family}/{check.entry.name}"
        below = check.id.removeprefix(f"{entry}/")
        return (
            finding.kind in self.kinds
            and self.concerns(entry, below, backend)
            and self._inside(finding)
        )

    def concerns(self, entry: str, check: str, backend: str) -> bool:
        """Say whether it is about a check, named below its entry, on a backend."""
        return all(
            any(fnmatchcase(name, pattern) for pattern in patterns)
            for name, patterns in (
                (entry, self.entries), (backend, self.backends), (check, self.checks),
            )
        )  # fmt: skip

    def _inside(self, finding: Finding) -> bool:
        if self.interval is None:
            return True
        if not finding.first_hex or "[" in finding.first_hex:
            return False  # what cannot be placed is not known to lie inside
        low, high = self.interval
        return low <= float.fromhex(finding.first_hex) and float.fromhex(finding.last_hex) <= high


@cache
def causes(folder: Path = CAUSES) -> Mapping[str, Cause]:
    """Return all causes by slug; a slug stands once. See `load_causes` for what it may raise."""
    found: dict[str, Cause] = {}
    for file in sorted(folder.glob("*.toml")):
        for slug, cause in load_causes(file).items():
            if slug in found:
                raise ValueError(f"{file}: the slug {slug!r} stands in another file too; rename it")
            found[slug] = cause
    return found


def load_causes(file: Path) -> dict[str, Cause]:
    """Read the causes of one file.

    Raises
    ------
    ValueError
        If it is no TOML, a key is unknown, missing or of the wrong type, or an entry's pattern
        matches nothing of the spec; says where, and what was expected.
    """
    try:
        found = msgspec.convert(tomllib.loads(file.read_text("utf-8")), dict[str, Cause])
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{file}: not valid TOML: {error}") from None
    except msgspec.ValidationError as error:
        raise ValueError(f"{file}: {error}") from None
    names = _entries()
    for slug, cause in found.items():
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug):
            raise ValueError(
                f"{file}: [{slug}]: a slug is made of small letters, digits and hyphens, since it "
                "is an anchor on the site"
            )
        for key in ("entries", "backends", "checks", "kinds"):
            if not getattr(cause, key):
                raise ValueError(f"{file}: [{slug}] {key}: expected at least one, got none")
        if cause.interval is not None and not cause.interval[0] <= cause.interval[1]:
            raise ValueError(
                f"{file}: [{slug}] interval: expected two numbers, the lower one first, got "
                f"{list(cause.interval)}"
            )
        for pattern in cause.entries:
            if not any(fnmatchcase(name, pattern) for name in names):
                raise ValueError(
                    f"{file}: [{slug}] entries: {pattern!r} is no entry of the spec; "
                    "expected family/name, such as activation/gelu, or a pattern of such"
                )
        for pattern in cause.backends:
            if not any(fnmatchcase(name, pattern) for name in _backends()):
                raise ValueError(
                    f"{file}: [{slug}] backends: {pattern!r} matches no backend; there are "
                    f"{', '.join(sorted(_backends()))}"
                )
    return found


def explained(
    check: Check, outcome: Outcome, backend: str, standings: Iterable[Standing]
) -> list[Standing]:
    """Return standings with the slug of the first cause that covers each finding."""
    findings = {one.key: one for one in outcome.findings}
    return [
        replace(one, cause=_slug(check, backend, findings[one.key])) if one.key in findings else one
        for one in standings
    ]


def _slug(check: Check, backend: str, finding: Finding) -> str | None:
    return next(
        (slug for slug, cause in causes().items() if cause.covers(check, backend, finding)), None
    )


@cache
def _entries() -> frozenset[str]:
    families: dict[str, Iterable[str]] = {
        "activation": spec.activations,
        "initializer": spec.initializers,
        "layer": spec.layers,
        "training": [*spec.optimizers, *spec.networks],
    }
    return frozenset(f"{family}/{name}" for family, names in families.items() for name in names)


@cache
def _backends() -> frozenset[str]:
    return frozenset(name for family in frameworks().values() for name in family.modes)
