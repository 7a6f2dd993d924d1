"""Formats that are narrower than binary64, and arithmetic in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["FORMATS", "Format"]

Array = NDArray[Any]


@dataclass(frozen=True)
class Format:
    """A format.

    Attributes
    ----------
    name : str
        As it is said.
    slug : str
        As it stands in names.
    rounded : callable
        From an array to the nearest numbers of the format, in float64.
    dtype : numpy scalar type
        Of arithmetic in the format: its own, or float32, as processors add up what is narrower.
    """

    name: str
    slug: str
    rounded: Callable[[Array], Array]
    dtype: Any

    def product(self, a: Array, b: Array, how: str) -> Array:
        """Return a matrix product of which operands, sums or result are in the format.

        Parameters
        ----------
        a, b : ndarray
            The operands.
        how : str
            ``operands``: rounded operands, sums in float64; ``result``: exact operands, a rounded
            result; ``both``; ``sums``: rounded operands, sums in `dtype`; ``all``: and the result
            rounded.
        """
        if how == "result":
            return self.rounded(a @ b)
        a, b = self.rounded(a), self.rounded(b)
        if how in ("operands", "both"):
            product = a @ b
        else:
            product = (a.astype(self.dtype) @ b.astype(self.dtype)).astype(np.float64)
        return self.rounded(product) if how in ("both", "all") else product

    def total(self, a: Array, how: str) -> Array:
        """Return the sums of columns, as `product`."""
        if how == "result":
            return self.rounded(a.sum(axis=0))
        a = self.rounded(a)
        if how in ("operands", "both"):
            sums = a.sum(axis=0)
        else:
            sums = a.astype(self.dtype).sum(axis=0).astype(np.float64)
        return self.rounded(sums) if how in ("both", "all") else np.asarray(sums)


def _as(dtype: type) -> Callable[[Array], Array]:
    return lambda a: np.asarray(a).astype(dtype).astype(np.float64)


def _mantissa(dropped: int, nearest: bool) -> Callable[[Array], Array]:
    """Return what drops the last bits of binary32, by rounding to nearest even or by cutting."""
    mask, half = ~np.uint32((1 << dropped) - 1), np.uint32((1 << (dropped - 1)) - 1)

    def rounded(a: Array) -> Array:
        bits = np.ascontiguousarray(a, np.float32).view(np.uint32)
        if nearest:
            bits = bits + half + ((bits >> np.uint32(dropped)) & np.uint32(1))
        return (bits & mask).view(np.float32).astype(np.float64).reshape(np.shape(a))

    return rounded


#: The widest first.
FORMATS = (
    Format("float32", "float32", _as(np.float32), np.float32),
    Format("TF32", "tf32", _mantissa(13, nearest=True), np.float32),
    Format("TF32, cut off", "tf32", _mantissa(13, nearest=False), np.float32),
    Format("float16", "float16", _as(np.float16), np.float16),
    Format("bfloat16", "bfloat16", _mantissa(16, nearest=True), np.float32),
    Format("bfloat16, cut off", "bfloat16", _mantissa(16, nearest=False), np.float32),
)
