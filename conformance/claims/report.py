"""The results file of the claims."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from ..results.store import read

__all__ = ["SCHEMA_ID", "Decided", "Decision", "Line", "Plot", "Verdict", "load"]

SCHEMA_ID = "actinit-claims-2"
Verdict = Literal["true", "false", "under conditions"]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A series of a plot."""

    label: str
    x: list[float]
    y: list[float]


class Plot(msgspec.Struct, frozen=True, kw_only=True):
    """The points of a picture."""

    x: str  #: Labels of the axes.
    y: str
    log: bool = False  #: Whether the vertical axis is logarithmic.
    lines: list[Line]


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What a computation says of a claim."""

    id: str
    verdict: Verdict
    figure: str  #: The figure that decides, in a few words.
    plot: Plot | None


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """The content of the file."""

    schema: str = SCHEMA_ID
    versions: dict[str, str]
    decisions: list[Decision]


def load(file: Path) -> Decided:
    """Read the decisions; see `actinit.conformance.results.store.read`."""
    return read(file, Decided, "compute it again")
