"""Results files of parity: trainings compared step by step."""

from __future__ import annotations

from typing import ClassVar

import msgspec
import numpy as np

from .machine import Machine

__all__ = ["Comparison", "Divergence", "Drift", "Mark", "Parity", "ParityReport"]


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """One optimizer on one backend."""

    matched: list[str]  #: Reasons to diverge that were matched, for both to agree; see `reasons`.
    parity: Parity


class ParityReport(msgspec.Struct, frozen=True, kw_only=True):
    """All that was compared on one backend."""

    remedy: ClassVar[str] = "run actinit parity"

    schema: str = "actinit-parity-1"
    backend: str
    versions: dict[str, str]
    machine: Machine
    date: str
    compared: list[Comparison]
    drifts: list[Drift] = []  #: In float32.


class Divergence(msgspec.Struct, frozen=True, kw_only=True):
    """The first difference beyond the tolerance."""

    step: int  #: From 1.
    operation: (
        str  #: "forward pass", "backward pass", "optimizer", or "backward pass or optimizer".
    )
    what: str  #: Such as "bias of layer 2".
    difference: float  #: Relative, or to the greatest entry.
    examples: int = 0  #: In the batch of the step; 0 in files older than this field.
    short: bool = False  #: Whether the batch is smaller than the first.
    index: list[int] = []  #: Of the entry that is furthest off, in the parameter or gradient.
    got: float | None = None  #: That entry, or the loss; none if it is no finite number.
    exact: float | None = None
    scale: float = 0.0  #: What the difference is relative to.

    @property
    def place(self) -> tuple[int, bool, bool]:
        """Where it stands in the order of computation."""
        return self.step, self.operation != "forward pass", self.operation == "optimizer"


class Parity(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a comparison."""

    optimizer: str
    steps: int
    agrees: bool  #: Losses, gradients and parameters, to the tolerance, at every step.
    greatest: float  #: Largest relative difference of a loss.
    #: The name in files is that of their first edition.
    divergence: Divergence | None = msgspec.field(name="parting")
    losses: list[tuple[int, float]]  #: Relative difference of the loss at some steps.
    dtypes: list[str] = []  #: Of what the trainer returned, other than the problem's.


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """Distances after a step: the norm of the parameters' difference over that of their way."""

    step: int
    between: float  #: Backend and reference.
    backend: float  #: Backend, and itself with its sums in another order.
    reference: float  #: The same of the reference.


class Drift(msgspec.Struct, frozen=True, kw_only=True):
    """How trainings parted."""

    optimizer: str
    dtype: str
    marks: list[Mark]

    @property
    def excess(self) -> float:
        """Largest ratio of the distance between the two to the greater distance from itself."""
        ratios = (
            (mark.between, max(mark.backend, mark.reference, float(np.finfo(self.dtype).tiny)))
            for mark in self.marks
        )
        return max(between / noise for between, noise in ratios)
