"""Kernels of order: steps that go the wrong way between neighbouring inputs."""

from __future__ import annotations

import numpy as np

from .compiled import compiled
from .single import ORDER, ORDER_BEYOND, apart, note_in, ordinal

__all__ = ["note", "settle_steps", "step_back", "step_between"]


@compiled
def step_back(lower, at, upper, t, row):  # type: ignore[no-untyped-def]
    """Count a step that goes the wrong way, and return its size in ulp."""
    size = apart(lower, upper, t)
    note_in(row, ORDER, at, upper, lower)
    if size > row.order:
        row.order = size
        row.order_at = at
        row.order_got = upper
        row.order_exact = lower
    return size


@compiled
def settle_steps(x, got, t, rows, slots, pending, n, granted):  # type: ignore[no-untyped-def]
    """Judge the steps back that wait: `granted` is what the budgets of both ends come to."""
    for k in range(n):
        if pending.step_size[k] <= granted[k]:
            continue
        i = pending.steps[k]
        here, before = ordinal(x[i], t), ordinal(x[i - 1], t)
        upper, lower = (i, i - 1) if here > before else (i - 1, i)
        row = rows[slots[x[i] >> np.uint64(t.shift)]]
        note_in(
            row, ORDER_BEYOND, max(here, before), np.float64(got[upper]), np.float64(got[lower])
        )


@compiled
def step_between(lower, at, upper, t, rows, slot):  # type: ignore[no-untyped-def]
    """Count a step between results whose inputs came in different calls, at the upper input.

    Returns
    -------
    float
        The size of the step in ulp; 0 if it goes the right way.
    """
    row = rows[slot]
    if not t.rising * upper < t.rising * lower:
        return 0.0
    return step_back(lower, at, upper, t, row)


@compiled
def note(defect, at, got, exact, rows, slot):  # type: ignore[no-untyped-def]
    """Count a defect in a row."""
    note_in(rows[slot], defect, at, got, exact)
