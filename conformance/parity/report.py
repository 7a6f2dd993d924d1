"""The results file of a parity run."""

from __future__ import annotations

from pathlib import Path

import msgspec

from ..machine import Machine
from ..records import read
from .compare import Parity
from .drift import Drift

__all__ = ["Compared", "Report", "load", "sentence"]

SCHEMA_ID = "actinit-parity-1"


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One optimizer on one backend."""

    matched: list[str]  #: Reasons to part that were seen to, for both to agree; see `reasons`.
    parity: Parity


def sentence(one: Compared) -> str:
    """Return what came of a comparison, in one sentence."""
    found = one.parity
    if found.agrees:
        return f"{found.steps:,} steps, losses agree to {found.greatest:.1e}"
    said = f"{found.steps:,} steps, losses differ by up to {found.greatest:.1e}"
    if at := found.parting:
        said += (
            f"; they part at step {at.step} in the {at.operation}: {at.what} "
            f"is off by {at.difference:.1e}"
        )
    return said


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
    """Read a report; see `actinit.conformance.records.read`."""
    return read(file, Report, "run actinit parity")
