"""Hard cases of float64, found: inputs whose exact results nearly are rounding boundaries.

Near x0 the results in units of their last place are ``g(i) = c0 + c1 i + c2 i**2 + ...`` for the
i-th number after x0, and what is wanted are i with a fraction of g(i) next to 1/2. On a window of L
numbers g is a straight line but for ``c2 L**2 / 8``, and whether the fraction of a line comes into
a short interval is told in some 15 steps of Euclid's algorithm, however long the window is
(V. Lefèvre, 1998). Only windows that it points at are looked through; where g bends too much for
long windows, all are.

Nothing is proven here: what is found is judged with balls, and what is missed is missed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from flint import arb, arb_series, ctx
from numba import njit
from numpy.typing import NDArray

from actinit.spec import Activation, Part

from ..formats import FORMATS
from ..oracle.formula import UncertainError, compile_series
from .exactly import nearest
from .piece import Case

__all__ = ["BITS", "searched", "simple"]

FLOAT64 = FORMATS["float64"]
#: What is looked for agrees with a boundary to so many bits beyond the last one.
BITS = 32
# Numbers that share one expansion; the terms from the second on are then below 2**8, so that
# float64 has their fractions to 2**-44, and the term after the last is nothing.
_LONGEST, _SHORTEST = 2**24, 2**10
_LARGEST_TERM = 2.0**8
# How far a window may bend, of an ulp, and how many numbers it may have.
_BEND = 2.0**-22
_SHORTEST_WINDOW, _LONGEST_WINDOW = 2**9, 2**15
# With shorter windows it takes less time to look at all numbers.
_DIRECT_WINDOW = 2**12
_TERMS = 5
_HITS = 512


class _Expansion(NamedTuple):
    """g as integers modulo 2**64, which stands for 1, and what is small of it as floats."""

    constant: np.uint64
    slope: np.uint64
    bends: NDArray[np.float64]  #: c2, c3, c4.


def searched(
    entry: Activation, part: Part, parameters: dict[str, float], start: float, count: int
) -> list[Case]:
    """Search the numbers after one, away from 0.

    Parameters
    ----------
    entry : Activation
        An elementwise entry.
    part : {"value", "derivative"}
        Which formula.
    parameters : dict of str to float
        A value for each parameter.
    start : float
        Where to begin: normal.
    count : int
        How many numbers to search; fewer where the binade ends before.

    Returns
    -------
    list of Case
        Those within 2**-33 ulp of a boundary, nearest first.
    """
    formula = _series(entry, part, parameters)
    found = []
    mantissa, power = math.frexp(start)
    first, exponent = int(abs(mantissa) * 2**53), power - 53
    sign = math.copysign(1.0, start)
    at, end = first, min(first + count, 2**53)
    while at < end:
        expansion, length = _expanded(formula, sign, at, exponent)
        length = min(length, end - at)
        if expansion is not None:
            for offset in _hits(expansion, length):
                x = sign * math.ldexp(at + offset, exponent)
                right = nearest(entry, part, x, parameters, FLOAT64)
                if abs(right.distance) < 2.0 ** (-BITS - 1):
                    found.append(Case(x, right.value, right.distance))
        at += length
    return sorted(found, key=lambda case: abs(case.distance))


def simple(entry: Activation, part: Part, parameters: dict[str, float]) -> list[Case]:
    """Return hard cases among numbers of few bits, where a function is nearly a simple one.

    Half of a subnormal number is in the middle of two, and 1/2 + x/4 is so for some x.

    Parameters
    ----------
    entry, part, parameters
        As in `searched`.
    """
    found = []
    for sign in (1, -1):
        for odd in range(1, 16, 2):
            for power in (*range(-70, 4), -1074):
                x = sign * math.ldexp(odd, power)
                right = nearest(entry, part, x, parameters, FLOAT64)
                if abs(right.distance) < 2.0 ** (-BITS - 1):
                    found.append(Case(x, right.value, right.distance))
    return sorted(found, key=lambda case: abs(case.distance))


def _series(
    entry: Activation, part: Part, parameters: dict[str, float]
) -> Callable[[arb_series], Any]:
    before, ctx.prec = ctx.prec, 256
    try:
        return compile_series(entry, part, parameters)
    finally:
        ctx.prec = before


def _expanded(
    formula: Callable[[arb_series], Any], sign: float, first: int, exponent: int
) -> tuple[_Expansion | None, int]:
    """Return g around a number, and for how many numbers it is good; None if there is no g."""
    before = ctx.prec, ctx.cap
    ctx.prec, ctx.cap = 256, _TERMS
    try:
        series = formula(arb_series([int(sign) * arb((first, exponent)), 1]))
        if not isinstance(series, arb_series):
            return None, _LONGEST
        coefficients = [series[k] for k in range(_TERMS)]
        size = abs(float(coefficients[0].mid()))
        if not size or math.isinf(size):  # beyond all numbers there are no boundaries
            return None, _LONGEST
        unit = max(math.frexp(size)[1] - 1, FLOAT64.emin) - FLOAT64.stored
        step = int(sign) * arb((1, exponent))
        scaled = [c * step**k * arb(2) ** -unit for k, c in enumerate(coefficients)]
        bends = np.array([float(c.mid()) for c in scaled[2:]])
        length = _LONGEST
        while length > _SHORTEST and _largest(bends, length) > _LARGEST_TERM:
            length //= 2
        return _Expansion(_fixed(scaled[0]), _fixed(scaled[1]), bends), length
    except (UncertainError, ValueError):
        return None, _LONGEST
    finally:
        ctx.prec, ctx.cap = before


def _largest(bends: NDArray[np.float64], length: int) -> float:
    return sum(abs(c) * float(length) ** (k + 2) for k, c in enumerate(bends.tolist()))


def _fixed(value: arb) -> np.uint64:
    """Return the fraction of a number in units of 2**-64."""
    mantissa, exponent = value.mid().man_exp()
    return np.uint64(int(Fraction(int(mantissa)) * Fraction(2) ** (int(exponent) + 64)) % 2**64)


def _hits(expansion: _Expansion, length: int) -> Iterator[int]:
    """Yield the places whose results lie next to the middle of two numbers."""
    constant, slope, bends = expansion
    window = _LONGEST_WINDOW
    curvature = abs(bends[0]) + 3 * abs(bends[1]) * length
    while window > _SHORTEST_WINDOW and curvature * window**2 / 8 > _BEND:
        window //= 2
    direct = curvature * window**2 / 8 > _BEND
    window = _DIRECT_WINDOW if direct else window
    places = np.empty(_HITS, np.int64)
    count = _look(constant, slope, bends, length, window, direct, 2.0 ** (-BITS - 1), places)
    yield from places[:count].tolist()


@njit(cache=True)
def _look(
    constant: np.uint64, slope: np.uint64, bends: NDArray[np.float64], length: int, window: int,
    direct: bool, near: float, places: NDArray[np.int64],
) -> int:  # fmt: skip
    found = 0
    one = 2.0**64
    half = np.uint64(1) << np.uint64(63)
    for start in range(0, length, window):
        i = float(start)
        # g and its slope at the start of the window, modulo 1.
        bent = i * i * (bends[0] + i * (bends[1] + i * bends[2]))
        bent -= np.rint(bent)
        a = constant + np.uint64(start) * slope + np.uint64(np.int64(bent * one))
        tilt = i * (2 * bends[0] + i * (3 * bends[1] + i * 4 * bends[2]))
        tilt -= np.rint(tilt)
        b = slope + np.uint64(np.int64(tilt * one))
        c = bends[0] + i * 3 * bends[1]
        if not direct:
            # The chord of the parabola, shifted to its middle: off by c window**2 / 8.
            width = abs(c) * window * window / 8 + near + 2.0**-34
            chord = b + np.uint64(np.int64(c * window * one))
            middle = a - np.uint64(np.int64(c * window * window / 8 * one))
            from_half = middle - half + np.uint64(np.int64(width * one))
            if not _comes_into(from_half, chord, 2 * width, window):
                continue
        bend = np.uint64(np.int64(2 * c * one))
        step = b + np.uint64(np.int64(c * one))
        at = a - half + np.uint64(np.int64(near * one))
        limit = np.uint64(np.int64(2 * near * one))
        for j in range(min(window, length - start)):
            if at < limit and found < places.size:
                places[found] = start + j
                found += 1
            at += step
            step += bend
    return found


@njit(cache=True)
def _comes_into(a: np.uint64, b: np.uint64, width: float, count: int) -> bool:
    """Say whether (a + b j) mod 2**64 is below width * 2**64 for some j < count.

    With a step s and a modulus m the least j with s j mod m between two bounds is either the first
    before s j passes m, or follows from the same question for m mod s.
    """
    m = np.int64(1 << 62)
    s = np.int64(b >> np.uint64(2))
    low = (m - np.int64(a >> np.uint64(2))) % m
    high = low + np.int64(width * 2.0**62)
    if low == 0 or high >= m:
        return True
    left = float(count)
    while True:
        if s == 0:
            return False
        if 2 * s > m:
            low, high, s = m - high, m - low, m - s
        first = (low + s - 1) // s
        if first > left:
            return False
        if s * first <= high:
            return True
        left = left * s / m + 1
        low, high, s, m = low % s, high % s, (s - m % s) % s, s
        if low == 0:
            return True
