"""Results of an audit: expected values that others wrote, held to the exact ones."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from actinit.spec import Part

from ..check import Witness

__all__ = ["AuditReport", "Audited", "Skipped", "Tolerance"]


class Tolerance(msgspec.Struct, frozen=True, kw_only=True):
    """How far a result may be from an expected value: ``atol + rtol * |value|``, or steps of it."""

    rtol: float = 0.0
    atol: float = 0.0
    ulp: float = 0.0  #: In numbers of the format from one to the other.

    def __str__(self) -> str:
        stated = {name: getattr(self, name) for name in ("rtol", "atol", "ulp")}
        return ", ".join(f"{name} {value:g}" for name, value in stated.items() if value) or "none"


class Audited(msgspec.Struct, frozen=True, kw_only=True):
    """One test's expected values, and how they stand to the exact ones."""

    place: str  #: The file, and what in it.
    entry: str
    parameters: dict[str, float]  #: At which the entry was taken.
    part: Part
    format: str
    values: int  #: How many expected values there are.
    open: int  #: Of these, where the spec leaves the result open; they are not judged.
    nearest: int  #: That are the exact result, rounded to the nearest number.
    wrong: int  #: That are further off than is granted, or no numbers where a number is right.
    hidden: int | None  #: Of the wrong, where the right result passes; none if none is stated.
    tolerance: Tolerance | None  #: The test's own; none if it is not known.
    worst: Witness | None  #: The value that is furthest off; `got` is what the test expects.


class Skipped(msgspec.Struct, frozen=True, kw_only=True):
    """A test that was not audited."""

    place: str
    why: str


class AuditReport(msgspec.Struct, frozen=True, kw_only=True):
    """The content of the file."""

    remedy: ClassVar[str] = "write it anew with: actinit audit FILE --json"

    schema: str = "actinit-audit-1"
    audited: list[Audited]
    skipped: list[Skipped]
