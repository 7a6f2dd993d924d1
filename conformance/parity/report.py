"""The results file of a parity run."""

from __future__ import annotations

from pathlib import Path

import msgspec

from ..results.machine import Machine
from ..results.store import read
from .compare import Divergence, Parity
from .drift import Drift

__all__ = ["Compared", "Report", "load", "place", "sentence"]

SCHEMA_ID = "actinit-parity-1"


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One optimizer on one backend."""

    matched: list[str]  #: Reasons to diverge that were matched, for both to agree; see `reasons`.
    parity: Parity


def sentence(one: Compared) -> str:
    """Return what came of a comparison, in one sentence."""
    found = one.parity
    if found.agrees:
        return f"{found.steps:,} steps, losses agree to {found.greatest:.1e}"
    said = f"{found.steps:,} steps, losses differ by up to {found.greatest:.1e}"
    return f"{said}; first divergence at {place(found.divergence)}" if found.divergence else said


def place(first: Divergence) -> str:
    """Return where trainings diverge: step, operation, and what is off by how much."""
    batch = f", the short batch of {first.examples}," if first.short else ""
    return (
        f"step {first.step}{batch} in the {first.operation}: {first.what} "
        f"is off by {first.difference:.1e}"
    )


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All that was compared on one backend."""

    schema: str = SCHEMA_ID
    backend: str
    versions: dict[str, str]
    machine: Machine
    date: str
    compared: list[Compared]
    drifts: list[Drift] = []  #: In float32.


def load(file: Path) -> Report:
    """Read a report; see `actinit.conformance.results.store.read`."""
    return read(file, Report, "run actinit parity")
