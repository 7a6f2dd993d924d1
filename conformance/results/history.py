"""The results file of one release of a backend: what each check came to, and the bits behind it."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from .baseline import KnownFinding
from .machine import Machine

__all__ = ["Cell", "Snapshot", "Weights"]


class Cell(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one check came to on one release."""

    state: Literal["conforms", "diverges", "raises"] = "conforms"
    grade: str | None = None
    ulp: float | None = None  #: The error of the input that has the grade, to three digits.
    #: CRC-32 of every array that came back while the check ran, in hexadecimal digits. Two releases
    #: with one digest returned the same bits.
    bits: str = ""
    #: Of a whole sample: a digest of its inputs and of the right results at the recorded ones. Only
    #: cells in which it is the same can be compared bit for bit.
    asked: str = ""
    #: Of a sample that is cut at `Snapshot.bands`: the last digits of such a digest of each part.
    bands: str = ""
    #: Results at the inputs that are recorded (`Snapshot.inputs`), each less the right one; see
    #: `actinit.conformance.published.every.pack`.
    results: str = ""
    findings: list[KnownFinding] = []  #: Those that have a kind.
    facts: dict[str, str | float] = {}  #: What was noted, such as the derivative at a kink.
    says: str = ""  #: What was raised.


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """What one seed draws."""

    bits: str  #: CRC-32 of the tensor.
    first: list[str]  #: Its first few weights, in C's hexadecimal notation.


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured of one release."""

    remedy: ClassVar[str] = "measure it again with: actinit history BACKEND --releases RELEASE"

    schema: str = "actinit-history-1"
    backend: str
    family: str
    device: str
    package: str  #: Whose release it is.
    release: str
    versions: dict[str, str]  #: Of every distribution beside it.
    machine: Machine  #: With the Python that the backend ran in.
    date: str  #: ISO 8601, UTC.
    suite: dict[str, str]  #: Versions of what asked and judged.
    select: str  #: What was asked for, beyond the usual; empty for that.
    complete: bool  #: False if a cell of what was asked for is not done.
    megabytes: int  #: What the environment took on the disk.
    seconds: float  #: What asking and judging took; the installation is not in it.
    seed: int  #: Of all weights.
    #: By format: the inputs of `Cell.results` as bit patterns in hexadecimal digits, one after the
    #: other.
    inputs: dict[str, str]
    bands: list[float]  #: Where the parts of `Cell.bands` begin, but for the first.
    cells: dict[str, Cell]  #: By id of check.
    weights: dict[str, Weights]  #: By initializer or layer, what of it, and format.
    not_offered: list[str]  #: Ids of checks and of weights.
