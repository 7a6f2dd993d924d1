"""Functions of a row: softmax, its logarithm, and maxout."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arithmetic.rows import settled_products, settled_rows
from . import _row_parts as parts
from ._kinds import Reduction, Rowwise

__all__ = ["log_softmax", "maxout", "softmax"]

Array = NDArray[Any]


@Rowwise
def softmax(x: Array, axis: int = -1) -> Array:
    """Exponentials of a row in proportion to their sum.

    Each element is the exact one rounded once, however long the row. So is each element of the
    gradient that `vjp` gives, y (u - sum of u y) with the upstream gradient u, which takes time and
    memory in proportion to the row; the Jacobian that `derivative` gives has the square of it.

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
    return settled_rows(parts.SOFTMAX, x, axis)


@softmax.derivative_rule
def _(x: Array, axis: int = -1) -> Array:
    jacobian = -settled_products(parts.PRODUCT_OF_SOFTMAX, x, axis)
    return _with_diagonal(jacobian, settled_rows(parts.SLOPE_OF_SOFTMAX, x, axis), axis)


@softmax.gradient_rule
def _(x: Array, upstream: Array, axis: int = -1) -> Array:
    return settled_rows(parts.GRADIENT_OF_SOFTMAX, x, axis, upstream)


@softmax.unbounded_gradient_rule
def _(x: Array, upstream: Array) -> Array:
    y = softmax(x)
    return y * (upstream - (upstream * y).sum(axis=-1, keepdims=True))


@Rowwise
def log_softmax(x: Array, axis: int = -1) -> Array:
    """Logarithm of softmax.

    Each element is the exact one rounded once, however long the row. So is each element of the
    gradient that `vjp` gives, u - y (sum of u) with the upstream gradient u and y = softmax(x),
    which takes time and memory in proportion to the row; the Jacobian that `derivative` gives has
    the square of it.

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
    It is the distance from the row's maximum less log(1 + r), r the sum of all exponentials but one
    of the largest: a logarithm near 1 would lose the result of an element that leads by far.

    References
    ----------
    P. Blanchard, D. J. Higham and N. J. Higham, 2021.
    """
    return settled_rows(parts.LOG_SOFTMAX, x, axis)


@log_softmax.derivative_rule
def _(x: Array, axis: int = -1) -> Array:
    y = -np.moveaxis(settled_rows(parts.SOFTMAX, x, axis), axis, -1)[..., np.newaxis, :]
    jacobian = np.repeat(y, y.shape[-1], axis=-2)
    return _with_diagonal(jacobian, settled_rows(parts.OTHERS, x, axis), axis)


@log_softmax.gradient_rule
def _(x: Array, upstream: Array, axis: int = -1) -> Array:
    return settled_rows(parts.GRADIENT_OF_LOG_SOFTMAX, x, axis, upstream)


@log_softmax.unbounded_gradient_rule
def _(x: Array, upstream: Array) -> Array:
    return upstream - softmax(x) * upstream.sum(axis=-1, keepdims=True)


def _with_diagonal(jacobian: Array, diagonal: Array, axis: int) -> Array:
    """Write the diagonals of matrices, and return them."""
    places = np.arange(jacobian.shape[-1])
    jacobian[..., places, places] = np.moveaxis(diagonal, axis, -1)
    return jacobian


@Reduction
def maxout(x: Array, axis: int = -1) -> Array:
    """Largest of several linear pieces.

    Of tied maxima the first takes the derivative; of a row with nan, the first nan.

    Parameters
    ----------
    x : array_like
        Pre-activations, at least one axis.
    axis : int, optional
        Axis of the pieces, of which there is at least one.

    Returns
    -------
    ndarray
        Of the dtype of `x`, without that axis.

    References
    ----------
    I. J. Goodfellow et al., ICML 2013.
    """
    # Of zeros the first, whatever its sign: that max returns depends on the machine.
    first = np.expand_dims(x.argmax(axis=axis), axis)
    return np.squeeze(np.take_along_axis(x, first, axis), axis)


@maxout.derivative_rule
def _(x: Array, axis: int = -1) -> Array:
    row = np.moveaxis(x, axis, -1)
    return (np.arange(row.shape[-1]) == row.argmax(axis=-1)[..., np.newaxis]).astype(x.dtype)
