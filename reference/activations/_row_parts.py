"""The formulas of softmax, its logarithm, and their derivatives and gradients.

With e the exponential of an element less the row's maximum, r the sum of the others but one leader,
of which e is 1, and t = 1 + r, softmax is y = e / t. What is 1 - y is (t - e) / t, and r / t of the
leader.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from ..arithmetic.balls import Ball
from ..arithmetic.elements import (
    At,
    Part,
    Row,
    difference,
    differences,
    held,
    less_a_little,
    log_of_total,
    size_of_differences,
)
from ..arithmetic.exact_rows import ExactRow, exp_of_factor
from ..arithmetic.functions import Approximation, far_below, part, size, unscaled, where

__all__ = [
    "GRADIENT_OF_LOGSUMEXP",
    "GRADIENT_OF_LOG_SOFTMAX",
    "GRADIENT_OF_SOFTMAX",
    "LOG_SOFTMAX",
    "OTHERS",
    "PRODUCT_OF_SOFTMAX",
    "SLOPE_OF_SOFTMAX",
    "SOFTMAX",
]


# What is wrong with an exponential below 2**-1022 without its power of 2, over the unit of pairs.
_UNDERFLOW = 2.0**-940


def _inverse(row: Row) -> Any:
    return 1 / row.total


def _inverse_square(row: Row) -> Any:
    y = 1 / row.total
    return y * y


# e 1.1, the total 0.5 beside its sum, inverse and product 0.5 each.
def _softmax(at: At, row: Row, given: Any) -> Approximation:
    y = at.exp.number * given
    return Approximation(y, at.exp.power, size(y))


SOFTMAX = Part(_softmax, _inverse, floats=2.6, pairs=1.1, sums=1)


# The logarithm 4.3 beside its sum, which it does not amplify, the distance and the difference 0.5.
def _log_softmax(at: At, row: Row, given: Any) -> Approximation:
    y, weight = less_a_little(at, given, size(row.rest))
    # The leader's: there log(1 + r) is r to 2**-200.
    tiny = at.leads & far_below(row.rest, 2.0**-200 * row.lift)
    return Approximation(
        where(tiny, 0.0 - row.rest, y),
        where(tiny, row.power, 0),
        where(tiny, size(row.rest), weight),
    )


def _logarithm(row: Row) -> Any:
    return log_of_total(row)


LOG_SOFTMAX = Part(_log_softmax, _logarithm, floats=5.3, pairs=1.2, sums=1, irrational=True)


@part
def numerator_of_others(at: At, row: Row) -> Any:
    """Return t - e, of the leader r, times the row's lift.

    Without a leader's e it is at least half of t, so that errors are doubled at most.
    """
    return where(at.leads, row.rest, (row.total - unscaled(at.exp)) * row.lift)


# The numerator 2 (sums + 0.5) + 1.1 + 0.5, the inverse sums + 1, the product 0.5.
def _others(at: At, row: Row, given: Any) -> Approximation:
    y = numerator_of_others(at, row) * given
    return Approximation(y, row.power, size(y))


OTHERS = Part(_others, _inverse, floats=4.2, pairs=1.2, sums=3)


# e 1.1, the numerator 2 sums + 2.6, the square 2 (sums + 1) + 0.5, products 1.
def _slope_of_softmax(at: At, row: Row, given: Any) -> Approximation:
    y = at.exp.number * given * numerator_of_others(at, row)
    return Approximation(y, at.exp.power + row.power, size(y))


SLOPE_OF_SOFTMAX = Part(_slope_of_softmax, _inverse_square, floats=7.3, pairs=2.3, sums=4)


# Both e 1.1, their product 0.5, the square 2 (sums + 1) + 0.5, the product 0.5.
def _product_of_softmax(at: At, row: Row, given: Any) -> Approximation:
    y = at.exp.number * given
    return Approximation(y, at.exp.power, size(y))


PRODUCT_OF_SOFTMAX = Part(_product_of_softmax, _inverse_square, floats=6, pairs=2.2, sums=2)


def gradient_of_softmax(exact: ExactRow, place: int, bits: int) -> Any:
    """Return the gradient with respect to an element: e / t**2 times a sum of exponentials."""
    u = Fraction(float(exact.upstream[place]))
    terms = [(d, u * count - upstream) for d, count, upstream in exact.groups]
    return _sum_of(exact, terms, _inverse_square, exact.distance(place), bits)


def gradient_of_log_softmax(exact: ExactRow, place: int, bits: int) -> Any:
    """Return the gradient with respect to an element: u - e U / t; of a largest (u t - U) / t."""
    u, own = Fraction(float(exact.upstream[place])), exact.distance(place)
    if own == 0:
        terms = [(d, u * count - (0 if d else exact.upstream_sum)) for d, count, _ in exact.groups]
        return _sum_of(exact, terms, _inverse, own, bits)
    share = exp_of_factor(own, bits) * _inverse(exact.row(bits))
    return share * -exact.upstream_sum + u if exact.upstream_sum else u


def _sum_of(
    exact: ExactRow,
    terms: list[tuple[Fraction, Fraction]],
    constant: Callable[[Row], Any],
    power: Fraction,
    bits: int,
) -> Any:
    """Return a sum of exponentials, the largest first, times exp(power) and a constant of the row.

    What cancels exactly is left out: for each group of the same x the coefficient is a fraction.
    The first that is not 0 leads all others by an exponential.
    """
    terms = [(d, coefficient) for d, coefficient in terms if coefficient]
    if not terms:
        return Fraction(0)
    first = terms[0][0]
    total = Ball.exactly(0, bits)
    for d, coefficient in terms:
        total = total + exact.exp(d - first, bits) * coefficient
    return total * constant(exact.row(bits)) * exp_of_factor(power + first, bits)


# Relative to e / t**2 times the absolute values of the three terms: e 1.1, in the bracket products
# and sums 1.5, the square 2 (sums + 1) + 0.5, products 1.
def _gradient_of_softmax(at: At, row: Row, given: Any) -> Approximation:
    """Return e / t**2 times the sum of (u - u[j]) e[j]."""
    e = held(at)
    y = e * given * differences(row, at.upstream)
    weight = size(e) * size(given) * size_of_differences(row, at.upstream)
    return Approximation(y, at.exp.power + row.power, weight)


# With D the sum of (u[leader] - u[j]) e[j] over the elements below, relative to their own leader,
# and F that one's exponential: e and F 1.1 each, D the sums and 1.5, in the bracket a product more
# and the sum, 1, or the sums and 1.5, the square 2 (sums + 1) + 0.5, products 1.
def _gradient_far_below(at: At, row: Row, given: Any) -> Approximation:
    """Return e / t**2 times (u - u[leader]) t + F D, of which one term often is 0."""
    e, leading, small = held(at), at.upstream == row.leading, unscaled(row.factor)
    apart = difference(row.rest, at.upstream, row.leading)
    both = apart * row.total * row.lift + small * row.dot
    bracket = where(leading, row.factor.number * row.dot, both)
    some = (size(small) + _UNDERFLOW) * row.spread
    of_both = size(apart) * size(row.total) * row.lift + some
    weight = where(leading, size(row.factor.number) * row.spread, of_both)
    y = e * given * bracket
    return Approximation(
        y,
        at.exp.power + row.power + where(leading, row.factor.power, 0),
        size(e) * size(given) * weight,
    )


GRADIENT_OF_SOFTMAX = Part(
    _gradient_of_softmax, _inverse_square, floats=7, pairs=1.3, sums=3,
    gradient=True, exactly=gradient_of_softmax,
    far=Part(_gradient_far_below, _inverse_square, floats=9.2, pairs=2.2, sums=3, gradient=True),
)  # fmt: skip


# Relative to u and e times the sum of absolute values over t: e 1.1, the constant sums + 1, the
# sum of the upstream gradient as much as the other sums, products and the difference 1.5.
def _gradient_of_log_softmax(at: At, row: Row, given: Any) -> Approximation:
    """Return u - e U / t, U the sum of the upstream gradient.

    Of the leader that is (u r - V) / t with V the sum of all others: nothing cancels if that is 0.
    """
    u, e = at.upstream, held(at)
    alone = u == 0
    share = (row.upstream + row.leading) * given
    y = where(alone, -(e * share), u - unscaled(at.exp) * share)
    # The sum's error is relative to that of absolute values.
    rounded = row.size * row.rounding
    most = (size(row.upstream) + abs(row.leading) + rounded) * size(given)
    apart = abs(u) * row.rounding + (size(unscaled(at.exp)) + _UNDERFLOW) * most
    weight = where(alone, size(e) * most, apart)
    of_leader = (row.rest * u - row.upstream * row.lift) * given
    others = (size(row.upstream) + rounded) * row.lift
    weight_of_leader = (size(row.rest) * abs(u) + others) * size(given)
    return Approximation(
        where(at.leads, of_leader, y),
        where(at.leads, row.power, where(alone, at.exp.power, 0)),
        where(at.leads, weight_of_leader, weight),
    )


GRADIENT_OF_LOG_SOFTMAX = Part(
    _gradient_of_log_softmax, _inverse, floats=4, pairs=1.3, sums=2,
    gradient=True, exactly=gradient_of_log_softmax,
)  # fmt: skip


# A softmax and a product.
def _gradient_of_logsumexp(at: At, row: Row, given: Any) -> Approximation:
    """Return u e / t."""
    y = at.exp.number * given * at.upstream
    return Approximation(y, at.exp.power, size(y))


GRADIENT_OF_LOGSUMEXP = Part(
    _gradient_of_logsumexp, _inverse, floats=3.1, pairs=1.1, sums=1, gradient=True
)
