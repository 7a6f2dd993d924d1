"""Functions of a row: softmax, its logarithm, and maxout."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._compensated import Pair, plus, quotient, two_sum
from ._exponential import LEAST, Exponential, exp
from ._kinds import Reduction, Rowwise

__all__ = ["log_softmax", "maxout", "softmax"]

Array = NDArray[Any]

# Exponentials are added up this many binades higher, where none of those that count is subnormal.
_LIFT = np.int32(600)


class _Shares(NamedTuple):
    """What the functions of a row are made of, with one leader: a largest element, the first.

    Attributes
    ----------
    shifted : Pair
        x less the row's maximum; nan throughout where infinities tie and there is no limit.
    exponentials : Exponential
        Of that; the leader's is 1.
    leads : ndarray of bool
        The leader of each row.
    rest : Pair
        The sum of the exponentials of all but the leader, times 2**600; of one column.
    total : Pair
        The sum of all; of one column.
    """

    shifted: Pair
    exponentials: Exponential
    leads: NDArray[np.bool_]
    rest: Pair
    total: Pair

    def of_all(self) -> Array:
        """Return for each element its share of the total: softmax, rounded once."""
        high, low, power = self.exponentials
        return np.ldexp(quotient(Pair(high, low), self.total).high, power)

    def of_others(self) -> Array:
        """Return for each element the share of the others, rounded once.

        That is 1 - y without the cancellation, which only the leader's would suffer from: no other
        is more than half of the total.
        """
        leader = np.ldexp(quotient(self.rest, self.total).high, -_LIFT)
        high, low = self.exponentials.pair()
        without = quotient(plus(self.total, Pair(-high, -low)), self.total).high
        return np.where(self.leads, leader, without)


def _shares(x: Array) -> _Shares:
    shifted = _shifted(x)
    leads = np.arange(x.shape[-1]) == shifted.high.argmax(axis=-1)[..., np.newaxis]
    held = shifted.high > LEAST
    e = exp(np.maximum(shifted.high, LEAST), np.where(held, shifted.low, 0.0))
    lifted = e.power + _LIFT
    rest = _sum(Pair(*(np.where(leads, 0.0, np.ldexp(part, lifted)) for part in e[:2])))
    total = plus(Pair(1.0, 0.0), Pair(*(np.ldexp(part, -_LIFT) for part in rest)))
    return _Shares(shifted, e, leads, rest, total)


def _shifted(x: Array) -> Pair:
    """Return x - max(x), and nan in rows where infinities tie.

    A single infinite maximum is 0 after the shift, as any maximum is.
    """
    top = x.max(axis=-1, keepdims=True)
    leads = x == top
    difference = two_sum(x, -top)
    undefined = np.isinf(top) & (leads.sum(axis=-1, keepdims=True) > 1)
    high = np.where(leads, 0.0, difference.high) + np.where(undefined, np.nan, 0.0)
    return Pair(high, np.where(np.isfinite(difference.high), difference.low, 0.0))


def _sum(terms: Pair) -> Pair:
    """Return the sums of rows, of one column: halves are added until one column is left."""
    while (count := terms.high.shape[-1]) > 1:
        first, second, odd = (
            Pair(*(part[..., cut] for part in terms))
            for cut in (
                slice(count // 2),
                slice(count // 2, count // 2 * 2),
                slice(count // 2 * 2, None),
            )
        )
        both = plus(first, second)
        terms = Pair(*(np.concatenate(parts, axis=-1) for parts in zip(both, odd, strict=True)))
    return terms


@Rowwise
def softmax(x: Array, axis: int = -1) -> Array:
    """Exponentials of a row in proportion to their sum.

    Parameters
    ----------
    x : array_like
        Input, at least one axis.
    axis : int, optional
        Axis of the rows.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`, in [0, 1], rows summing to 1. Where one element is infinite,
        the limit; where infinities tie, nan.

    Notes
    -----
    x - max(x) is a pair, since the exponential multiplies the rounding of a difference by it, and
    so is the sum, since n terms would lose up to n roundings.

    References
    ----------
    J. S. Bridle, 1990; P. Blanchard, D. J. Higham and N. J. Higham, 2021.
    """
    return np.moveaxis(_shares(np.moveaxis(x, axis, -1)).of_all(), -1, axis)


@softmax.derivative_rule
def _(x: Array, axis: int = -1) -> Array:
    shares = _shares(np.moveaxis(x, axis, -1))
    y = shares.of_all()
    diagonal = (y * shares.of_others())[..., np.newaxis]
    outer = -y[..., :, np.newaxis] * y[..., np.newaxis, :]
    return np.where(np.eye(y.shape[-1], dtype=bool), diagonal, outer)


@Rowwise
def log_softmax(x: Array, axis: int = -1) -> Array:
    """Logarithm of softmax.

    Parameters
    ----------
    x : array_like
        Input, at least one axis.
    axis : int, optional
        Axis of the rows.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`, not positive.

    Notes
    -----
    The sum is that of all but the largest element, so that log1p has the result of a row in which
    one element leads by far. What the subtraction of the maximum rounds off is kept: it would be
    lost in proportion to the element's distance from the maximum.

    References
    ----------
    P. Blanchard, D. J. Higham and N. J. Higham, 2021.
    """
    shares = _shares(np.moveaxis(x, axis, -1))
    rest, rest_low = (np.ldexp(part, -_LIFT) for part in shares.rest)
    # log1p of the pair, to the error of NumPy's log1p: within 1 ulp of it.
    logarithm = Pair(np.log1p(rest), rest_low / (1 + rest))
    value, lost = two_sum(shares.shifted.high, -logarithm.high)
    lost += shares.shifted.low - logarithm.low
    return np.moveaxis(np.where(np.isfinite(value), value + lost, value), -1, axis)


@log_softmax.derivative_rule
def _(x: Array, axis: int = -1) -> Array:
    shares = _shares(np.moveaxis(x, axis, -1))
    y = shares.of_all()
    diagonal = shares.of_others()[..., np.newaxis]
    return np.where(np.eye(y.shape[-1], dtype=bool), diagonal, -y[..., np.newaxis, :])


@Reduction
def maxout(x: Array, axis: int = -1) -> Array:
    """Largest of several linear pieces.

    Of tied maxima the first takes the derivative.

    Parameters
    ----------
    x : array_like
        Pre-activations, at least one axis.
    axis : int, optional
        Axis of the pieces.

    Returns
    -------
    ndarray
        Of the dtype of `x`, without that axis.

    References
    ----------
    I. J. Goodfellow et al., ICML 2013.
    """
    return x.max(axis=axis)


@maxout.derivative_rule
def _(x: Array, axis: int = -1) -> Array:
    row = np.moveaxis(x, axis, -1)
    return (np.arange(row.shape[-1]) == row.argmax(axis=-1)[..., np.newaxis]).astype(x.dtype)
