"""Rounding float64 to a narrower format, once."""

from __future__ import annotations

from typing import Any

import ml_dtypes  # noqa: F401 - gives NumPy the dtypes that it lacks, by name
import numpy as np
from numpy.typing import NDArray

from actinit.spec import formats

__all__ = ["FLOATS", "rounded"]

#: The dtypes of the spec's formats.
FLOATS = {name: np.dtype(name) for name in formats()}
# Those that ml_dtypes brings.
_BROUGHT = frozenset(kind for name, kind in FLOATS.items() if not hasattr(np, name))


def rounded(values: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return the nearest numbers of a dtype, ties to even.

    Parameters
    ----------
    values : ndarray
        Of float64, or already of `dtype`.
    dtype : dtype
        One of `FLOATS`.

    Returns
    -------
    ndarray
        Of `dtype`, and of the shape of `values`.

    Notes
    -----
    ml_dtypes takes float64 to its formats by way of float32 and so rounds twice. Rounded to odd in
    between (an inexact result gets a last bit of 1), the second rounding has all that it needs
    (S. Boldo and G. Melquiond, 2008). What is beyond the format becomes infinite, or nan where the
    format has no infinities.
    """
    if dtype not in _BROUGHT or values.dtype != np.float64:
        return values.astype(dtype, copy=False)
    with np.errstate(over="ignore"):  # beyond float32
        near = np.atleast_1d(values).astype(np.float32)
    back = near.astype(np.float64)
    toward_zero = np.where(np.abs(back) > np.abs(values), np.nextafter(near, np.float32(0)), near)
    inexact = np.isfinite(values) & (back != values)
    odd = (toward_zero.view(np.uint32) | inexact).view(np.float32)
    return odd.astype(dtype).reshape(values.shape)
