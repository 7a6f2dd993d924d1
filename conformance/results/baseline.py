"""Baselines: the findings of a backend in one environment, as a file keeps them."""

from __future__ import annotations

import re
from typing import ClassVar

import msgspec

from ..check import Finding
from ..kinds import Kind
from .machine import environment_name

__all__ = ["Baseline", "Header", "KnownFinding", "entry_of"]

# Of results, right and wrong, and of ends of intervals, which are compared to a part of a binade.
_DIGITS, _END_DIGITS = 6, 4


class KnownFinding(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A finding as a baseline keeps it: what it is compared by, and its worst input as hex.

    In the file it is a list in the order of these fields, which stand once in `Baseline.columns`:
    hundreds of findings with names at each number would be twice as large. A list that ends after
    `points` has the rest from the list before it, as arrangements of one input often do.
    """

    key: str
    kind: Kind
    count: int = 1
    points: int = 0
    first: str | None = None  #: The lowest input, as hex, to four hexadecimal digits.
    last: str = ""
    x: str = ""  #: The worst input; a row is shortened to its first numbers.
    got: str = ""
    exact: str = ""  #: To six hexadecimal digits.
    error: float | None = None  #: In the unit of the witness; none where it has no size.

    @classmethod
    def of(cls, finding: Finding) -> KnownFinding:
        """Return what is kept of a finding that has a kind."""
        assert finding.kind is not None
        worst = finding.worst
        error = worst.error if worst else None
        # What has no size is known only as it was, so that every digit counts.
        exactly = 13 if error is None else _DIGITS
        return cls(
            key=finding.key,
            kind=finding.kind,
            count=finding.count,
            points=finding.points,
            first=_short(finding.first_hex, digits=_END_DIGITS),
            last=_short(finding.last_hex, digits=_END_DIGITS),
            x=_short(worst.x_hex) if worst else "",
            got=_short(worst.got_hex, digits=exactly) if worst else "",
            exact=_short(worst.exact_hex, digits=_DIGITS) if worst else "",
            error=None if error is None else float(f"{error:.4g}"),
        )


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """Where and when a baseline was measured."""

    versions: dict[str, str]
    platform: str  #: Such as ``linux-x86_64``.
    cpu: str  #: Vendor.
    simd: str  #: Widest vector instructions.
    device: str
    date: str  #: ISO 8601, UTC.


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    """The findings of a backend, by check, and the entries that were asked for them."""

    remedy: ClassVar[str] = "write one with: actinit baseline write BACKEND"

    schema: str = "actinit-baseline-1"
    backend: str
    family: str
    header: Header
    #: Entries all of whose checks were asked, such as ``activation/gelu``; none means every entry.
    asked: list[str] = []
    columns: tuple[str, ...] = KnownFinding.__struct_fields__  #: Of the lists in `checks`.
    checks: dict[str, list[KnownFinding]]

    @property
    def environment(self) -> str:
        """Name of the folder that it belongs in: platform, vendor and vector instructions."""
        return environment_name(self.header.platform, self.header.cpu, self.header.simd)

    def knows(self, check: str) -> bool:
        """Say whether the entry of a check, given by its id, was asked."""
        return not self.asked or entry_of(check) in self.asked


def entry_of(check: str) -> str:
    """Return the entry that a check is of: ``activation/gelu`` of ``activation/gelu/float32/…``."""
    return "/".join(check.split("/")[:2])


def _short(text: str, most: int = 4, digits: int = 13) -> str:
    """Shorten hexadecimal numbers: a row to its first ones, each without zeros at its end."""
    items = text.strip("[]").split(", ")
    shorter = [_without_end(item, digits) for item in items[:most]]
    if not text.startswith("["):
        return shorter[0]
    return f"[{', '.join([*shorter, *(['...'] if len(items) > most else [])])}]"


def _without_end(number: str, digits: int) -> str:
    """Cut a number to so many hexadecimal digits and drop zeros at its end, but not that of 0x0p+0.

    What was shortened before stays as it is.
    """
    cut = re.sub(rf"(\.[0-9a-f]{{{digits}}})[0-9a-f]*", r"\1", number)
    return re.sub(r"(\.[0-9a-f]*?)0*(?=p)", r"\1", cut).replace(".p", "p")
