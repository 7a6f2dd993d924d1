"""Functions of a row: softmax, its logarithm, softmin, logsumexp, maxout, and hardmax."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._rounding import rounded
from ..arithmetic.rows import settled_beside, settled_products, settled_rows
from . import _row_parts as parts
from ._kinds import Reduction, Rowwise

__all__ = ["hardmax", "log_softmax", "logsumexp", "maxout", "softmax", "softmin"]

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
def softmin(x: Array, axis: int = -1) -> Array:
    """Softmax of the negative row.

    Each element is the exact one rounded once, and so is each element of the gradient; see
    `softmax`.

    Parameters
    ----------
    x : array_like
        Input, at least one axis.
    axis : int, optional
        Axis of the rows.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`, in [0, 1], rows summing to 1. Where one element is minus
        infinity, the limit; where such tie, nan.

    References
    ----------
    J. S. Bridle, 1990.
    """
    return softmax(-x, axis)


@softmin.derivative_rule
def _(x: Array, axis: int = -1) -> Array:
    return -softmax.derivative(-x, axis)


@softmin.gradient_rule
def _(x: Array, upstream: Array, axis: int = -1) -> Array:
    return -softmax.vjp(-x, upstream, axis)


@softmin.unbounded_gradient_rule
def _(x: Array, upstream: Array) -> Array:
    return -softmax.vjp(-x, upstream)


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


@Reduction
def logsumexp(x: Array, axis: int = -1) -> Array:
    """Logarithm of the sum of a row's exponentials.

    The exact one rounded once, as are its derivative, the softmax of the row, and the gradient that
    `vjp` gives.

    Parameters
    ----------
    x : array_like
        Input, at least one axis.
    axis : int, optional
        Axis of the rows, which have at least one element.

    Returns
    -------
    ndarray
        Of the dtype of `x`, without that axis.

    Notes
    -----
    It is what log_softmax takes away: minus log_softmax of a number 0 that has no part in the sum.

    References
    ----------
    P. Blanchard, D. J. Higham and N. J. Higham, 2021.
    """
    top = maxout(x, axis)
    # 0 less, so that a zero is one without a sign.
    return np.where(np.isfinite(top), 0 - settled_beside(parts.LOG_SOFTMAX, x, axis), top)


@logsumexp.derivative_rule
def _(x: Array, axis: int = -1) -> Array:
    return np.moveaxis(softmax(x, axis), axis, -1)


@logsumexp.gradient_rule
def _(x: Array, upstream: Array, axis: int) -> Array:
    above = np.broadcast_to(np.expand_dims(upstream, axis), x.shape)
    finite = np.isfinite(above)
    gradient = settled_rows(parts.GRADIENT_OF_LOGSUMEXP, x, axis, np.where(finite, above, 0.0))
    if finite.all():
        return gradient
    return np.where(finite, gradient, rounded(softmax(x, axis).astype(np.float64) * above, x.dtype))


@Rowwise
def hardmax(x: Array, axis: int = -1) -> Array:
    """1 at the largest element of a row and 0 at all others.

    Of tied maxima the first takes the 1; of a row with nan, all is nan.

    Parameters
    ----------
    x : array_like
        Input, at least one axis.
    axis : int, optional
        Axis of the rows.

    Returns
    -------
    ndarray
        Of the shape and dtype of `x`, rows summing to 1.

    References
    ----------
    J. S. Bridle, 1990.
    """
    if not x.size:
        return x.copy()
    first = np.expand_dims(x.argmax(axis=axis), axis)
    y = np.zeros_like(x)
    np.put_along_axis(y, first, 1, axis)
    return _unless_unknown(y, x, axis)


def _unless_unknown(y: Array, x: Array, axis: int) -> Array:
    """Return results along an axis, made nan where the row has a nan."""
    np.copyto(y, np.nan, where=np.isnan(x).any(axis=axis, keepdims=True))
    return y


@hardmax.derivative_rule
def _(x: Array, axis: int = -1) -> Array:
    row = np.moveaxis(x, axis, -1)[..., np.newaxis, :]
    return _unless_unknown(np.zeros((*row.shape[:-2], *row.shape[-1:] * 2), x.dtype), row, -1)


@hardmax.gradient_rule
def _(x: Array, upstream: Array, axis: int = -1) -> Array:
    return _unless_unknown(np.zeros_like(x), x, axis)


@hardmax.unbounded_gradient_rule
def _(x: Array, upstream: Array) -> Array:
    return np.full(x.shape, np.nan)  # 0 times what is no number
