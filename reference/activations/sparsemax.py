"""sparsemax: the nearest point of the simplex."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arithmetic.levels import above_level, less_mean_above, shares_above
from ._kinds import Rowwise

__all__ = ["sparsemax"]

Array = NDArray[Any]


@Rowwise
def sparsemax(x: Array, axis: int = -1) -> Array:
    """Nearest point of the simplex: probabilities of which many are 0.

    Each element is the exact one rounded once, and so is each element of the gradient.

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
    What of each element stands out above a level, which is such that the row adds up to 1. An
    element at the level itself counts as one below: there the derivative jumps.

    References
    ----------
    A. F. T. Martins and R. F. Astudillo, 2016.
    """
    return _by_rows(above_level, x, axis)


@sparsemax.derivative_rule
def _(x: Array, axis: int = -1) -> Array:
    return _of_rows(_jacobian, np.moveaxis(x, axis, -1))


@sparsemax.gradient_rule
def _(x: Array, upstream: Array, axis: int = -1) -> Array:
    return _by_rows(less_mean_above, x, axis, upstream)


@sparsemax.unbounded_gradient_rule
def _(x: Array, upstream: Array) -> Array:
    y = sparsemax(x)
    above = y > 0
    total = np.where(above, upstream, 0.0).sum(axis=-1, keepdims=True)
    slope = upstream - total / above.sum(axis=-1, keepdims=True)
    return np.where(np.isnan(y), np.nan, np.where(above, slope, 0.0))


def _jacobian(x: Array) -> Array:
    """Return the Jacobians of rows: where both are above, 1 - 1/n or -1/n of the n that are."""
    above, count = shares_above(x)
    both = above[:, :, np.newaxis] & above[:, np.newaxis, :]
    found = np.zeros(both.shape, dtype=x.dtype)
    # That of an element is its gradient; a row of as many equal elements has them all.
    for many in np.unique(count).astype(int).tolist():
        equal = np.zeros((1, many), dtype=x.dtype)
        own = less_mean_above(equal, np.eye(many)[:1])[0]
        of = both & (count == many)[:, np.newaxis, np.newaxis]
        found[of] = own[-1] if many > 1 else 0
        places = np.arange(x.shape[1])
        diagonal = found[:, places, places]
        found[:, places, places] = np.where(of[:, places, places], own[0], diagonal)
    return found


def _by_rows(rule: Callable[..., Array], x: Array, axis: int, *upstream: Array) -> Array:
    """Return what a rule for rows gives along an axis, laid out as the input is."""
    y = np.empty_like(x)
    moved = [np.moveaxis(one, axis, -1) for one in (x, *upstream)]
    np.moveaxis(y, axis, -1)[...] = _of_rows(rule, *moved)
    return y


def _of_rows(rule: Callable[..., Array], x: Array, *upstream: Array) -> Array:
    """Return what a rule for finite rows gives, with the limits of those that are not.

    A single infinite element takes everything, and has no gradient; one that is minus infinity gets
    nothing.
    """
    n = x.shape[-1]
    rows = np.ascontiguousarray(x).reshape(np.prod(x.shape[:-1], dtype=int), n)
    above = [np.ascontiguousarray(one, np.float64).reshape(rows.shape) for one in upstream]
    numbers = rows.astype(np.float64)
    infinite = np.isposinf(numbers)
    (limit,) = np.nonzero(infinite.sum(axis=1) == 1)
    held = rows.copy()
    held[limit] = np.where(infinite[limit], 0.0, -np.inf)
    numbers[limit] = held[limit].astype(np.float64)
    known = np.isfinite(numbers.max(axis=1, initial=-np.inf))
    if not n:
        return np.zeros((*x.shape, *(0,) * (rule(np.zeros((0, 1)), *above).ndim - 2)), x.dtype)
    with np.errstate(all="ignore"):  # of what is masked
        first = rule(held[known], *(one[known] for one in above))
    results = np.full((len(rows), *first.shape[1:]), np.nan).astype(x.dtype)
    results[known] = first
    return results.reshape(*x.shape[:-1], *results.shape[1:])
