"""Kernels of errors: whole arrays scanned, suspect blocks examined, errors held to budgets."""

from __future__ import annotations

import numpy as np

from .compiled import compiled
from .single import (
    BEYOND,
    BLOCK,
    COARSE,
    DEFINITION,
    EXPONENT,
    FLUSHED_INPUT,
    FLUSHED_RESULT,
    LARGEST,
    NONFINITE,
    RANGE,
    SIGN,
    VANISHED,
    ZERO_SIGN,
    bits_of,
    error_of,
    note_in,
    ordinal,
    ulp_of,
    within,
)
from .steps import step_back

__all__ = ["ROUNDING_LEVEL", "count", "settle"]

#: Grade D: beyond the budget, but no further off than so many roundings of a number of size
#: max(1, |x|), which is what is left when terms of that size cancel. Further off is *coarse*.
ROUNDING_LEVEL = 4.0


@compiled
def _scan(got, exact, floor, ceiling, flip, top):  # type: ignore[no-untyped-def]
    """Return the bits of the largest error, and whether a zero is worth a look."""
    largest = np.int64(0)
    zeros = False
    for i in range(got.size):
        result = np.float64(got[i])
        right = exact[i]
        right_bits = bits_of(right)
        power = min(max(right_bits & EXPONENT, floor), ceiling)
        per_ulp = np.int64(flip - power).view(np.float64)
        # What is right beyond the format counts as the first number there.
        error = abs(result - min(max(right, -top), top)) * per_ulp
        largest = max(largest, bits_of(error))
        zeros |= (result == 0) & ((error > 0.5) | ((bits_of(result) ^ right_bits) < 0))
    return np.int64(largest).view(np.float64), zeros


@compiled
def _outside(got, low, high):  # type: ignore[no-untyped-def]
    found = False
    for i in range(got.size):
        found |= (got[i] < low) | (got[i] > high)
    return found


@compiled
def _turns(before, got, way):  # type: ignore[no-untyped-def]
    found = False
    for i in range(got.size):
        found |= way * got[i] < way * before[i]
    return found


@compiled
def _find(got, exact, floor, ceiling, flip, top, wanted):  # type: ignore[no-untyped-def]
    """Return the index of the first error of this size; computed as in `_scan`."""
    for i in range(got.size):
        right = exact[i]
        power = min(max(bits_of(right) & EXPONENT, floor), ceiling)
        per_ulp = np.int64(flip - power).view(np.float64)
        nearest = min(max(right, -top), top)
        if abs(np.float64(got[i]) - nearest) * per_ulp == wanted:
            return i
    return -1


@compiled
def _examine(x, got, exact, residual, start, stop, head, t, row, pending, n):  # type: ignore[no-untyped-def]
    """Count what is wrong in a block; `head` is where its bin starts in the arrays."""
    beyond, turned = n
    errors, error_size, steps, step_size = pending
    for i in range(start, stop):
        result, right = np.float64(got[i]), exact[i]
        at = ordinal(x[i], t)
        error, mismatch = error_of(result, right, residual[i] if t.wide else 0.0, t)
        if mismatch:
            note_in(row, NONFINITE, at, result, right)
        else:
            if result == 0 and abs(right) < t.tiny and (bits_of(result) ^ bits_of(right)) < 0:
                note_in(row, ZERO_SIGN, at, result, right)
            if error > 0.5:
                size = np.int64(x[i] & np.uint64(t.magnitude))
                flushed_input = 0 < size < t.normal and t.at_low <= result <= t.at_high
                flushed_result = result == 0 and 0 < abs(right) < t.tiny
                if flushed_input:
                    note_in(row, FLUSHED_INPUT, at, result, right)
                if flushed_result:
                    note_in(row, FLUSHED_RESULT, at, result, right)
                if flushed_input or flushed_result:
                    error = 0.0
            if result < t.low or result > t.high:
                note_in(row, RANGE, at, result, right)
            if error > row.worst:
                row.worst = error
                row.worst_at = at
                row.worst_got = result
                row.worst_exact = right
            if error > t.base:
                errors[beyond] = i
                error_size[beyond] = error
                beyond += 1
        if t.rising != 0 and i > head:
            outer, inner = result, np.float64(got[i - 1])
            upper, lower = (outer, inner) if at >= 0 else (inner, outer)
            if t.rising * upper < t.rising * lower:
                size = step_back(lower, max(at, ordinal(x[i - 1], t)), upper, t, row)
                if size > 2 * t.base:
                    steps[turned] = i
                    step_size[turned] = size
                    turned += 1
    return beyond, turned


