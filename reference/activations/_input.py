"""What the functions take: arrays of the spec's formats, as users of NumPy have them."""

from __future__ import annotations

import sys
import warnings
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._rounding import FLOATS

__all__ = ["floats", "upstream_of"]

Array = NDArray[Any]

_LEAST_NORMAL = sys.float_info.min


def floats(name: str, x: ArrayLike) -> Array:
    """Return the input of a function as an array of one of the spec's formats.

    Parameters
    ----------
    name : str
        Of the function, for messages.
    x : array_like
        Real numbers. Bytes may be in any order; integers and booleans are promoted as NumPy's own
        functions promote them.

    Returns
    -------
    ndarray
        In the machine's order of bytes.

    Raises
    ------
    TypeError
        If it has a mask, or numbers that no format of the spec holds.

    Warns
    -----
    RuntimeWarning
        If this thread flushes subnormal numbers to 0: results need them, and may be wrong.
    """
    if _LEAST_NORMAL * 0.5 == 0.0:
        warnings.warn(
            f"{name} is computed in a thread that flushes subnormal numbers to 0, as after "
            "torch.set_flush_denormal(True): results that are subnormal are 0, and others may be "
            "off by an ulp; call torch.set_flush_denormal(False), or compute in another process",
            RuntimeWarning,
            stacklevel=3,
        )
    if isinstance(x, np.ma.MaskedArray):
        raise TypeError(
            f"{name} has no results for masked elements; got a masked array; pass x.compressed(), "
            "or x.filled(value) and mask the result"
        )
    array = np.asarray(x)
    native = array.dtype.newbyteorder("=")
    if native in FLOATS.values():
        return array.astype(native, copy=False)
    if array.dtype.kind == "f":
        raise TypeError(
            f"{name} is defined for {', '.join(FLOATS)}; got {array.dtype}; round to float64 before"
        )
    if array.dtype.kind not in "biu":
        raise TypeError(
            f"{name} is defined on real numbers; got an array of dtype {array.dtype}; "
            "pass floats or integers"
        )
    # int8 to float16, int16 to float32, the rest to float64.
    return array.astype(np.exp.resolve_dtypes((array.dtype, None))[1])


def upstream_of(name: str, upstream: ArrayLike, shape: tuple[int, ...]) -> Array:
    """Return the gradient with respect to a value as an array of float64.

    Parameters
    ----------
    name : str
        Of the function, for messages.
    upstream : array_like
        Of any of the formats, whatever that of the input.
    shape : tuple of int
        Shape of the value.

    Returns
    -------
    ndarray of float64
        The same numbers.

    Raises
    ------
    TypeError
        As `floats`.
    ValueError
        If it is of another shape.
    """
    array = floats(f"the upstream gradient of {name}", upstream)
    if array.shape != shape:
        raise ValueError(
            f"the upstream gradient of {name} has the shape {array.shape}; expected {shape}, that "
            "of the value; broadcast it before"
        )
    return array.astype(np.float64, copy=False)
