"""Functions of a row: softmax, its logarithm, and maxout."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..arithmetic import _tables as tables
from ..arithmetic.functions import Constant, Scaled, constant, exp, log1p, where
from ..arithmetic.pairs import Pair, two_sum
from ._kinds import Reduction, Rowwise

__all__ = ["log_softmax", "maxout", "softmax"]

Array = NDArray[Any]

# Exponentials are added up this many binades higher, where none of those that count is subnormal.
_LIFT = 600
_LOG2 = Constant(*tables.LOG2, "LOG2")


class _Shares(NamedTuple):
    """What the functions of a row are made of, with one leader: a largest element, the first.

    Attributes
    ----------
    shifted : Pair
        x less the row's maximum; nan throughout where infinities tie and there is no limit.
    exponentials : Scaled
        Of that; the leader's is 1.
    leads : ndarray of bool
        The leader of each row.
    rest : Pair
        The sum of the exponentials of all but the leader, times 2**600; of one column.
    total : Pair
        The sum of all; of one column.
    """

    shifted: Pair
    exponentials: Scaled
    leads: NDArray[np.bool_]
    rest: Pair
    total: Pair

    def of_all(self) -> Array:
        """Return for each element its share of the total: softmax, rounded once."""
        number, power = self.exponentials
        return np.asarray(np.ldexp((number / self.total).high, power))

    def of_others(self) -> Array:
        """Return for each element the share of the others, rounded once.

        That is 1 - y without the cancellation, which only the leader's would suffer from: no other
        is more than half of the total.
        """
        leader = np.ldexp((self.rest / self.total).high, -_LIFT)
        without = ((self.total - _times_power(*self.exponentials)) / self.total).high
        return np.where(self.leads, leader, without)


def _shares(x: Array) -> _Shares:
    shifted = _shifted(x)
    leads = np.arange(x.shape[-1]) == shifted.high.argmax(axis=-1)[..., np.newaxis]
    e = exp(shifted)
    rest = _sum(where(leads, 0.0, _times_power(e.number, e.power + _LIFT)))
    return _Shares(shifted, e, leads, rest, 1.0 + _times_power(rest, -_LIFT))


def _times_power(a: Pair, power: Any) -> Pair:
    """Return a * 2**power; where that is subnormal, digits are lost."""
    return Pair(np.ldexp(a.high, power), np.ldexp(a.low, power))


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
            Pair(terms.high[..., cut], terms.low[..., cut])
            for cut in (
                slice(count // 2),
                slice(count // 2, count // 2 * 2),
                slice(count // 2 * 2, None),
            )
        )
        both = first + second
        terms = Pair(
            np.concatenate([both.high, odd.high], axis=-1),
            np.concatenate([both.low, odd.low], axis=-1),
        )
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
    rest = _times_power(shares.rest, -_LIFT)
    # What is above 1 has its power of 2 as a summand.
    _, power = np.frexp(shares.total.high)
    power = np.where(rest.high < 1, 0, power - 1)
    logarithm = log1p(where(rest.high < 1, rest, _times_power(shares.total, -power) - 1.0))
    logarithm = logarithm + constant(rest, _LOG2) * power.astype(np.float64)
    value = shares.shifted - logarithm
    # At infinity the low part is inf - inf, and the difference of the high parts is right.
    plain = shares.shifted.high - logarithm.high
    return np.moveaxis(np.where(np.isfinite(plain), value.high, plain), -1, axis)


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
