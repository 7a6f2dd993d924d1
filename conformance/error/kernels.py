r"""The error metric compiled: one fused pass over results and exact values, without allocation.

What is counted is defined in `error.metric`, slowly, and a test holds this module to
it element by element. Here the same is computed in two steps. A *scan* that the compiler turns into
vector instructions takes a block of results and says whether anything in it is worth a look: an
error above the least budget, a zero that should be none or has the wrong sign, a result out of
range, a step in the wrong direction. Only a block in which there is goes through the *examination*,
element by element. Float64, of which nobody sweeps all, is always examined.

The scan scales \|got - exact\| by 1/ulp(exact), a power of two that is made from the exponent bits
of the exact value, so nothing is divided and nothing is rounded. Errors are compared as integers:
the bit patterns of non-negative floats are in the order of the numbers, with inf and then nan above
all of them, so one maximum finds those too, and needs no promise from the compiler about nan.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ..formats import Format

__all__ = [
    "BINS",
    "DEFECTS",
    "OF_BEYOND",
    "ROUNDING_LEVEL",
    "ROW",
    "Pending",
    "Terms",
    "bin_of_minus_zero",
    "bin_shift",
    "count",
    "mirror",
    "note",
    "settle",
    "settle_mirrored",
    "settle_steps",
    "step_between",
    "terms",
]

_BIN_BITS = 12
#: How many bins a format has at most: the numbers that share their top twelve bits are one.
BINS = 1 << _BIN_BITS
#: What is counted, apart from each other; see `actinit.conformance.error.tally`.
DEFECTS = (
    "beyond",
    "coarse",
    "definition",
    "vanished",
    "sign",
    "nonfinite",
    "range",
    "zero_sign",
    "flushed_input",
    "flushed_result",
    "order",
    "order_beyond",
    "symmetry",
    "symmetry_beyond",
)
#: What some of those beyond the budget are as well.
OF_BEYOND = ("coarse", "definition", "vanished", "sign")
(
    _BEYOND,
    _COARSE,
    _DEFINITION,
    _VANISHED,
    _SIGN,
    _NONFINITE,
    _RANGE,
    _ZERO_SIGN,
    _FLUSHED_INPUT,
    _FLUSHED_RESULT,
    _ORDER,
    _ORDER_BEYOND,
    _SYMMETRY,
    _SYMMETRY_BEYOND,
) = range(len(DEFECTS))

_D = (len(DEFECTS),)
#: A row of a tally: all that is kept of a bin. Inputs are ordinals, results are float64.
ROW = np.dtype(
    [
        ("bin", np.int64),
        ("count", np.int64),  # inputs
        ("x_first", np.int64), ("x_last", np.int64),  # the least and the largest in magnitude
        ("got_first", np.float64), ("got_last", np.float64),
        ("worst", np.float64),  # ulp; -1 where nothing was measured
        ("worst_at", np.int64), ("worst_got", np.float64), ("worst_exact", np.float64),
        ("beyond", np.float64),  # the worst of those above their budget
        ("beyond_at", np.int64), ("beyond_got", np.float64), ("beyond_exact", np.float64),
        ("beyond_budget", np.float64),
        ("order", np.float64),  # the largest step back, in ulp; the result above and that below
        ("order_at", np.int64), ("order_got", np.float64), ("order_exact", np.float64),
        ("symmetry", np.float64),  # the largest asymmetry; the result and what the other implies
        ("symmetry_at", np.int64), ("symmetry_got", np.float64), ("symmetry_exact", np.float64),
        ("seam", np.int64),  # 1 once the step from the bin below was looked at
        ("number", np.int64, _D),  # and by defect: how many, and the ends of where
        ("first", np.int64, _D), ("first_got", np.float64, _D), ("first_exact", np.float64, _D),
        ("last", np.int64, _D), ("last_got", np.float64, _D), ("last_exact", np.float64, _D),
    ]
)  # fmt: skip

# Results that are scanned at a time: small enough that a second look finds them in the cache.
_BLOCK = 4096
_EXPONENT = np.int64(0x7FF << 52)
_FRACTION = np.int64((1 << 52) - 1)
_TWICE = np.int64(1 << 52)  # a step of one in the exponent
_LARGEST = np.finfo(np.float64).max
#: Grade D: beyond the budget, but no further off than so many roundings of a number of size
#: max(1, |x|), which is what is left when terms of that size cancel. Further off is *coarse*.
ROUNDING_LEVEL = 4.0
_NEAR_TOP = 2.0**1000  # where float64 is halved twice, as in `metric.measure`


class Terms(NamedTuple):
    """What a kernel must know of the format and the question, as plain numbers.

    `floor` and `ceiling` are the exponent bits of the smallest and the largest binade, `flip` minus
    these bits gives those of 1/ulp, `unflip` minus them those of 1/2**e.
    """

    wide: bool  #: Float64: residuals count, and everything is examined.
    overflows_to_nan: bool  #: The format has no infinities.
    shift: int  #: Of the bits of an input, to get its bin.
    magnitude: int  #: Mask that takes the sign off an input.
    normal: int  #: The first magnitude that is no subnormal.
    floor: int
    ceiling: int
    flip: int
    unflip: int
    hidden: float  #: 2**(p - 1)
    top: float  #: The first number beyond the format; inf for float64.
    low_top: float  #: A quarter of it.
    tiny: float  #: The smallest normal number.
    base: float  #: The least budget; at most the cap, so that a lost result is above it.
    low: float
    high: float
    rising: float  #: 1 for an increasing function, -1 for a decreasing one, 0 for neither.
    at_low: float  #: From what to what is right at zero.
    at_high: float


def bin_shift(fmt: Format) -> int:
    """Return by how many bits to shift a bit pattern to have its bin; 8 bits are their own bin."""
    return max(fmt.width - _BIN_BITS, 0)


def bin_of_minus_zero(fmt: Format) -> int:
    """Return the bin of -0: those of negative numbers start there."""
    return fmt.sign >> bin_shift(fmt)


def terms(
    fmt: Format,
    *,
    base: float,
    low: float = -np.inf,
    high: float = np.inf,
    rising: float = 0.0,
    at_zero: tuple[float, float] = (np.nan, np.nan),
) -> Terms:
    """Put a format and a question into numbers.

    Parameters
    ----------
    fmt : Format
        Of inputs and results.
    base : float
        The least budget, in ulp.
    low, high : float, optional
        The range of results, numbers of the format.
    rising : {1, -1, 0}, optional
        Which way the function goes, if it goes one way.
    at_zero : tuple of float, optional
        From what to what is right at zero, to know a flushed input.

    Returns
    -------
    Terms
        For `count`, `settle` and `mirror`.
    """
    return Terms(
        wide=fmt.name == "float64",
        overflows_to_nan=not fmt.infinities,
        shift=bin_shift(fmt),
        magnitude=fmt.sign - 1,
        normal=1 << fmt.stored,
        floor=(fmt.emin + 1023) << 52,
        ceiling=(fmt.emax + 1023) << 52,
        flip=_wrapped((2046 + fmt.stored) << 52),
        unflip=2046 << 52,
        hidden=2.0**fmt.stored,
        top=float(fmt.first_beyond()),
        low_top=float(fmt.first_beyond(-2)),
        tiny=2.0**fmt.emin,
        base=min(float(base), 2.0 ** (fmt.precision - 2)),
        low=float(low),
        high=float(high),
        rising=float(rising),
        at_low=float(at_zero[0]),
        at_high=float(at_zero[1]),
    )


def _wrapped(value: int) -> int:
    """Return an integer as the 64 bits that it is cut to, read with a sign."""
    return int(np.uint64(value & (2**64 - 1)).astype(np.int64))


@njit(cache=True, nogil=True, inline="always")
def _bits(value):  # type: ignore[no-untyped-def]
    return np.float64(value).view(np.int64)


@njit(cache=True, nogil=True)
def _scan(got, exact, floor, ceiling, flip, top):  # type: ignore[no-untyped-def]
    """Return the bits of the largest error, and whether a zero is worth a look."""
    largest = np.int64(0)
    zeros = False
    for i in range(got.size):
        result = np.float64(got[i])
        right = exact[i]
        right_bits = _bits(right)
        power = min(max(right_bits & _EXPONENT, floor), ceiling)
        per_ulp = np.int64(flip - power).view(np.float64)
        # What is right beyond the format counts as the first number there.
        error = abs(result - min(max(right, -top), top)) * per_ulp
        largest = max(largest, _bits(error))
        zeros |= (result == 0) & ((error > 0.5) | ((_bits(result) ^ right_bits) < 0))
    return np.int64(largest).view(np.float64), zeros


@njit(cache=True, nogil=True)
def _outside(got, low, high):  # type: ignore[no-untyped-def]
    found = False
    for i in range(got.size):
        found |= (got[i] < low) | (got[i] > high)
    return found


@njit(cache=True, nogil=True)
def _turns(before, got, way):  # type: ignore[no-untyped-def]
    found = False
    for i in range(got.size):
        found |= way * got[i] < way * before[i]
    return found


@njit(cache=True, nogil=True)
def _find(got, exact, floor, ceiling, flip, top, wanted):  # type: ignore[no-untyped-def]
    """Return the index of the first error of this size; computed as in `_scan`."""
    for i in range(got.size):
        right = exact[i]
        power = min(max(_bits(right) & _EXPONENT, floor), ceiling)
        per_ulp = np.int64(flip - power).view(np.float64)
        nearest = min(max(right, -top), top)
        if abs(np.float64(got[i]) - nearest) * per_ulp == wanted:
            return i
    return -1


@njit(cache=True, nogil=True, inline="always")
def _within(value, end):  # type: ignore[no-untyped-def]
    return min(max(value, -end), end)


@njit(cache=True, nogil=True)
def _error(result, right, residual, t):  # type: ignore[no-untyped-def]
    """Return the error in ulp, and whether it is a non-finite mismatch; as `metric.measure`."""
    if t.overflows_to_nan and np.isnan(result) and not np.isnan(right):
        result = np.copysign(np.inf, right)
    if np.isnan(result) or np.isnan(right):
        mismatch = np.isnan(result) != np.isnan(right)
        return (np.inf if mismatch else 0.0), mismatch
    power = min(max(_bits(right) & _EXPONENT, t.floor), t.ceiling)
    if t.wide and (abs(result) > _NEAR_TOP or abs(right) > _NEAR_TOP):
        top, a, b = t.low_top, result * 0.25, right * 0.25
        power -= 2 * _TWICE
    else:
        top, a, b = t.top, result, right
    b = _within(b, top)
    per_binade = np.int64(t.unflip - power).view(np.float64)
    distance = (_within(a, top) - b) * per_binade * t.hidden
    if t.wide and not np.isinf(right):
        distance -= residual
        inward = residual < 0 if right > 0 else residual > 0
        if inward and _bits(right) & _FRACTION == 0 and power > t.floor:
            distance *= 2.0  # the exact value lies below a power of two: its ulp is half
    ulps = abs(distance)
    if np.isinf(result) and abs(b) < top and ulps > 1:
        return np.inf, True
    return min(ulps, _LARGEST), False


@njit(cache=True, nogil=True, inline="always")
def _ordinal(x, t):  # type: ignore[no-untyped-def]
    """Return the place of an input among all, from its bits: -0 is -1 and 0 is 0."""
    magnitude = np.int64(x & np.uint64(t.magnitude))
    return magnitude if np.uint64(x) <= np.uint64(t.magnitude) else -1 - magnitude


@njit(cache=True, nogil=True)
def _note(row, defect, at, got, exact):  # type: ignore[no-untyped-def]
    row.number[defect] += 1
    if at < row.first[defect]:
        row.first[defect] = at
        row.first_got[defect] = got
        row.first_exact[defect] = exact
    if at > row.last[defect]:
        row.last[defect] = at
        row.last_got[defect] = got
        row.last_exact[defect] = exact


@njit(cache=True, nogil=True)
def _apart(a, b, t):  # type: ignore[no-untyped-def]
    """Return how far two results lie apart, in ulp of the larger."""
    if np.isnan(a) or np.isnan(b):
        return 0.0 if np.isnan(a) and np.isnan(b) else _LARGEST
    if a == b:
        return 0.0
    ulps, _ = _error(a if abs(a) < abs(b) else b, b if abs(a) < abs(b) else a, 0.0, t)
    return min(ulps, _LARGEST)


@njit(cache=True, nogil=True)
def _examine(x, got, exact, residual, start, stop, head, t, row, pending, n):  # type: ignore[no-untyped-def]
    """Count what is wrong in a block; `head` is where its bin starts in the arrays."""
    beyond, turned = n
    errors, error_size, steps, step_size = pending
    for i in range(start, stop):
        result, right = np.float64(got[i]), exact[i]
        at = _ordinal(x[i], t)
        error, mismatch = _error(result, right, residual[i] if t.wide else 0.0, t)
        if mismatch:
            _note(row, _NONFINITE, at, result, right)
        else:
            if result == 0 and abs(right) < t.tiny and (_bits(result) ^ _bits(right)) < 0:
                _note(row, _ZERO_SIGN, at, result, right)
            if error > 0.5:
                size = np.int64(x[i] & np.uint64(t.magnitude))
                flushed_input = 0 < size < t.normal and t.at_low <= result <= t.at_high
                flushed_result = result == 0 and 0 < abs(right) < t.tiny
                if flushed_input:
                    _note(row, _FLUSHED_INPUT, at, result, right)
                if flushed_result:
                    _note(row, _FLUSHED_RESULT, at, result, right)
                if flushed_input or flushed_result:
                    error = 0.0
            if result < t.low or result > t.high:
                _note(row, _RANGE, at, result, right)
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
                size = _step_back(lower, max(at, _ordinal(x[i - 1], t)), upper, t, row)
                if size > 2 * t.base:
                    steps[turned] = i
                    step_size[turned] = size
                    turned += 1
    return beyond, turned


@njit(cache=True, nogil=True)
def _step_back(lower, at, upper, t, row):  # type: ignore[no-untyped-def]
    size = _apart(lower, upper, t)
    _note(row, _ORDER, at, upper, lower)
    if size > row.order:
        row.order = size
        row.order_at = at
        row.order_got = upper
        row.order_exact = lower
    return size


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def _span(x, got, head, end, t, row):  # type: ignore[no-untyped-def]
    if row.count == 0:
        row.x_first = _ordinal(x[head], t)
        row.got_first = got[head]
    row.count += end - head
    row.x_last = _ordinal(x[end - 1], t)
    row.got_last = got[end - 1]


class Pending(NamedTuple):
    """Room for what needs its full budget to be judged: indices into the inputs, and ulps."""

    errors: NDArray[np.int64]
    error_size: NDArray[np.float64]
    steps: NDArray[np.int64]  #: The second, in the order of the arrays, of two that go back.
    step_size: NDArray[np.float64]

    @classmethod
    def room(cls, size: int) -> Pending:
        """Return room for so many inputs."""
        return cls(
            np.empty(size, dtype=np.int64), np.empty(size),
            np.empty(size, dtype=np.int64), np.empty(size),
        )  # fmt: skip


@njit(cache=True, nogil=True)
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
        for start in range(head, end, _BLOCK):
            stop = min(start + _BLOCK, end)
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
                row.worst_at = _ordinal(x[i], t)
                row.worst_got = got[i]
                row.worst_exact = exact[i]
        head = end
    return n


@njit(cache=True, nogil=True)
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
    end = min(t.top, _LARGEST)  # beyond it, a result is as far off as the end is
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
        at = _ordinal(x[i], t)
        _note(row, _BEYOND, at, result, right)
        if error > row.beyond:
            row.beyond = error
            row.beyond_at = at
            row.beyond_got = result
            row.beyond_exact = right
            row.beyond_budget = budget[k]
        if result == 0:
            _note(row, _VANISHED, at, result, right)
        elif wrong_sign:
            _note(row, _SIGN, at, result, right)
        distance = abs(_within(result, end) - _within(right, end))
        if distance > ROUNDING_LEVEL * _ulp(max(1.0, abs(points[k])), t):
            _note(row, _COARSE, at, result, right)
        # Half of the digits gone at the scale of the result: this is another function.
        if distance * distance > max(1.0, abs(right)) ** 2 / t.hidden:
            _note(row, _DEFINITION, at, result, right)


@njit(cache=True, nogil=True)
def _ulp(value, t):  # type: ignore[no-untyped-def]
    power = min(max(_bits(value) & _EXPONENT, t.floor), t.ceiling)
    return np.int64(power).view(np.float64) / t.hidden


@njit(cache=True, nogil=True)
def settle_steps(x, got, t, rows, slots, pending, n, granted):  # type: ignore[no-untyped-def]
    """Judge the steps back that wait: `granted` is what the budgets of both ends come to."""
    for k in range(n):
        if pending.step_size[k] <= granted[k]:
            continue
        i = pending.steps[k]
        here, before = _ordinal(x[i], t), _ordinal(x[i - 1], t)
        upper, lower = (i, i - 1) if here > before else (i - 1, i)
        row = rows[slots[x[i] >> np.uint64(t.shift)]]
        _note(row, _ORDER_BEYOND, max(here, before), np.float64(got[upper]), np.float64(got[lower]))


@njit(cache=True, nogil=True)
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
    return _step_back(lower, at, upper, t, row)


@njit(cache=True, nogil=True)
def note(defect, at, got, exact, rows, slot):  # type: ignore[no-untyped-def]
    """Count a defect in a row."""
    _note(rows[slot], defect, at, got, exact)


@njit(cache=True, nogil=True)
def _differ(got, other, sign):  # type: ignore[no-untyped-def]
    found = np.int64(0)
    for i in range(got.size):
        found |= _bits(np.float64(got[i])) ^ _bits(sign * np.float64(other[i]))
    return found != 0


@njit(cache=True, nogil=True)
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
    for start in range(0, x.size, _BLOCK):
        stop = min(start + _BLOCK, x.size)
        if not _differ(got[start:stop], other[start:stop], sign):
            continue
        for i in range(start, stop):
            result, expected = np.float64(got[i]), sign * np.float64(other[i])
            if _bits(result) == _bits(expected) or (np.isnan(result) and np.isnan(expected)):
                continue
            row = rows[slots[x[i] >> shift]]
            at = _ordinal(x[i], t)
            size = _apart(result, expected, t)
            _note(row, _SYMMETRY, at, result, expected)
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


@njit(cache=True, nogil=True)
def settle_mirrored(x, got, other, sign, t, rows, slots, pending, n, granted):  # type: ignore[no-untyped-def]
    """Judge the mirrored results that wait."""
    for k in range(n):
        if pending.step_size[k] > granted[k]:
            i = pending.steps[k]
            row = rows[slots[x[i] >> np.uint64(t.shift)]]
            expected = sign * np.float64(other[i])
            _note(row, _SYMMETRY_BEYOND, _ordinal(x[i], t), np.float64(got[i]), expected)
