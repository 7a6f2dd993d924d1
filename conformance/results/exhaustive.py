"""Results files of sweeps over all float32 inputs of functions."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from actinit.spec import Part

from ..check import Outcome, Witness
from .machine import Machine

__all__ = ["ExhaustiveReport", "Made", "Swept"]


class Swept(msgspec.Struct, frozen=True, kw_only=True):
    """What all of the float32 inputs of one function came to, or, if partial, some of them."""

    entry: str
    part: Part
    complete: bool
    inputs: int
    outcome: Outcome
    worst: Witness  #: Of the largest finite error, which is not always the gravest finding's.
    curve: dict[str, float]  #: Largest error in ulp by binade, such as ``-2^-3``; to 3 digits.


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """How a report came to be: all that differs between two that say the same."""

    date: str  #: When it was written: ISO 8601, UTC.
    machine: Machine
    hosts: dict[str, int]  #: Chunks that each did.
    seconds: dict[str, float]  #: Of one core, by function and part.
    rate: float  #: Inputs per second and core, over all.


class ExhaustiveReport(msgspec.Struct, frozen=True, kw_only=True):
    """All that was swept on one backend."""

    remedy: ClassVar[str] = "run actinit exhaustive again"

    schema: str = "actinit-exhaustive-1"
    backend: str
    family: str
    device: str
    versions: dict[str, str]
    truth: dict[str, str]  #: Versions of what the reference was computed with.
    platform: str
    cpu: str  #: Vendor.
    simd: str
    environment: str | None  #: Name of platform, vendor and vector instructions.
    complete: bool  #: False if a chunk of what was asked for is not done.
    sweeps: list[Swept]
    not_offered: dict[
        str, str
    ]  #: What the backend lacks, such as ``gelu value``, and what it says.
    made: Made
