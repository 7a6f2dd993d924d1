"""Correct rounding of what stands out above the level of a row, which adds up to 1 in all.

With the row less its maximum, t, in falling order, and S the sum of the first k, the level is
(S - 1) / k for the last k with 1 + k t > S: elements further than 1 below the maximum have no part
in it. Results are quotients (1 + k t - S) / k of sums that are added up as two floats; what is lost
in this is known, and mostly nothing. Rows of which it leaves a comparison or a rounding open are
computed with fractions.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .functions import SAFE
from .pairs import Pair, fast_two_sum, two_product, two_sum
from .rows import nearest_to_pair
from .settle import _nearest

__all__ = ["above_level", "less_mean_above", "shares_above"]

Array = NDArray[Any]

# The sum of what is lost is itself rounded, once for each number that is added.
_ROUNDED_UP = 1 + 2.0**-20
# Products of upstream gradients and their errors are float64 numbers within these bounds.
_LARGE = 2.0**900


class _Sum(NamedTuple):
    """Sums as two floats, and bounds of what was lost; the second float may be large."""

    high: Array
    low: Array
    lost: Array

    @classmethod
    def of(cls, number: Array) -> _Sum:
        return cls(number, np.zeros_like(number), np.zeros_like(number))

    def plus(self, *terms: Array) -> _Sum:
        high, low, lost = self
        for term in terms:
            high, rest = _parts(two_sum(high, term))
            low, rest = _parts(two_sum(low, rest))
            lost = lost + np.abs(rest)
        return _Sum(high, low, lost)

    def minus(self, other: _Sum) -> _Sum:
        found = self.plus(-other.high, -other.low)
        return found._replace(lost=found.lost + other.lost)

    def at(self, places: Array) -> _Sum:
        return _Sum(*(part[places] for part in self))

    def pair(self) -> tuple[Pair, Array]:
        """Return the sums as pairs, and bounds of their errors."""
        return two_sum(self.high, self.low), self.lost * _ROUNDED_UP


class _Level(NamedTuple):
    """The levels of rows.

    Attributes
    ----------
    above : ndarray of bool
        Which elements are above.
    many : ndarray of float64
        How many.
    total : _Sum
        The sum of these, each less the row's maximum.
    open : ndarray of bool
        Rows of which it is not settled.
    """

    above: Array
    many: Array
    total: _Sum
    open: Array


def above_level(x: Array) -> Array:
    """Return max(x - level, 0), each the exact result rounded once.

    Parameters
    ----------
    x : ndarray
        Rows, of one of the spec's formats, shape (rows, n); none with nan, and each with a largest
        element that is finite.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`.
    """
    rows = x.astype(np.float64)
    distance = _distance(rows, rows.max(axis=1, keepdims=True))
    level = _levels(rows)

    def numerators(at: Array) -> _Sum:
        row = at[0]
        one = _Sum.of(np.ones(row.size))
        return _plus_product(one, _picked(distance, at), level.many[row]).minus(level.total.at(row))

    return _quotients(x, rows, level, numerators, _exactly_above)


def less_mean_above(x: Array, upstream: Array) -> Array:
    """Return u less the mean of u above the level, there, and 0 elsewhere: a gradient.

    Parameters
    ----------
    x : ndarray
        As in `above_level`.
    upstream : ndarray of float64
        u, finite, of the shape of `x`.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`.
    """
    rows = x.astype(np.float64)
    level = _levels(rows)
    size = np.abs(upstream)
    safe = ((size < _LARGE) & ((size > SAFE) | (size == 0))).all(axis=1)
    level = level._replace(open=level.open | ~safe)
    total = _added(_masked(upstream, level.above))

    def numerators(at: Array) -> _Sum:
        row = at[0]
        none = _Sum.of(np.zeros(row.size))
        u = Pair(upstream[at], np.zeros(row.size))
        return _plus_product(none, u, level.many[row]).minus(total.at(row))

    def exactly(row: Array, place: int) -> list[Fraction]:
        above, _ = _exact_level(row)
        u = [Fraction(one) for one in upstream[place].tolist()]
        mean = sum((one for one, is_above in zip(u, above, strict=True) if is_above), Fraction(0))
        mean /= sum(above)
        return [(one - mean) * is_above for one, is_above in zip(u, above, strict=True)]

    return _quotients(x, rows, level, numerators, exactly)


def shares_above(x: Array) -> tuple[Array, Array]:
    """Return which elements are above the level, and how many of each row.

    Parameters
    ----------
    x : ndarray
        As in `above_level`.

    Returns
    -------
    tuple of ndarray
        Of bool, of the shape of `x`; of float64, one for each row.
    """
    rows = x.astype(np.float64)
    level = _levels(rows)
    for row in np.flatnonzero(level.open):
        level.above[row], _ = _exact_level(rows[row])
    return level.above, level.above.sum(axis=1).astype(np.float64)


def _parts(a: Pair) -> tuple[Any, Any]:
    return a.high, a.low


def _distance(x: Array, top: Array) -> Pair:
    """Return x less the maximum, exactly where that is above -2."""
    return two_sum(x, -top)


def _picked(a: Pair, at: Any) -> Pair:
    return Pair(a.high[at], a.low[at])


def _plus_product(total: _Sum, a: Pair, count: Array) -> _Sum:
    """Add a pair times a whole number below 2**53."""
    terms = [part for one in (a.high, a.low) for part in _parts(two_product(one, count))]
    return total.plus(*terms)


def _levels(rows: Array) -> _Level:
    """Find the levels: guessed in floats, and then tried with sums of which the errors are known.

    1 + k t - S falls from element to element, so that it decides for all if the last that is above
    is so and the next is not.
    """
    n = rows.shape[1]
    ordered = -np.sort(-rows, axis=1)
    distance = _distance(ordered, ordered[:, :1])
    rank, near = np.arange(1, n + 1), np.maximum(distance.high, -2)
    count = np.maximum((1 + rank * near > np.cumsum(near, axis=1)).sum(axis=1), 1)
    above = rank <= count[:, np.newaxis]
    total = _added(_masked(distance.high, above)).minus(_added(_masked(-distance.low, above)))
    one, many = _Sum.of(np.ones(len(rows))), count.astype(np.float64)
    row = np.arange(len(rows))
    gaps = [
        _plus_product(one, _picked(distance, (row, place)), many).minus(total).pair()
        for place in (count - 1, np.minimum(count, n - 1))
    ]
    (last, error), (following, error_of_following) = gaps
    is_above = last.high > 2 * error
    is_below = (following.high < -2 * error_of_following) | (
        (following.high <= 0) & (error_of_following == 0)
    )
    left_open = ~is_above | ~(
        is_below | (count == n) | (distance.high[row, np.minimum(count, n - 1)] < -1)
    )
    least = ordered[row, count - 1]
    return _Level(rows >= least[:, np.newaxis], many, total, left_open)


def _masked(x: Array, chosen: Array) -> _Sum:
    return _Sum.of(np.where(chosen, x, 0.0))


def _added(terms: _Sum) -> _Sum:
    """Return the sums of rows, by halves."""
    while terms.high.shape[1] > 1:
        half = (terms.high.shape[1] + 1) // 2
        first, second = (
            _Sum(*(part[:, of] for part in terms)) for of in (slice(half), slice(half, None))
        )
        some = second.high.shape[1]
        joined = _Sum(*(part[:, :some] for part in first)).plus(second.high, second.low)
        joined = joined._replace(lost=joined.lost + second.lost)
        terms = _Sum(
            *(
                np.concatenate([one, rest[:, some:]], axis=1)
                for one, rest in zip(joined, first, strict=True)
            )
        )
    return _Sum(*(part[:, 0] for part in terms))


def _quotients(
    x: Array,
    rows: Array,
    level: _Level,
    numerators: Callable[[Array], _Sum],
    exactly: Callable[[Array, int], list[Fraction]],
) -> Array:
    """Return numerators over the count of their row, above the level, and 0 elsewhere."""
    results = np.zeros_like(x)
    at: Any = np.nonzero(level.above & ~level.open[:, np.newaxis])
    number, error = numerators(at).pair()
    count = level.many[at[0]]
    quotient = number.high / count
    back = two_product(quotient, count)
    rest, lost = _Sum.of(number.high).plus(-back.high, -back.low, number.low).pair()
    low = rest.high / count
    again = two_product(low, count)
    error = (error + lost + np.abs(rest.low)) / count
    # Not less than the second part can show: a bound that it swallows is none.
    inexact = (error > 0) | (again.high != rest.high) | (again.low != 0)
    error += inexact * np.abs(low) * 2.0**-51
    error = np.where((rest.high != 0) & (np.abs(low) <= SAFE), np.inf, error)
    found, settled = nearest_to_pair(
        fast_two_sum(quotient, low), np.zeros(count.size, np.int64), error, x.dtype
    )
    results[at] = found
    for row in np.unique([*np.flatnonzero(level.open), *at[0][~settled]]).astype(int):
        results[row] = [_nearest(one, x.dtype) for one in exactly(rows[row], row)]
    return results


def _exact_level(row: Array) -> tuple[list[bool], Fraction]:
    """Return which elements of a row are above its level, and that, less the maximum."""
    top = Fraction(float(row.max()))
    # What is further than 2 below the maximum, or a mask, is below the level.
    near = [Fraction(one) - top if one > row.max() - 2 else Fraction(-2) for one in row.tolist()]
    total, level = Fraction(0), Fraction(-1)
    for k, one in enumerate(sorted(near, reverse=True), 1):
        if 1 + k * one <= total + one:
            break
        total += one
        level = (total - 1) / k
    return [one > level for one in near], level


def _exactly_above(row: Array, _: int) -> list[Fraction]:
    above, level = _exact_level(row)
    top = Fraction(float(row.max()))
    return [
        Fraction(one) - top - level if is_above else Fraction(0)
        for one, is_above in zip(row.tolist(), above, strict=True)
    ]
