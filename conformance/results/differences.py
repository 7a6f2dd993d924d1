"""The results file of how far any two activations lie apart."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

__all__ = ["Apart", "Differences", "Pair"]


class Apart(msgspec.Struct, frozen=True, kw_only=True):
    """The largest difference of two functions, in absolute value."""

    #: ``at`` an input; as a ``limit`` at an infinity; or it ``grows`` without bound towards one.
    how: Literal["at", "limit", "grows"]
    largest: float | None  #: None where it grows.
    x: str  #: The input, or the infinity.


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """Two functions of one number, at the defaults of their parameters."""

    a: str
    b: str
    value: Apart
    derivative: Apart


class Differences(msgspec.Struct, frozen=True, kw_only=True):
    """The content of the file."""

    remedy: ClassVar[str] = "compute it again: actinit compute differences"

    schema: str = "actinit-differences-1"
    version: str  #: Of actinit.
    pairs: list[Pair]  #: Each once, in the order of the spec.
