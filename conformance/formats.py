"""The floating-point formats of the spec as NumPy has them, and how their numbers are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import ml_dtypes  # noqa: F401 - gives NumPy the dtypes that it lacks, by name
import numpy as np
from numpy.typing import ArrayLike, NDArray

from actinit import spec
from actinit.spec import Activation, FloatFormat

__all__ = ["ARITHMETIC", "FORMATS", "Format", "brief", "describe", "formats_of", "hexadecimal"]

# Numbers of a row that a sentence can hold.
_MANY = 4


@dataclass(frozen=True)
class Format:
    """A binary floating-point format: a row of the spec, and its arrays.

    Attributes
    ----------
    name : str
        As in ids of checks.
    row : FloatFormat
        What the spec states of it.
    dtype : dtype
        NumPy's, or that of ml_dtypes.
    bits : dtype
        The unsigned integer of its width.
    """

    name: str
    row: FloatFormat = field(compare=False, repr=False)
    dtype: np.dtype[Any]
    bits: np.dtype[Any]

    @classmethod
    def of(cls, name: str, row: FloatFormat) -> Format:
        """Return the format of a row of the spec."""
        return cls(name, row, np.dtype(name), np.dtype(f"u{row.width // 8}"))

    @property
    def width(self) -> int:
        """Bits of a number."""
        return self.row.width

    @property
    def precision(self) -> int:
        """p: significant bits, with the hidden one."""
        return self.row.precision

    @property
    def emin(self) -> int:
        """Exponent of the smallest normal number."""
        return self.row.emin

    @property
    def emax(self) -> int:
        """Exponent of the largest finite number."""
        return self.row.emax

    @property
    def stored(self) -> int:
        """Bits of the significand that are stored."""
        return self.precision - 1

    @property
    def sign(self) -> int:
        """Bit pattern of -0."""
        return 1 << (self.width - 1)

    @property
    def exponents(self) -> int:
        """How many exponent fields hold finite numbers; the first is zero and the subnormals."""
        return self.emax - self.emin + 2

    @property
    def infinities(self) -> bool:
        """Whether it has infinities; else what is beyond its numbers becomes nan."""
        return self.row.infinities

    def first_beyond(self, scale: int | NDArray[np.int64] = 0) -> Any:
        """Return the number after the largest, times a power of two: infinite, if float64 ends.

        Parameters
        ----------
        scale : int or ndarray of int, optional
            The exponent of the power of two.
        """
        with np.errstate(over="ignore"):
            return np.ldexp(float(self.row.beyond), self.emax - self.stored + scale)

    def holds(self, numbers: ArrayLike) -> bool:
        """Say whether numbers can be rounded to it: infinities only if it has them."""
        return self.infinities or not np.isinf(numbers).any()

    @property
    def exhaustive(self) -> bool:
        """Whether it has so few numbers that each is asked for, counted and judged by itself."""
        return self.row.asked == "every"

    @property
    def arithmetic(self) -> bool:
        """Whether frameworks compute and train in it, not only keep numbers in it."""
        return self.row.arithmetic

    @property
    def elementary(self) -> Mapping[str, float]:
        """The ulp granted to a call of each elementary function."""
        return self.row.elementary

    @property
    def computed(self) -> Format:
        """The format in which a careful implementation computes before it rounds once."""
        return FORMATS[self.row.computed]

    def from_bits(self, patterns: NDArray[Any]) -> NDArray[Any]:
        """Return the numbers that have these bit patterns."""
        return patterns.astype(self.bits).view(self.dtype)

    def apart(self, one: NDArray[Any], other: NDArray[Any]) -> NDArray[np.float64]:
        """Return how many numbers of the format two arrays are apart, element by element.

        Parameters
        ----------
        one, other : ndarray
            Of the format's dtype, and of one shape.

        Returns
        -------
        ndarray of float64
            0 where the bits are the same or both are nan, infinity where one of them is nan. -0 is
            next to 0, and infinity next to the largest number.
        """
        with np.errstate(invalid="ignore"):
            nan = np.isnan(one.astype(np.float64)), np.isnan(other.astype(np.float64))
        patterns = [np.ascontiguousarray(array).view(self.bits) for array in (one, other)]
        sign = self.bits.type(self.sign)
        places = []  # in the order of the numbers
        for bits in patterns:
            magnitude = (bits & (sign - self.bits.type(1))).astype(np.float64)
            places.append(np.where(bits & sign, -1 - magnitude, magnitude))
        # Beyond 2**53 neighbours have one place as float64.
        steps = np.maximum(np.abs(places[0] - places[1]), 1)
        steps = np.where(patterns[0] == patterns[1], 0, steps).reshape(one.shape)
        return np.where(nan[0] & nan[1], 0, np.where(nan[0] != nan[1], np.inf, steps))

    def every(self) -> NDArray[Any]:
        """Return every number of an exhaustive format, nan and infinities too, by bit pattern."""
        if not self.exhaustive:
            raise ValueError(f"{self.name} has too many numbers to list; sample it")
        return self.from_bits(np.arange(2**self.width))

    def finite(self) -> NDArray[Any]:
        """Return every finite number of an exhaustive format, by bit pattern."""
        every = self.every()
        return every[np.isfinite(every.astype(np.float32))]


#: All formats by name, in the order of the spec.
FORMATS = {name: Format.of(name, row) for name, row in spec.formats().items()}
#: Those in which frameworks compute and train: only these are asked for more than functions of one
#: number.
ARITHMETIC = {name: fmt for name, fmt in FORMATS.items() if fmt.arithmetic}


def formats_of(entry: Activation) -> Mapping[str, Format]:
    """Return the formats in which an entry is asked for: a function of a row in arithmetic ones."""
    return FORMATS if entry.shape == "elementwise" else ARITHMETIC


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
