"""Trainings beside the reference: the optimizers that they were made with."""

from __future__ import annotations

from actinit import spec
from actinit.conformance.results.parity import ParityReport

__all__ = ["compared", "drifted"]


def compared(runs: list[ParityReport]) -> list[str]:
    """Return the optimizers with which trainings were compared in float64, in the spec's order."""
    found = {one.parity.optimizer for run in runs for one in run.compared}
    return [name for name in spec.optimizers if name in found]


def drifted(runs: list[ParityReport]) -> list[str]:
    """Return the optimizers with which trainings were compared in float32, in the spec's order."""
    found = {one.optimizer for run in runs for one in run.drifts}
    return [name for name in spec.optimizers if name in found]
