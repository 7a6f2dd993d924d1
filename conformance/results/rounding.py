"""The results files of correct rounding: what was proven, and the hardest cases."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from actinit.spec import Part

from .machine import Machine

__all__ = ["CorrectRounding", "HardCases", "Proven", "WrongResult"]


class WrongResult(msgspec.Struct, frozen=True, kw_only=True):
    """A result that is not the nearest number; in C's hexadecimal notation, or ``nan``."""

    x_hex: str
    got_hex: str
    right_hex: str


class Proven(msgspec.Struct, frozen=True, kw_only=True):
    """All results of a function's part in a format, held to the entry's formula."""

    inputs: int
    not_correctly_rounded: int
    share: float  #: Of the inputs, those with the nearest number; 1 is all.
    wrong: list[WrongResult]  #: The first few.
    #: Inputs decided one by one with balls; the others by models of whole runs of numbers.
    by_balls: int
    open_zeros: int  #: Zeros that are right but for a sign that no enclosure tells.
    nearest_hex: str | None  #: The input whose exact result is nearest to a rounding boundary.
    nearest_ulp: float | None  #: How far that is, in ulp; 0 for a tie.
    #: SHA-256 of all results in the order of bit patterns, little-endian and with one nan; of
    #: float32 that of the digests of 512 parts of 2**23 inputs.
    digest: str
    seconds: float  #: Of CPU time.
    reference_seconds: float  #: Of these, what the reference took.
    reference: str  #: Digest of the reference's own code.
    date: str  #: ISO 8601, UTC.


class CorrectRounding(msgspec.Struct, frozen=True, kw_only=True):
    """The content of the file."""

    remedy: ClassVar[str] = "prove again"

    schema: str = "actinit-correct-rounding-1"
    date: str  #: ISO 8601, UTC.
    machine: Machine
    versions: dict[str, str]
    entries: dict[str, dict[Part, dict[str, Proven]]]
    not_run: list[str]  #: ``entry part format`` that nothing is known of yet.


class HardCases(msgspec.Struct, frozen=True, kw_only=True):
    """The hardest cases of an entry at the defaults of its parameters.

    By part and format there is a list, the hardest first, of triples: input and correctly rounded
    result in C's hexadecimal notation (``0x1.8p+1``), and the distance from the exact result to the
    nearest boundary of rounding (the middle of two neighbouring numbers) in ulp of the result,
    positive if the result is farther from 0 than the boundary, 0 if it is the boundary itself: a
    tie, which goes to the even number.
    """

    remedy: ClassVar[str] = "search again"

    schema: str = "actinit-hard-cases-1"
    entry: str
    parameters: dict[str, float]
    #: By part and format: how the inputs were found.
    found: dict[Part, dict[str, str]]
    cases: dict[Part, dict[str, list[tuple[str, str, float]]]]
