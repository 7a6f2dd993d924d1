"""Kernels of symmetry: results at positive inputs held against those at their negatives."""

from __future__ import annotations

import numpy as np

from .compiled import compiled
from .single import BLOCK, SYMMETRY, SYMMETRY_BEYOND, apart, bits_of, note_in, ordinal

__all__ = ["mirror", "settle_mirrored"]


@compiled
def _differ(got, other, sign):  # type: ignore[no-untyped-def]
    found = np.int64(0)
    for i in range(got.size):
        found |= bits_of(np.float64(got[i])) ^ bits_of(sign * np.float64(other[i]))
    return found != 0


@compiled
def mirror(x, got, other, sign, slack, t, rows, slots, pending):  # type: ignore[no-untyped-def]
    """Hold results against those at the mirrored inputs.

    Parameters
    ----------
    x : ndarray of unsigned int
        Bits of the inputs, ascending and positive.
    got, other : ndarray of float32 or float64
        Results at the inputs and at their negatives.
    sign : float
        -1 for an odd function, 1 for an even one.
    slack : float
        How far they may lie apart before they wait for their budgets.
    t, rows, slots, pending
        As for `count`.

    Returns
    -------
    int
        How many wait, among the steps.
    """
    n = 0
    steps, step_size = pending.steps, pending.step_size
    shift = np.uint64(t.shift)
    for start in range(0, x.size, BLOCK):
        stop = min(start + BLOCK, x.size)
        if not _differ(got[start:stop], other[start:stop], sign):
            continue
        for i in range(start, stop):
            result, expected = np.float64(got[i]), sign * np.float64(other[i])
            if bits_of(result) == bits_of(expected) or (np.isnan(result) and np.isnan(expected)):
                continue
            row = rows[slots[x[i] >> shift]]
            at = ordinal(x[i], t)
            size = apart(result, expected, t)
            note_in(row, SYMMETRY, at, result, expected)
            if size > row.symmetry:
                row.symmetry = size
                row.symmetry_at = at
                row.symmetry_got = result
                row.symmetry_exact = expected
            if size > slack:
                steps[n] = i
                step_size[n] = size
                n += 1
    return n


@compiled
def settle_mirrored(x, got, other, sign, t, rows, slots, pending, n, granted):  # type: ignore[no-untyped-def]
    """Judge the mirrored results that wait."""
    for k in range(n):
        if pending.step_size[k] > granted[k]:
            i = pending.steps[k]
            row = rows[slots[x[i] >> np.uint64(t.shift)]]
            expected = sign * np.float64(other[i])
            note_in(row, SYMMETRY_BEYOND, ordinal(x[i], t), np.float64(got[i]), expected)
