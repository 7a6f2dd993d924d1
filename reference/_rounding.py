"""Rounding float64 to a narrower format, once."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

__all__ = ["BFLOAT16", "rounded"]

BFLOAT16 = np.dtype(ml_dtypes.bfloat16)


def rounded(values: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return the nearest numbers of a dtype, ties to even.

    Parameters
    ----------
    values : ndarray
        Of float64, or already of `dtype`.
    dtype : dtype
        float16, bfloat16, float32 or float64.

    Returns
    -------
    ndarray
        Of `dtype`, and of the shape of `values`.

    Notes
    -----
    ml_dtypes takes float64 to bfloat16 by way of float32 and so rounds twice. Rounded to odd in
    between (an inexact result gets a last bit of 1), the second rounding has all that it needs
    (S. Boldo and G. Melquiond, 2008).
    """
    if dtype != BFLOAT16 or values.dtype != np.float64:
        return values.astype(dtype, copy=False)
    with np.errstate(over="ignore"):  # what is beyond the format becomes infinite
        near = np.atleast_1d(values).astype(np.float32)
    back = near.astype(np.float64)
    toward_zero = np.where(np.abs(back) > np.abs(values), np.nextafter(near, np.float32(0)), near)
    inexact = np.isfinite(values) & (back != values)
    odd = (toward_zero.view(np.uint32) | inexact).view(np.float32)
    return odd.astype(BFLOAT16).reshape(values.shape)
