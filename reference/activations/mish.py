"""Mish: the input times tanh(softplus(x)).

With z = exp(x), tanh(log(1 + z)) is ``((1 + z)**2 - 1) / ((1 + z)**2 + 1)``, a quotient without a
logarithm: n / (n + 2) with n = z (z + 2) on the left, and 1 - 2 w**2 / (1 + 2 w (1 + w)) with
w = exp(-x) on the right.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._compensated import Pair, plus, product, quotient
from ._exponential import LEAST, exp
from ._gated import from_tail, mend_near_root
from ._kinds import elementwise
from ._tables import MISH_AT_ROOT, MISH_ROOT

__all__ = ["mish"]

Array = NDArray[Any]

_ONE, _TWO = Pair(1.0, 0.0), Pair(2.0, 0.0)


@elementwise()
def mish(x: Array) -> Pair:
    """Mish, ``x * tanh(softplus(x))``.

    Parameters
    ----------
    x : array_like
        Input, any shape.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`; at minus infinity the limit, -0.

    Notes
    -----
    Its quotients are of pairs, so that it is rounded once.

    References
    ----------
    D. Misra, BMVC 2020.
    """
    parts = _parts(x)
    above = product(Pair(parts.a, 0.0), product(parts.mantissa, parts.first))
    return from_tail(x, _lifted(quotient(above, parts.below), parts.power))


@mish.derivative_rule
def _(x: Array) -> Array:
    parts, left = _parts(x), x < 0
    # (z + 2) (n + 2) + 4 x (z + 1) on the left, below - 2 x (1 + w) on the right: both cancel, the
    # one at the root of the derivative and the other where it is 1.
    steep = product(Pair(np.where(left, -4.0, -2.0) * parts.a, 0.0), plus(_ONE, parts.z))
    flat = product(parts.other, parts.below)
    bracket = plus(_chosen(left, flat, parts.below), steep)
    above = product(product(parts.mantissa, _chosen(left, _ONE, parts.first)), bracket)
    part = _lifted(quotient(above, product(parts.below, parts.below)), parts.power)
    slope = np.where(left, part.high, 1 - part.high - part.low)
    mend_near_root(np.where(left, parts.a, np.inf), slope, MISH_ROOT, MISH_AT_ROOT)
    return slope


class _Parts(NamedTuple):
    r"""What value and derivative are made of; z is exp(-a), for both sides.

    Attributes
    ----------
    a : ndarray of float64
        \|x\|, or less where exp(-a) is 0 already.
    z, mantissa : Pair
        exp(-a), and the same without its power of 2.
    other : Pair
        z + 2 on the left, 2 z + 2 on the right.
    below : Pair
        n + 2 on the left, 1 + 2 z (1 + z) on the right.
    first : Pair
        By what `mantissa` is multiplied to make the numerator: z + 2 on the left, twice itself on
        the right.
    power : ndarray of int32
        The power of 2 of the numerator.
    """

    a: Array
    z: Pair
    mantissa: Pair
    other: Pair
    below: Pair
    first: Pair
    power: NDArray[np.int32]


def _parts(x: Array) -> _Parts:
    a = np.minimum(np.abs(x), -LEAST)
    left, e = x < 0, exp(-a)
    mantissa, z = Pair(e.high, e.low), e.pair()
    other = plus(_TWO, _chosen(left, z, _twice(z)))
    below = plus(_chosen(left, _TWO, _ONE), product(z, other))
    first = _chosen(left, other, _twice(mantissa))
    return _Parts(a, z, mantissa, other, below, first, np.where(left, e.power, 2 * e.power))


def _twice(a: Pair) -> Pair:
    return Pair(2 * a.high, 2 * a.low)


def _lifted(a: Pair, power: NDArray[np.int32]) -> Pair:
    return Pair(np.ldexp(a.high, power), np.ldexp(a.low, power))


def _chosen(left: NDArray[np.bool_], one: Pair, other: Pair) -> Pair:
    return Pair(np.where(left, one.high, other.high), np.where(left, one.low, other.low))
