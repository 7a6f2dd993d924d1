"""The report of an exhaustive run: its classes, its schema, how pieces become one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from actinit import spec

from ..activations.judge import outcome
from ..check import Outcome, Witness
from ..error.curve import curve
from ..error.intervals import witness
from ..error.tally import Tally
from ..expected.question import question
from ..oracle.formula import Part
from ..results import store as records
from ..results.machine import Machine, environment_name, this_machine
from ..results.store import read
from .chunks import CHUNK_INPUTS, CHUNKS
from .piece import Piece
from .sweep import Sweep
from .work import FORMAT, tally_of

__all__ = ["Made", "Report", "Swept", "load", "merge", "schema"]

SCHEMA_ID = "actinit-exhaustive-1"


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


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All that was swept on one backend."""

    schema: str = SCHEMA_ID
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


def merge(asked: Iterable[Sweep]) -> Report | None:
    """Put the pieces of sweeps together.

    Parameters
    ----------
    asked : iterable of Sweep
        Sweeps of one backend, done or not.

    Returns
    -------
    Report or None
        The same for the same pieces, in whatever order and wherever they were made, but for
        `Report.made`. None if there is no piece at all.
    """
    swept, pieces, complete = [], [], True
    not_offered: dict[str, str] = {}
    for sweep in asked:
        if sweep.not_offered:
            not_offered[f"{sweep.task.entry} {sweep.task.part}"] = sweep.not_offered
            continue
        found = [piece for _, piece in sorted(sweep.journal.pieces().items())]
        complete &= len(found) == CHUNKS
        if found:
            swept.append(_swept(found))
            pieces += found
    if not pieces:
        return None
    origin, machine = pieces[0].origin, this_machine()
    return Report(
        backend=origin.backend,
        family=origin.family,
        device=origin.device,
        versions=origin.versions,
        truth=origin.truth,
        platform=origin.platform,
        cpu=origin.cpu,
        simd=origin.simd,
        environment=environment_name(origin.platform, origin.cpu, origin.simd),
        complete=complete,
        sweeps=swept,
        not_offered=not_offered,
        made=_made(pieces, machine),
    )


def _swept(pieces: list[Piece]) -> Swept:
    origin = pieces[0].origin
    entry, part = spec.activations[origin.entry], origin.part
    asked, whole = question(entry, FORMAT, part), Tally(FORMAT)
    for piece in pieces:
        whole.merge(tally_of(piece))
    whole.seams(asked)
    return Swept(
        entry=entry.name,
        part=part,
        complete=len(pieces) == CHUNKS,
        inputs=whole.count,
        outcome=outcome(whole, asked, entry, part),
        worst=witness(whole.worst(), "worst", asked),
        curve=curve(whole),
    )


def _made(pieces: list[Piece], machine: Machine) -> Made:
    seconds: defaultdict[str, float] = defaultdict(float)
    for piece in pieces:
        seconds[f"{piece.origin.entry}/{piece.origin.part}"] += piece.seconds.total
    return Made(
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        machine=machine,
        hosts=dict(Counter(piece.host for piece in pieces)),
        seconds={name: round(total, 1) for name, total in seconds.items()},
        rate=round(len(pieces) * CHUNK_INPUTS / sum(seconds.values())),
    )


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a report."""
    return records.schema(Report)


def load(file: Path) -> Report:
    """Read a report; see `actinit.conformance.results.store.read`."""
    return read(file, Report, "run actinit exhaustive again")
