"""Functions of a row: softmax, its logarithm, and maxout."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._kinds import Reduction, Rowwise

__all__ = ["log_softmax", "maxout", "softmax"]

Array = NDArray[Any]


def _shifted(x: Array) -> tuple[Array, Array]:
    """Return x - max(x), and the row's nan where infinities tie and there is no limit.

    A single infinite maximum is 0 after the shift, as any maximum is.
    """
    top = x.max(axis=-1, keepdims=True)
    leads = x == top
    shifted = np.where(leads, 0.0, x - top)
    undefined = np.isinf(top) & (leads.sum(axis=-1, keepdims=True) > 1)
    return shifted, np.where(undefined, np.nan, 0.0)


def _others(y: Array) -> Array:
    """Return for each element of a row the sum of the others: 1 - y, without the cancellation."""
    n = y.shape[-1]
    return np.asarray(np.where(np.eye(n, dtype=bool), 0.0, y[..., np.newaxis, :]).sum(axis=-1))


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

    References
    ----------
    J. S. Bridle, 1990; P. Blanchard, D. J. Higham and N. J. Higham, 2021.
    """
    shifted, undefined = _shifted(np.moveaxis(x, axis, -1))
    z = np.exp(shifted) + undefined
    return np.moveaxis(z / z.sum(axis=-1, keepdims=True), -1, axis)


@softmax.derivative_rule
def _(x: Array, axis: int = -1) -> Array:
    y = softmax(np.moveaxis(x, axis, -1))
    diagonal = (y * _others(y))[..., np.newaxis]
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
    one element leads by far.

    References
    ----------
    P. Blanchard, D. J. Higham and N. J. Higham, 2021.
    """
    shifted, undefined = _shifted(np.moveaxis(x, axis, -1))
    z = np.exp(shifted)
    leader = np.argmax(shifted, axis=-1, keepdims=True)
    np.put_along_axis(z, leader, 0.0, axis=-1)
    return np.moveaxis(shifted - np.log1p(z.sum(axis=-1, keepdims=True)) + undefined, -1, axis)


@log_softmax.derivative_rule
def _(x: Array, axis: int = -1) -> Array:
    y = softmax(np.moveaxis(x, axis, -1))
    diagonal = _others(y)[..., np.newaxis]
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