@compiled
def _end(x, head, shift):  # type: ignore[no-untyped-def]
    """Return where the bin ends that starts at an index."""
    which = x[head] >> shift
    low, high = head + 1, x.size
    while low < high:
        middle = (low + high) // 2
        if x[middle] >> shift == which:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def _span(x, got, head, end, t, row):  # type: ignore[no-untyped-def]
    if row.count == 0:
        row.x_first = ordinal(x[head], t)
        row.got_first = got[head]
    row.count += end - head
    row.x_last = ordinal(x[end - 1], t)
    row.got_last = got[end - 1]


@compiled
def count(x, got, exact, residual, t, rows, slots, pending):  # type: ignore[no-untyped-def]
    """Add results to the rows of their bins.

    Parameters
    ----------
    x : ndarray of unsigned int
        Bits of the inputs, ascending and of one sign.
    got : ndarray of float32 or float64
        Results, in a type that holds those of the format.
    exact, residual : ndarray of float64
        What is right, as in `Exact`; the residual is read for float64 only.
    t : Terms
        Format and question.
    rows : ndarray of ROW
        Added to.
    slots : ndarray of int64
        Bin: index of its row.
    pending : Pending
        Written: errors above the least budget, and steps back above twice it.

    Returns
    -------
    tuple of int
        How many errors and how many steps were written.
    """
    n = (0, 0)
    shift = np.uint64(t.shift)
    way = np.float32(t.rising if x[0] <= np.uint64(t.magnitude) else -t.rising)
    low, high = np.float32(t.low), np.float32(t.high)
    bounded = low > -np.inf or high < np.inf
    head = 0
    while head < x.size:
        end = _end(x, head, shift)
        row = rows[slots[x[head] >> shift]]
        _span(x, got, head, end, t, row)
        limit = t.base
        if np.int64(x[head] & np.uint64(t.magnitude)) < t.normal:
            limit = min(limit, 0.5)  # from there on it may be a flush, whatever the budget
        for start in range(head, end, BLOCK):
            stop = min(start + BLOCK, end)
            block, right = got[start:stop], exact[start:stop]
            suspect = t.wide
            largest = 0.0
            if not suspect:
                largest, suspect = _scan(block, right, t.floor, t.ceiling, t.flip, t.top)
                suspect |= not largest <= limit
                if bounded and not suspect:
                    suspect = _outside(block, low, high)
                if way != 0 and not suspect:
                    since = max(start, head + 1)
                    suspect = _turns(got[since - 1 : stop - 1], got[since:stop], way)
            if suspect:
                n = _examine(x, got, exact, residual, start, stop, head, t, row, pending, n)
            elif largest > row.worst:
                i = start + _find(block, right, t.floor, t.ceiling, t.flip, t.top, largest)
                row.worst = largest
                row.worst_at = ordinal(x[i], t)
                row.worst_got = got[i]
                row.worst_exact = exact[i]
        head = end
    return n


@compiled
def settle(x, points, got, exact, t, rows, slots, pending, n, budget):  # type: ignore[no-untyped-def]
    """Judge the errors that wait for their budgets.

    Parameters
    ----------
    x, got, exact, t, rows, slots, pending
        As for `count`.
    points : ndarray of float64
        The inputs that wait, as numbers.
    n : int
        How many wait.
    budget : ndarray of float64
        The ulp granted to each of them.
    """
    end = min(t.top, LARGEST)  # beyond it, a result is as far off as the end is
    for k in range(n):
        error = pending.error_size[k]
        i = pending.errors[k]
        result, right = np.float64(got[i]), exact[i]
        wrong_sign = result > 0 > right or result < 0 < right
        # Such a result is beyond every budget where a normal number is right.
        lost = (result == 0 or wrong_sign) and abs(right) >= t.tiny
        if error <= budget[k] and not lost:
            continue
        row = rows[slots[x[i] >> np.uint64(t.shift)]]
        at = ordinal(x[i], t)
        note_in(row, BEYOND, at, result, right)
        if error > row.beyond:
            row.beyond = error
            row.beyond_at = at
            row.beyond_got = result
            row.beyond_exact = right
            row.beyond_budget = budget[k]
        if result == 0:
            note_in(row, VANISHED, at, result, right)
        elif wrong_sign:
            note_in(row, SIGN, at, result, right)
        distance = abs(within(result, end) - within(right, end))
        if distance > ROUNDING_LEVEL * ulp_of(max(1.0, abs(points[k])), t):
            note_in(row, COARSE, at, result, right)
        # Half of the digits gone at the scale of the result: this is another function.
        if distance * distance > max(1.0, abs(right)) ** 2 / t.hidden:
            note_in(row, DEFINITION, at, result, right)
