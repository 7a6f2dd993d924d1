"""One result exactly: what it rounds to, and how far from a rounding boundary it is."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from actinit.spec import Activation, Part

from ..formats import Format
from ..oracle.closed import rational, side
from ..oracle.formula import compile_formula
from .hulls import Interval, hull

__all__ = ["Nearest", "UnsettledError", "nearest", "rounded"]

_PRECISIONS = tuple(128 * 2**k for k in range(9))
# From here on a proof that a result is a rational number is looked for.
_PROVE_FROM = 512
# A result below is 0 in every format, however far; its distance from a boundary is not asked for.
_NOTHING = arb(2) ** -1200
# A result beyond is infinite in every format that has infinities.
_BEYOND = arb(2) ** 1200
# A distance that only its sign is known of.
_LITTLE = Fraction(1, 2**1000)
# Of a distance so many bits are known.
_ENOUGH = 24


class UnsettledError(ArithmeticError):
    """No precision tells what a result rounds to."""


class Nearest(NamedTuple):
    """An exact result, rounded.

    Attributes
    ----------
    value : float
        The nearest number of the format, ties to even.
    distance : float
        From the exact result to the nearest rounding boundary, in ulp: at most 1/2; 0 for a tie.
        Positive if the result is beyond the boundary, away from 0. For results that are numbers
        of the format, or hardly differ from one, it is 1/2.
    any_zero : bool
        Whether the result is 0 itself, which has no sign.
    """

    value: float
    distance: float
    any_zero: bool = False


def nearest(
    entry: Activation, part: Part, x: float, parameters: dict[str, float], fmt: Format
) -> Nearest:
    """Evaluate a formula at a number and round it, at rising precision.

    Parameters
    ----------
    entry : Activation
        An elementwise entry.
    part : {"value", "derivative"}
        Which formula.
    x : float
        A finite input.
    parameters : dict of str to float
        A value for each parameter.
    fmt : Format
        What to round to.

    Returns
    -------
    Nearest
        With the distance good to 24 bits.

    Raises
    ------
    UnsettledError
        If no precision tells.
    """
    before = ctx.prec
    try:
        for bits in _PRECISIONS:
            ctx.prec = bits
            ball = _compiled(entry, part, tuple(parameters.items()), bits)(arb(x))
            finite = ball.is_finite()
            ends = Interval.of(ball)
            point = None
            if not finite or abs(ball) < _NOTHING or ends.low < 0 < ends.high:
                point = hull(entry, part, Interval(arb(x), arb(x)), parameters)
            if point is not None:
                # Formulas as balls take exp of what is huge for infinite, so that the sign of what
                # is nothing may be lost, or that a result is finite; and 1 + tanh(u) is seen to be
                # no less than 0 where no precision sees that it is more.
                alone = not finite or abs(ball) < _NOTHING
                ends = point[1] if alone else _common(ends, point[1])
            elif not finite:
                continue
            if bits >= _PROVE_FROM:
                exact = rational(entry, part, x, parameters)
                if exact is not None:
                    return _of_fraction(exact, fmt)
                boundary = _boundary(ends, fmt)
                if boundary is not None and (at := side(entry, part, x, parameters, boundary)):
                    return _beside(boundary, at, fmt)
            if (found := _settle(ends, fmt)) is not None:
                return found
    finally:
        ctx.prec = before
    raise UnsettledError(
        f"{entry.name}: the {part} at {x!r} is not settled for {fmt.name} with {_PRECISIONS[-1]} "
        "bits"
    )


@lru_cache(maxsize=64)
def _compiled(entry: Activation, part: Part, parameters: Any, bits: int) -> Any:
    assert ctx.prec == bits  # constants of the formula are made at the precision of the moment
    return compile_formula(entry, part, dict(parameters))


def _common(one: Interval, other: Interval) -> Interval:
    """Return what lies in both of two intervals that hold the same number."""
    return Interval(max(one.low, other.low), min(one.high, other.high))


def _settle(ends: Interval, fmt: Format) -> Nearest | None:
    """Return what all numbers of an interval round to; None if that differs, or is too rough."""
    if ends.low < 0 < ends.high:
        return None
    if max(abs(ends.low), abs(ends.high)) < _NOTHING:
        return Nearest(-0.0 if ends.low < 0 else 0.0, 0.5, any_zero=ends.zero)
    if min(abs(ends.low), abs(ends.high)) > _BEYOND:
        return _at(Fraction(-1 if ends.low < 0 else 1), 1200, Fraction(1, 2), fmt)
    (low, unit), (high, other) = (_steps(_fraction(end), fmt) for end in ends)
    if round(low) * Fraction(2) ** unit != round(high) * Fraction(2) ** other:
        return None
    if unit != other or math.floor(low) != math.floor(high):
        # A number of the format lies among them, which is as far from a boundary as can be.
        return _at(*((high, other) if high else (low, unit)), Fraction(1, 2), fmt)
    boundary = math.floor(low) + Fraction(1, 2)
    least, most = sorted((low - boundary, high - boundary), key=abs)
    if least * most <= 0 or (most - least) / least > Fraction(1, 2**_ENOUGH):
        return None
    return _at(low, unit, least, fmt)


def _boundary(ends: Interval, fmt: Format) -> Fraction | None:
    """Return the rounding boundary of a format that an interval holds; None if it is not one."""
    (low, unit), (high, other) = (_steps(_fraction(end), fmt) for end in ends)
    boundary = math.ceil(low - Fraction(1, 2)) + Fraction(1, 2)
    if unit != other or not boundary <= high < boundary + 1:
        return None
    return boundary * Fraction(2) ** unit


def _beside(boundary: Fraction, side: int, fmt: Format) -> Nearest:
    """Return what lies on one side of a rounding boundary, by next to nothing."""
    steps, unit = _steps(boundary, fmt)
    little = _LITTLE if side > 0 else -_LITTLE
    return _at(steps + little, unit, little, fmt)


def _of_fraction(value: Fraction, fmt: Format) -> Nearest:
    steps, unit = _steps(value, fmt)
    return _at(steps, unit, steps - math.floor(steps) - Fraction(1, 2), fmt)


def _at(steps: Fraction, unit: int, distance: Fraction, fmt: Format) -> Nearest:
    whole = round(steps)  # ties to even
    size = float(rounded(np.array([float(abs(whole))]), unit, fmt)[0])
    value = -size if steps < 0 else size
    return Nearest(value, float(distance) if steps > 0 else -float(distance))


def _steps(value: Fraction, fmt: Format) -> tuple[Fraction, int]:
    """Return a number in units of its ulp in a format, and the exponent of that."""
    size = abs(value)
    exponent = size.numerator.bit_length() - size.denominator.bit_length()
    if size and size < Fraction(2) ** exponent:
        exponent -= 1
    unit = max(exponent, fmt.emin) - fmt.stored
    return value / Fraction(2) ** unit, unit


def _fraction(exact: arb) -> Fraction:
    # What is nothing, or beyond all, has an exponent of which no fraction can be written out; what
    # stands for it here rounds as it does, in every format.
    if exact and abs(exact) < _NOTHING:
        exact = _NOTHING if exact > 0 else -_NOTHING
    elif abs(exact) > _BEYOND:
        exact = _BEYOND if exact > 0 else -_BEYOND
    mantissa, exponent = exact.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def rounded(steps: NDArray[np.float64], unit: Any, fmt: Format) -> NDArray[Any]:
    """Return whole numbers of units as numbers of a format, with what is beyond it overflown."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.ldexp(steps, unit).astype(fmt.dtype)
