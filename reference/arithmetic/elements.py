"""What formulas of a row's elements are written with, for floats, pairs, balls and fractions.

An element is seen as its distance from the row's maximum and the exponential of that; a row as sums
over all elements but one leader, the first of its largest, whose exponential is 1. So nothing
cancels where one element leads by far.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from . import _wide, balls
from ._floats import LEAST, PER_STEP, STEP_1, STEP_2
from ._primitives import at_least, bits, entry, nearest, power_of_2, select, whole
from ._scaled import Scaled
from ._tables import LOG2, POWERS_OF_2
from .balls import Ball
from .functions import EXACT, Approximation, exp, log1p, part, size, where
from .pairs import Pair, pair_plus_float, two_sum

__all__ = [
    "LIFT",
    "At",
    "Part",
    "Row",
    "at_float",
    "at_pair",
    "at_wide",
    "difference",
    "differences",
    "distance",
    "exponent",
    "held",
    "less_a_little",
    "log_of_total",
    "raised",
    "size_of_differences",
]

#: Sums of pairs are kept this many binades higher, where no low part is subnormal that counts.
LIFT = 600
# Of a float: less than 2**20 of its last bits are worth, and a step to the next or the one after.
LITTLE = 2.0**-34
STEP = 2.0**-52
_SMALLEST = 5e-324
# Powers of 2**(1/256), rounded.
_POWERS = POWERS_OF_2[:2].sum(axis=0, keepdims=True)


class At(NamedTuple):
    """An element of a row.

    Attributes
    ----------
    distance : ndarray of float64, Pair, Ball or Fraction
        The element less the row's maximum.
    left : ndarray of float64, or float
        What rounding left of the distance, if it is a float.
    exp : Scaled
        Exponential of the distance: 1 of the largest, 0 of minus infinity.
    leads : ndarray of bool, or bool
        Whether it is the leader.
    upstream : ndarray of float64, or float
        Upstream gradient.
    """

    distance: Any
    left: Any
    exp: Any
    leads: Any
    upstream: Any


class Row(NamedTuple):
    """Sums over a row.

    Attributes
    ----------
    rest, dot : ndarray of float64, Pair, Ball or Fraction
        Sums of the exponentials of all but the leader, and of their products with the upstream
        gradient; both times ``lift``.
    total : as those
        Sum of all exponentials.
    upstream : as those
        Sum of the upstream gradient of all but the leader.
    spread, size : ndarray of float64, or float
        As `dot` and `upstream`, of absolute values: what their errors are relative to.
    leading : ndarray of float64, or float
        Upstream gradient of the leader.
    lift : float
        A power of 2.
    power : int
        Its exponent, negative.
    rounding : float
        What the rounding of a sum weighs: 1 in floats, next to nothing in pairs.
    factor : Scaled
        Of a row for a `Part.far`: exponential of how far the leader of the elements below is below
        the row's. Their sum is `dot` then.
    """

    rest: Any
    total: Any
    dot: Any
    spread: Any
    upstream: Any
    size: Any
    leading: Any
    lift: Any
    power: Any
    rounding: Any
    factor: Any = None


class Part(NamedTuple):
    """A function of a row's elements, as a formula.

    Attributes
    ----------
    rule : callable
        From an element, the row and its constant to an `Approximation`.
    constant : callable
        From a row to a number that all of its elements need.
    floats, pairs : float
        Bound of the error in units of the arithmetic times the weight, but for that of the sums.
    sums : float
        By how much of that of the sums it is larger.
    gradient : bool
        Whether it takes an upstream gradient.
    exactly : callable, optional
        From an `ExactRow`, a place and a number of bits to the result as a ball or a fraction: for
        a rule that cancels so that no precision may be enough.
    far : Part, optional
        The same function for rows in which the upstream gradient differs from the leader's only at
        elements far below it. They are added up apart, relative to the first of their largest:
        beside the leader they are nothing, and yet are what the results are made of. Where there
        are none all results are 0.
    irrational : bool
        Whether a row of the same numbers throughout has an irrational result.
    """

    rule: Callable[..., Approximation]
    constant: Callable[..., Any]
    floats: float
    pairs: float
    sums: float
    gradient: bool = False
    exactly: Callable[..., Any] | None = None
    irrational: bool = False
    far: Part | None = None


def distance(x: Any, top: Any) -> Pair:
    """Return an element less the maximum, exactly; of minus infinity the low part is 0."""
    d = two_sum(x, -top)
    return Pair(d.high, select(d.high == -np.inf, 0.0, d.low))


def at_float(x: Any, top: Any, leads: Any, upstream: Any) -> At:
    """Return an element in floats; its exponential to 1.1 units."""
    d = distance(x, top)
    return At(d.high, d.low, Scaled(_exp(d), 0), leads, upstream)


def _exp(d: Pair) -> Any:
    """Return the exponential of a distance as a float; what is below 2**-1022 may come out larger.

    As `_floats.exp`, with less: the power of 2 in one part has half a unit, the sum another half,
    all others less than 0.05; the next term of the series is below 2**-66.
    """
    held = at_least(d.high, LEAST)
    k = nearest(held * PER_STEP)
    r = (held - k * STEP_1) - k * STEP_2 + select(d.high < LEAST, 0.0, d.low)
    k = whole(k)
    power = entry(_POWERS, 0, k & 255)
    small = r + r * r * (0.5 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120))))
    number = (power + power * small) * power_of_2(at_least(k >> 8, -1022))
    return select(d.high == -np.inf, 0.0, number)


def at_pair(x: Any, top: Any, leads: Any, upstream: Any) -> At:
    """Return an element in pairs; its exponential to 0.7 units."""
    d = distance(x, top)
    return At(d, 0.0, _or_0(d, exp(d)), leads, upstream)


def at_wide(x: Any, top: Any, leads: Any, upstream: Any) -> At:
    """Return an element in pairs; its exponential to 2**-97."""
    d = distance(x, top)
    return At(d, 0.0, _or_0(d, _wide.exp(d)), leads, upstream)


def _or_0(d: Pair, e: Scaled) -> Scaled:
    none = d.high == -np.inf
    return Scaled(Pair(select(none, 0.0, e.number.high), select(none, 0.0, e.number.low)), e.power)


def raised(e: Scaled) -> Pair:
    """Return a pair times ``2**LIFT``; what is below 2**-1600 before may come out larger."""
    scale = power_of_2(at_least(e.power + LIFT, -1022))
    return Pair(e.number.high * scale, e.number.low * scale)


def difference(like: Any, a: Any, b: Any) -> Any:
    """Return the difference of two floats as a number of the arithmetic of `like`."""
    if isinstance(like, Pair):
        return two_sum(a, -b)
    if isinstance(like, Ball):
        return Ball.exactly(Fraction(a) - Fraction(b), like.bits)  # type: ignore[arg-type]
    return Fraction(a) - Fraction(b) if isinstance(like, Fraction) else a - b


@part
def differences(row: Row, u: Any) -> Any:
    """Return the sum over j of (u - u[j]) e[j] times the row's lift, the leader taken apart."""
    return difference(row.rest, u, row.leading) * row.lift + (row.rest * u - row.dot)


