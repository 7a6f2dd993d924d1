"""The results file of the claims: each claim's verdict, with its figure and plot."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

__all__ = ["Claims", "Decision", "Plot", "PlotLine", "Verdict"]

#: What a computation says of a claim.
Verdict = Literal["true", "false", "under conditions"]


class PlotLine(msgspec.Struct, frozen=True, kw_only=True):
    """A series of a plot."""

    label: str
    x: list[float]
    y: list[float]


class Plot(msgspec.Struct, frozen=True, kw_only=True):
    """The points of a picture."""

    x: str  #: Labels of the axes.
    y: str
    log: bool = False  #: Whether the vertical axis is logarithmic.
    lines: list[PlotLine]


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What a computation says of a claim."""

    id: str
    verdict: Verdict
    figure: str  #: The figure that decides, in a few words.
    plot: Plot | None


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """The content of the file."""

    remedy: ClassVar[str] = "compute it again"

    schema: str = "actinit-claims-2"
    versions: dict[str, str]
    decisions: list[Decision]
