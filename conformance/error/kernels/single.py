"""Kernels of one result: its place, its error in ulp, its defects noted in the row of its bin."""

from __future__ import annotations

import numpy as np

from ..rows import DEFECTS
from .compiled import compiled, inlined

__all__ = [
    "BEYOND",
    "BLOCK",
    "COARSE",
    "DEFINITION",
    "EXPONENT",
    "FLUSHED_INPUT",
    "FLUSHED_RESULT",
    "LARGEST",
    "NONFINITE",
    "ORDER",
    "ORDER_BEYOND",
    "RANGE",
    "SIGN",
    "SYMMETRY",
    "SYMMETRY_BEYOND",
    "VANISHED",
    "ZERO_SIGN",
    "apart",
    "bits_of",
    "error_of",
    "note_in",
    "ordinal",
    "ulp_of",
    "within",
]

(
    BEYOND,
    COARSE,
    DEFINITION,
    VANISHED,
    SIGN,
    NONFINITE,
    RANGE,
    ZERO_SIGN,
    FLUSHED_INPUT,
    FLUSHED_RESULT,
    ORDER,
    ORDER_BEYOND,
    SYMMETRY,
    SYMMETRY_BEYOND,
) = range(len(DEFECTS))

# Results that are scanned at a time: small enough that a second look finds them in the cache.
BLOCK = 4096
EXPONENT = np.int64(0x7FF << 52)
_FRACTION = np.int64((1 << 52) - 1)
_TWICE = np.int64(1 << 52)  # a step of one in the exponent
LARGEST = np.finfo(np.float64).max
_NEAR_TOP = 2.0**1000  # where float64 is halved twice, as in `metric.measure`


@inlined
def bits_of(value):  # type: ignore[no-untyped-def]
    """Return the bits of a float64, as an integer with a sign."""
    return np.float64(value).view(np.int64)


@inlined
def within(value, end):  # type: ignore[no-untyped-def]
    """Return the number from -end to end that is nearest to a value."""
    return min(max(value, -end), end)


@compiled
def error_of(result, right, residual, t):  # type: ignore[no-untyped-def]
    """Return the error in ulp, and whether it is a non-finite mismatch; as `metric.measure`."""
    if t.overflows_to_nan and np.isnan(result) and not np.isnan(right):
        result = np.copysign(np.inf, right)
    if np.isnan(result) or np.isnan(right):
        mismatch = np.isnan(result) != np.isnan(right)
        return (np.inf if mismatch else 0.0), mismatch
    power = min(max(bits_of(right) & EXPONENT, t.floor), t.ceiling)
    if t.wide and (abs(result) > _NEAR_TOP or abs(right) > _NEAR_TOP):
        top, a, b = t.low_top, result * 0.25, right * 0.25
        power -= 2 * _TWICE
    else:
        top, a, b = t.top, result, right
    b = within(b, top)
    per_binade = np.int64(t.unflip - power).view(np.float64)
    distance = (within(a, top) - b) * per_binade * t.hidden
    if t.wide and not np.isinf(right):
        distance -= residual
        inward = residual < 0 if right > 0 else residual > 0
        if inward and bits_of(right) & _FRACTION == 0 and power > t.floor:
            distance *= 2.0  # the exact value lies below a power of two: its ulp is half
    ulps = abs(distance)
    if np.isinf(result) and abs(b) < top and ulps > 1:
        return np.inf, True
    return min(ulps, LARGEST), False


@inlined
def ordinal(x, t):  # type: ignore[no-untyped-def]
    """Return the place of an input among all, from its bits: -0 is -1 and 0 is 0."""
    magnitude = np.int64(x & np.uint64(t.magnitude))
    return magnitude if np.uint64(x) <= np.uint64(t.magnitude) else -1 - magnitude


@compiled
def ulp_of(value, t):  # type: ignore[no-untyped-def]
    """Return the ulp of a number in the format, as `metric.ulp`."""
    power = min(max(bits_of(value) & EXPONENT, t.floor), t.ceiling)
    return np.int64(power).view(np.float64) / t.hidden


@compiled
def apart(a, b, t):  # type: ignore[no-untyped-def]
    """Return how far two results lie apart, in ulp of the larger."""
    if np.isnan(a) or np.isnan(b):
        return 0.0 if np.isnan(a) and np.isnan(b) else LARGEST
    if a == b:
        return 0.0
    ulps, _ = error_of(a if abs(a) < abs(b) else b, b if abs(a) < abs(b) else a, 0.0, t)
    return min(ulps, LARGEST)


@compiled
def note_in(row, defect, at, got, exact):  # type: ignore[no-untyped-def]
    """Count a defect in a row, and keep the first and the last input that has it."""
    row.number[defect] += 1
    if at < row.first[defect]:
        row.first[defect] = at
        row.first_got[defect] = got
        row.first_exact[defect] = exact
    if at > row.last[defect]:
        row.last[defect] = at
        row.last_got[defect] = got
        row.last_exact[defect] = exact