@part
def size_of_differences(row: Row, u: Any) -> Any:
    """Return what the error of `differences` is relative to."""
    # What is below 2**-600 may have underflowed on the way.
    return abs(u - row.leading) * row.lift + size(row.rest) * abs(u) + row.spread + 2.0**-600


def held(at: At) -> Any:
    """Return the number of an exponential, or one that is not 0 and does as well.

    A gradient below 2**-200 rounds to 0 in the formats that floats are asked for, but that has a
    sign: of minus infinity that of the limit.
    """
    e = at.exp.number
    if isinstance(e, Pair):
        return where(e.high == 0.0, 1.0, e)
    return e if isinstance(e, Ball | Fraction) else at_least(e, 2.0**-500)


def exponent(x: Any) -> Any:
    """Return k of 2**k <= x < 2**(k + 1) for normal x."""
    return (bits(x) >> 52) - 1023


def log_of_total(row: Row) -> Any:
    """Return log(1 + rest), relative to which its error is: 4.3 units in floats, 0.6 in pairs.

    The total is 2**k (1 + f), and where k = 0, f is the rest itself. The rest's own error, relative
    to it, is no larger relative to the logarithm, since x / (1 + x) <= log(1 + x). Beyond, floats
    have, relative to a result of at least log(2): log1p 2, half a unit of the total 0.73, the
    constant and its product 1, the sum 0.5.
    """
    if isinstance(row.rest, Ball):
        return balls.log1p(row.rest)
    return (log_of_pair if isinstance(row.rest, Pair) else log_of_float)(row)


