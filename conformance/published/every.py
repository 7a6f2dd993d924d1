"""All results of a format of up to 16 bits in a kilobyte or two, as distances from the right.

The site's evaluator computes the right result by itself and adds the difference, so that it can say
what a backend returned at whatever is typed.
"""

from __future__ import annotations

import base64
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit import reference
from actinit.spec import Activation, Part

from ..formats import Format

__all__ = ["numbers", "pack", "right", "unpack"]

Array = NDArray[Any]
_LEVEL = 9


def numbers(fmt: Format) -> Array:
    """Return every number of a format by its bit pattern, from 0 up; nans are among them."""
    return fmt.from_bits(np.arange(2**fmt.width, dtype=np.uint64).astype(fmt.bits))


def right(entry: Activation, fmt: Format, part: Part, x: Array | None = None) -> Array:
    """Return the bit patterns of the right results, 0 where one is a zero, nan or left open.

    They are the reference's, which is correctly rounded; a zero may have either sign and a nan any
    pattern, and where the entry leaves a result open there is none.

    Parameters
    ----------
    entry : Activation
        An elementwise entry, at the defaults of its parameters.
    fmt : Format
        Of inputs and results.
    part : {"value", "derivative"}
        Which results.
    x : ndarray, optional
        The inputs; by default every number of the format.
    """
    function = reference.activations[entry.name]
    x = numbers(fmt) if x is None else x
    with np.errstate(all="ignore"):
        found = function(x) if part == "value" else function.derivative(x)
        results = np.asarray(found, dtype=fmt.dtype)
        points, floats = x.astype(np.float64), results.astype(np.float64)
    patterns = results.view(fmt.bits).copy()
    patterns[(floats == 0) | np.isnan(floats)] = 0
    for case in entry.special.cases:
        if getattr(case, part) == "any":
            patterns[(points == case.x) & (np.signbit(points) == np.signbit(case.x))] = 0
    return patterns


def pack(got: Array, right: Array, fmt: Format) -> str:
    """Write bit patterns as text: each less the right one, low bytes before high ones, deflated."""
    bytes_each = fmt.width // 8
    difference = (got - right).astype(f"<u{bytes_each}")  # unsigned: what is below 0 wraps around
    planes = difference.view(np.uint8).reshape(-1, bytes_each).T
    return base64.b64encode(zlib.compress(planes.tobytes(), _LEVEL)).decode("ascii")


def unpack(text: str, right: Array, fmt: Format) -> Array:
    """Return the bit patterns that `pack` wrote."""
    bytes_each = fmt.width // 8
    planes = np.frombuffer(zlib.decompress(base64.b64decode(text)), dtype=np.uint8)
    difference = np.ascontiguousarray(planes.reshape(bytes_each, -1).T).view(f"<u{bytes_each}")
    return right + difference.ravel().astype(fmt.bits)
