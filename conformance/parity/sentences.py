"""What came of a comparison of two trainings, in a sentence."""

from __future__ import annotations

from ..results.parity import Comparison, Divergence

__all__ = ["place", "sentence"]


def sentence(one: Comparison) -> str:
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
