"""The report of an exhaustive run: its classes, its schema, how pieces become one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from actinit import spec

from ..checks.base import Grade, Witness
from ..findings import Finding, findings
from ..machine import environment, this_machine
from ..tally import DEFECTS, Tally
from .chunks import CHUNK_INPUTS, CHUNKS
from .journal import MixedSweepError
from .piece import Origin, Piece
from .sweep import Sweep
from .work import question

__all__ = ["Made", "Report", "Swept", "load", "merge", "schema"]

SCHEMA_ID = "actinit-exhaustive-1"


class Swept(msgspec.Struct, frozen=True, kw_only=True):
    """What all, or so far some, of the float32 inputs of one function came to."""

    entry: str
    part: str
    complete: bool
    inputs: int  #: How many were judged.
    max_ulp: float  #: The largest error that is finite.
    worst: Witness | None
    grade: Grade
    conforms: bool  #: Whether nothing is beyond its budget.
    counts: dict[str, int]  #: Of each defect; those that were not seen are left out.
    findings: list[Finding]
    curve: dict[str, float]  #: Largest error in ulp by binade, such as ``-2^-3``.


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """How a report came to be: all that may differ between two that say the same."""

    date: str  #: ISO 8601, UTC.
    hosts: dict[str, int]  #: Chunks that each did.
    seconds: dict[str, float]  #: Of one core, by function and part; in all.
    rate: float  #: Inputs a second of one core.


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All that was swept on one backend."""

    schema: str = SCHEMA_ID
    origin: dict[str, Any]
    environment: str | None
    complete: bool
    sweeps: list[Swept]
    not_offered: dict[str, str]
    made: Made
