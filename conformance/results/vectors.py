"""Results files of vectors: inputs and exact results, for tests in any language.

They are made in the manner of Wycheproof: cases that matter carry flags, and `notes` says what each
flag means. Inputs and results are bit patterns in hexadecimal digits, as many as the format has
quarters of a byte's bits: four each for 16 bits.
"""

from __future__ import annotations

import hashlib
from typing import ClassVar, Literal

import msgspec

from actinit.spec import Part

__all__ = ["VectorCase", "VectorFile", "VectorFiles", "VectorGroup", "Vectors", "digest"]


class VectorCase(msgspec.Struct, frozen=True, kw_only=True):
    """An input that matters, with the reason."""

    index: int  #: Of the input in its group, from 0.
    x: str  #: Bit pattern.
    result: str  #: Bit pattern of the exact result, rounded to the nearest number, ties to even.
    flags: list[str]  #: Each is told in the file's `notes`.
    comment: str  #: Why it is here.
    #: Ends of what conforms too, as bit patterns, lower and upper; empty if the result alone does.
    accept: list[str] = []


class VectorGroup(msgspec.Struct, frozen=True, kw_only=True):
    """The inputs and results of one part of an entry."""

    part: Part
    #: ``every``: all bit patterns in order, so that `x` is left out. ``listed``: those in `x`.
    inputs: Literal["every", "listed"]
    count: int
    x: str  #: All inputs, pattern after pattern, without a separator.
    results: str  #: The exact result of each, in the same form; any nan stands for all.
    budget: str  #: Ulp that the spec grants, in the words of the entry.
    cases: list[VectorCase]


class Vectors(msgspec.Struct, frozen=True, kw_only=True):
    """The content of the file."""

    remedy: ClassVar[str] = "write them anew with: actinit vectors ENTRY --format FORMAT"

    schema: str = "actinit-vectors-1"
    version: str  #: Of actinit.
    entry: str
    format: str
    width: int  #: Bits of a number.
    parameters: dict[str, float]
    number_of_tests: int
    sha256: str  #: Of the ASCII text ``part + x + results`` of each group, one after the other.
    notes: dict[str, str]  #: What each flag means.
    groups: list[VectorGroup]


class VectorFile(msgspec.Struct, frozen=True, kw_only=True):
    """Where the vectors of one entry in one format lie, and what they come to."""

    entry: str
    format: str
    files: dict[str, int]  #: Name in the folder ``vectors``, with its size in bytes.
    number_of_tests: int
    with_reason: int  #: How many of them have a flag.
    sha256: str  #: As in the files: of the numbers, however they are written.
    made_from: str  #: Digest of all that they depend on; what has another is computed anew.


class VectorFiles(msgspec.Struct, frozen=True, kw_only=True):
    """The vectors that a site offers."""

    remedy: ClassVar[str] = "write it anew with: actinit compute vectors"

    schema: str = "actinit-vector-files-1"
    version: str  #: Of actinit.
    vectors: list[VectorFile]


def digest(groups: list[VectorGroup]) -> str:
    """Return the SHA-256 of groups, as a file of vectors states it."""
    found = hashlib.sha256()
    for group in groups:
        found.update(f"{group.part}{group.x}{group.results}".encode("ascii"))
    return found.hexdigest()