def log_of_float(row: Row) -> Any:
    """Do what `log_of_total` does, for floats."""
    k = exponent(row.total)
    f = select(k == 0, row.rest * (1.0 / row.lift), row.total * power_of_2(-k) - 1.0)
    return log1p(f) + LOG2[0] * (k * 1.0)


def log_of_pair(row: Row) -> Pair:
    """Do what `log_of_total` does, for pairs."""
    k = exponent(row.total.high)
    scale, down = power_of_2(-k), 1.0 / row.lift
    f = pair_plus_float(Pair(row.total.high * scale, row.total.low * scale), -1.0)
    high = select(k == 0, row.rest.high * down, f.high)
    low = select(k == 0, row.rest.low * down, f.low)
    return log1p(Pair(high, low)) + Pair(LOG2[0], LOG2[1]) * (k * 1.0)


def less_a_little(at: At, amount: Any, some: Any) -> tuple[Any, Any]:
    """Return the distance less an amount that is not negative, and what its error is relative to.

    Distances often are the middle of two floats. An amount then decides, however little it is: by
    its sign. Where the float that ends the distance has 20 zeros at its own end, as a middle has,
    and the amount is less than these, all in between rounds to the same; one such number is
    returned.

    Parameters
    ----------
    at : At
        Element.
    amount : float, Pair or Ball
        What to take away.
    some : bool
        Whether that is more than 0, even where it has underflowed.
    """
    if isinstance(at.distance, Ball):
        return at.distance - amount, 0.0
    of_arithmetic = less_of_pair if isinstance(at.distance, Pair) else less_of_float
    return of_arithmetic(at, amount, some)


def less_of_float(at: At, amount: Any, some: Any) -> tuple[Any, Any]:
    """Do what `less_a_little` does, for floats."""
    d = at.distance
    a = abs(d)
    stepped = (at.left == 0.0) & (amount < a * LITTLE) & (some > 0.0) & ends_in_zeros(a)
    number = select(stepped, d - a * STEP, d - amount)
    return number, select(stepped | (d == -np.inf), EXACT, abs(number))


def less_of_pair(at: At, amount: Pair, some: Any) -> tuple[Pair, Any]:
    """Do what `less_a_little` does, for pairs."""
    d = at.distance
    a = abs(d.low)
    # Without a low part the distance gets one.
    held = select(some > 0.0, at_least(amount.high, _SMALLEST), 0.0)
    added = (d.low == 0.0) & (held < abs(d.high) * 2.0**-60)
    stepped = (held < a * LITTLE) & (some > 0.0) & ends_in_zeros(a)
    value = d - amount
    special = added | stepped
    number = Pair(
        select(special, d.high, value.high),
        select(stepped, d.low - a * STEP, select(added, -held, value.low)),
    )
    weight = select(added, held * 2.0**30, amount.high + abs(value.high) * 2.0**-20)
    return number, select(stepped, EXACT, weight)


def ends_in_zeros(a: Any) -> Any:
    """Say whether the last 20 bits of a positive float are 0, and no step of it is subnormal."""
    much = a * 2.0**20
    return ((a + much) - much == a) & (a > 2.0**-900)
