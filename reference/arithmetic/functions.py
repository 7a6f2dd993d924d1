"""What formulas are written with: functions of a float, a pair or a ball, by what they are given.

============== ============== =========== ============
Function       of             of floats   of pairs
============== ============== =========== ============
`exp`          x <= 0         0.6 units   0.7 units
`expm1`        x <= 0         1.5 units   0.5 units
`log1p`        0 <= x <= 1    2 units     0.5 units
`mills`        0 <= x <= 56   1.1 units   0.5 units
`erf_integral` 0 <= x <= 1/8  1.1 units   0.5 units
`root`         x > 0          0.5 units   0.5 units
`sinh_gap`     0 <= x <= 1/2  1.1 units   0.5 units
============== ============== =========== ============

These bound the relative error, in the units of the two arithmetics: `UNIT` for floats and
`PAIR_UNIT` for pairs. A sum, difference, product or quotient has half a unit in floats, and next to
nothing in pairs (2**-102).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple, TypeVar

from . import _floats, _pairs, balls
from ._primitives import at_least, copysign, power_of_2, select
from ._scaled import LEAST, Scaled
from .balls import Ball
from .pairs import Pair, two_product

__all__ = [
    "EXACT",
    "LEAST",
    "NORMAL",
    "PAIR_UNIT",
    "PARTS",
    "SAFE",
    "UNIT",
    "Approximation",
    "Constant",
    "Scaled",
    "above_half",
    "constant",
    "erf_integral",
    "exact_in_pairs",
    "exact_product",
    "exp",
    "expm1",
    "far_below",
    "lifted",
    "lifted_to_square",
    "linear_near_0",
    "log1p",
    "mills",
    "not_above",
    "not_below",
    "number",
    "part",
    "rest",
    "root",
    "sinh_gap",
    "size",
    "unscaled",
    "weight_near_0",
    "where",
    "with_sign",
]

Function = TypeVar("Function", bound=Callable[..., Any])

#: What errors of results of floats are counted in.
UNIT = 2.0**-52
#: The weight of a number without an error.
EXACT = -1.0
#: What errors of results of pairs are counted in.
PAIR_UNIT = 2.0**-78
#: From here on, numbers of pairs are what they are said to be: no product of parts underflows.
SAFE = 2.0**-900
#: Results above have all digits of a float64.
NORMAL = 2.0**-1021
# Below, the second term of a series about 0 is below 2**-400 of the first.
_TINY = 2.0**-400
# Above, products of pairs overflow.
_HUGE = 2.0**900


class Approximation(NamedTuple):
    """What a formula comes to: ``number * 2**power``, known to ``weight * 2**power`` times a bound.

    Attributes
    ----------
    number : ndarray of float64, Pair or Ball
        The result, but for its power of 2.
    power : ndarray of int64, or int
        The power of 2.
    weight : ndarray of float64, or float
        What the error is relative to: the size of the number, or of the larger numbers that it is
        the difference of; `EXACT` where there is none. Of no meaning beside a ball, which has its
        error in itself.
    """

    number: Any
    power: Any
    weight: Any


class Constant(NamedTuple):
    """A constant as a pair, and the name under which `balls` has it in any precision."""

    high: float
    low: float
    name: str


#: The functions that formulas share, which are compiled with them.
PARTS: list[Callable[..., Any]] = []


def part(function: Function) -> Function:
    """Enter a function that formulas share among those that are compiled."""
    PARTS.append(function)
    return function


def _module(x: Any) -> Any:
    if isinstance(x, Pair):
        return _pairs
    return balls if isinstance(x, Ball) else _floats


def exp(x: Any) -> Scaled:
    """Return exp(x) for x <= 0, apart from its power of 2."""
    scaled: Scaled = _module(x).exp(x)
    return scaled


def expm1(x: Any) -> Any:
    """Return exp(x) - 1 for x <= 0."""
    return _module(x).expm1(x)


def log1p(x: Any) -> Any:
    """Return log(1 + x) for 0 <= x <= 1."""
    return _module(x).log1p(x)


def mills(x: Any) -> Any:
    """Return Phi(-x) exp(x**2 / 2) for 0 <= x <= 56, Phi the normal distribution function.

    Of a pair only the high part is seen.
    """
    return _module(x).mills(x)


def erf_integral(x: Any) -> Any:
    """Return the integral of exp(-t**2) from 0 to x, for 0 <= x <= 1/8."""
    return _module(x).erf_integral(x)


def sinh_gap(x: Any) -> Any:
    """Return (x cosh(x) - sinh(x)) / x**3, for 0 <= x <= 1/2."""
    return _module(x).sinh_gap(x)


def root(x: Any) -> Any:
    """Return the square root of x > 0; in pairs it is as good as a quotient."""
    return _module(x).root(x)


def constant(like: Any, value: Constant) -> Any:
    """Return a constant as a number of the arithmetic of `like`."""
    if isinstance(like, Pair):
        return Pair(value.high, value.low)
    return balls.CONSTANTS[value.name](like.bits) if isinstance(like, Ball) else value.high


def rest(x: Any) -> Any:
    """Return the low part of a pair as a float; of other numbers nothing is left."""
    return x.low if isinstance(x, Pair) else 0.0


def exact_product(x: Any, factor: float) -> Any:
    """Return x times a float; of a pair only the high part is seen, and zeros have their signs."""
    return two_product(x.high, factor) if isinstance(x, Pair) else x * factor


def unscaled(e: Scaled) -> Any:
    """Return a scaled number as an ordinary one; below 2**-1022 as any that is nothing beside 1."""
    number, power = e
    if isinstance(number, Ball):
        return number.shifted(power)
    if isinstance(number, Fraction):
        return number * Fraction(2) ** power
    scale = power_of_2(at_least(power, -1022))
    if isinstance(number, Pair):
        return Pair(number.high * scale, number.low * scale)
    return number * scale


def where(condition: Any, a: Any, b: Any) -> Any:
    """Return `a` where the condition holds, else `b`: numbers, pairs or balls."""
    if isinstance(condition, bool):
        chosen, other = (a, b) if condition else (b, a)
        # A float would be computed with as floats are.
        if isinstance(other, Ball) and not isinstance(chosen, Ball):
            return Ball.exactly(chosen, other.bits)
        return Fraction(chosen) if isinstance(other, Fraction) else chosen
    if isinstance(a, Pair) or isinstance(b, Pair):
        first, second = (one if isinstance(one, Pair) else Pair(one, 0.0) for one in (a, b))
        return Pair(
            select(condition, first.high, second.high), select(condition, first.low, second.low)
        )
    return select(condition, a, b)


@part
def not_above(x: Any, bound: float) -> Any:
    """Return x, or the bound where x is larger, or nan."""
    return where(x < bound, x, bound)


@part
def not_below(x: Any, bound: float) -> Any:
    """Return x, or the bound where x is less."""
    return where(x < bound, bound, x)


def number(like: Any, value: float) -> Any:
    """Return a float as a number of the arithmetic of `like`."""
    if isinstance(like, Pair):
        return Pair(value, 0.0)
    return Ball.exactly(value, like.bits) if isinstance(like, Ball) else value


def far_below(x: Any, bound: float) -> Any:
    """Say whether x < bound, so that its limit is as good as a function; for balls nothing is."""
    return False if isinstance(x, Ball) else x < bound


def size(x: Any) -> Any:
    """Return the absolute value of a number as a float, roughly."""
    if isinstance(x, Ball):
        return 0.0
    return abs(x.high) if isinstance(x, Pair) else abs(x)


def lifted(x: Any) -> Scaled:
    """Return a factor apart from a power of 2, so that no product of pairs is out of range."""
    if not isinstance(x, Pair):
        return Scaled(x, 0)
    a = abs(x.high)
    power = select(a < _TINY, -300, select(a > _HUGE, 300, 0))
    scale = power_of_2(-power)
    return Scaled(Pair(x.high * scale, x.low * scale), power)


def lifted_to_square(x: Any) -> Scaled:
    """Return a number apart from a power of 2, so that no part of its square is out of range."""
    if not isinstance(x, Pair):
        return Scaled(x, 0)
    power = power_to_square(abs(x.high))
    scale = power_of_2(-power)
    return Scaled(Pair(x.high * scale, x.low * scale), power)


def power_to_square(a: Any) -> Any:
    """Return the power of 2 without which the square of a float is from 2**-600 to 2**900.

    So is that without which its cube is above 2**-900.
    """
    small = select(a < 2.0**-600, -800, select(a < 2.0**-250, -400, 0))
    return select(a > 2.0**400, 600, small)


@part
def linear_near_0(y: Any, x: Any, slope: Any) -> Scaled:
    """Return y = slope x + c x**2 + ..., or its first term where x is tiny and y a pair.

    Apart from a power of 2, so that the parts of the product are in range. Relatively the others
    are below 2**-300, less than the error of a pair.
    """
    first = lifted(x)
    tiny = first.power < 0
    return Scaled(where(tiny, first.number * slope, y), where(tiny, first.power, 0))


def above_half(y: Any, x: Any) -> Any:
    """Return y = x / 2 + c x**2 + ..., c > 0, with more than the high part where x is tiny.

    The second term of a pair underflows there. What rounding needs of it is that it is positive and
    next to nothing beside the first.
    """
    if not isinstance(y, Pair):
        return y
    return Pair(y.high, select(abs(x.high) < _TINY, abs(y.high) * 2.0**-200, y.low))


def weight_near_0(weight: Any, y: Any, x: Any) -> Any:
    """Return a weight, or a smaller one for pairs y = a + b x + ..., or a x + b x**2 + ..., near 0.

    Here a is a power of 2, so that where x is tiny the high part has the first term, exactly, and
    only the low part has an error: of less than 2**-40 of itself.
    """
    if not isinstance(y, Pair):
        return weight
    return select(abs(x.high) < 2.0**-60, abs(y.low) * 2.0**30, weight)


def exact_in_pairs(like: Any, condition: Any, weight: Any) -> Any:
    """Return a weight, or `EXACT` where the condition holds and `like` is a pair."""
    return select(condition, EXACT, weight) if isinstance(like, Pair) else weight


def with_sign(x: Any, sign: Any) -> Any:
    """Return a number with the sign of another, where it is 0 or has that sign already."""
    if isinstance(x, Ball | Fraction):
        return x
    if isinstance(x, Pair):
        side = copysign(1.0, x.high) * copysign(1.0, sign.high)
        return Pair(copysign(x.high, sign.high), x.low * side)
    return copysign(x, sign)
