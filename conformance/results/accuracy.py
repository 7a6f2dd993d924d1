"""The results file of how exact the reference is."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from actinit.spec import Part

from .machine import Machine

__all__ = ["Accuracies", "Accuracy"]


class Accuracy(msgspec.Struct, frozen=True, kw_only=True):
    """What one format's results of an entry came to, with the worst of them.

    Numbers are texts, so that rows, infinities and every digit can be written.
    """

    points: int  #: Results held to the oracle.
    not_correctly_rounded: int  #: How many of these are not the float nearest to the exact value.
    worst_ulp: float
    x: str  #: The input, a number or a row.
    x_hex: str
    output: list[int]  #: Of a row: the indices of the result; else empty.
    parameters: dict[str, float]
    got: str
    got_hex: str
    exact: str  #: Rounded correctly.
    exact_hex: str
    candidates: int | None = None  #: Of float32: inputs that could have been rounded twice.
    #: Of all float32 inputs one in so many was looked at, where that is not what the file says.
    every: int | None = None


class Accuracies(msgspec.Struct, frozen=True, kw_only=True):
    """The content of the file."""

    remedy: ClassVar[str] = "measure again"

    schema: str = "actinit-reference-accuracy-1"
    date: str  #: ISO 8601, UTC.
    machine: Machine
    versions: dict[str, str]
    float32_every: int  #: Of all float32 inputs one in so many was looked at; 1 is all.
    entries: dict[str, dict[Part, dict[str, Accuracy]]]
    elsewhere: dict[str, Machine] = {}  #: Entries that were measured on another machine.
