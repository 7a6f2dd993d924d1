"""The four floating-point formats, and what a number's neighbours and names are in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

__all__ = ["FORMATS", "Format", "brief", "describe", "hexadecimal"]

# Numbers of a row that a sentence can hold.
_MANY = 4


@dataclass(frozen=True)
class Format:
    """A binary floating-point format (IEEE 754, or bfloat16).

    Attributes
    ----------
    name : str
        As in ids of checks.
    dtype : dtype
        NumPy's.
    bits : dtype
        The unsigned integer of its width.
    precision : int
        p: significant bits, with the hidden one.
    emax : int
        Exponent of the largest finite number, which is below 2**(emax + 1).
    """

    name: str
    dtype: np.dtype[Any]
    bits: np.dtype[Any]
    precision: int
    emax: int

    @property
    def emin(self) -> int:
        """Exponent of the smallest normal number."""
        return 1 - self.emax

    @property
    def stored(self) -> int:
        """Bits of the significand that are stored."""
        return self.precision - 1

    @property
    def sign(self) -> int:
        """Bit pattern of -0."""
        return 1 << (8 * self.bits.itemsize - 1)

    def from_bits(self, patterns: NDArray[Any]) -> NDArray[Any]:
        """Return the numbers that have these bit patterns."""
        return patterns.astype(self.bits).view(self.dtype)

    def every(self) -> NDArray[Any]:
        """Return every number of a 16-bit format, nan and infinities too, by bit pattern."""
        if self.bits.itemsize != 2:
            raise ValueError(f"{self.name} has too many numbers to list; sample it")
        return self.from_bits(np.arange(2**16))

    def finite(self) -> NDArray[Any]:
        """Return every finite number of a 16-bit format, by bit pattern."""
        every = self.every()
        return every[np.isfinite(every.astype(np.float32))]


FORMATS = {
    found.name: found
    for found in (
        Format("float16", np.dtype(np.float16), np.dtype(np.uint16), 11, 15),
        Format("bfloat16", np.dtype(ml_dtypes.bfloat16), np.dtype(np.uint16), 8, 127),
        Format("float32", np.dtype(np.float32), np.dtype(np.uint32), 24, 127),
        Format("float64", np.dtype(np.float64), np.dtype(np.uint64), 53, 1023),
    )
}


def describe(value: Any) -> str:
    """Write a number, or a row of them, so that it reads back the same."""
    array = np.asarray(value)
    if array.ndim:
        return f"[{', '.join(describe(item) for item in array)}]"
    return repr(float(array))


def brief(value: Any) -> str:
    """Write a number, or a row of them, for a sentence: of a long row the ends, and how long it is.

    Parameters
    ----------
    value : array_like or str
        A number, a row, or what `describe` made of one.
    """
    text = value if isinstance(value, str) else describe(value)
    items = text.strip("[]").split(", ")
    if len(items) <= _MANY:
        return text
    return f"[{', '.join(items[:2])}, ..., {items[-1]}] ({len(items)} numbers)"


def hexadecimal(value: Any) -> str:
    """Write a number, or a row of them, in C's hexadecimal notation."""
    array = np.asarray(value)
    if array.ndim:
        return f"[{', '.join(hexadecimal(item) for item in array)}]"
    return float(array).hex()
