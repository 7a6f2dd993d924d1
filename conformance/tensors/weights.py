"""A tensor of weights as the tests take it: rows for places and inputs, columns for outputs."""

from __future__ import annotations

import contextlib
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit import reference
from actinit.reference.layouts import Fans

from ..callables.arrays import ForeignResultError, candidates, kinds
from ..formats import ARITHMETIC

__all__ = ["LAYOUTS", "Weights", "layout_of", "weights_of"]

Array = NDArray[Any]
#: Order of the dimensions, whatever their number: inputs first, or outputs first.
LAYOUTS = ("io", "oi")
# Weights of a block: as many as the suite's own tensors have.
_BLOCK = 2**20
# A vector is folded into rows of so many.
_FOLDED = 1024


@dataclass(frozen=True)
class Weights:
    """Finite weights, with what is known of their layer.

    Attributes
    ----------
    array : ndarray
        As they came, of a format that weights are drawn in.
    format : str
        Its name.
    layout : str
        A letter for each dimension; empty for a vector, whose layer is not known.
    fans : Fans or None
        None where neither the shape nor anybody tells them.
    """

    array: Array
    format: str
    layout: str
    fans: Fans | None

    @property
    def size(self) -> int:
        """How many weights there are."""
        return self.array.size

    def rows(self) -> Array:
        """Return the weights with one row for each place and input, one column for each output."""
        if not self.layout:
            if self.size <= _FOLDED:
                return self.array.reshape(1, -1)
            return self.array.ravel()[: self.size // _FOLDED * _FOLDED].reshape(-1, _FOLDED)
        order = sorted(range(self.array.ndim), key=lambda at: "io".find(self.layout[at]))
        outputs = math.prod(
            size for size, letter in zip(self.array.shape, self.layout, strict=True)
            if letter == "o"
        )  # fmt: skip
        return np.transpose(self.array, order).reshape(-1, outputs)

    def ordered(self) -> NDArray[np.float64]:
        """Return a kernel with the places first, then inputs, then outputs."""
        order = sorted(range(self.array.ndim), key=lambda at: "io".find(self.layout[at]))
        return np.transpose(self.array, order).astype(np.float64)

    def blocks(self) -> list[Array]:
        """Return the rows in blocks of one size; of a large tensor a few rows may be left over."""
        rows = self.rows()
        count = min(math.ceil(rows.size / _BLOCK), len(rows))
        each = len(rows) // count
        return [rows[start : start + each] for start in range(0, each * count, each)]


def weights_of(
    tensor: Any, layout: str = "io", fans: Sequence[int] | None = None
) -> tuple[Weights, int]:
    """Return a tensor as weights, and how many of them are infinite or nan.

    Parameters
    ----------
    tensor : array
        Of NumPy, or of a framework that is imported already.
    layout : str, optional
        ``"io"`` or ``"oi"``, whatever the number of dimensions, or a letter for each dimension as
        `actinit.reference.fans` reads them.
    fans : tuple of int, optional
        The fans, where the shape does not tell them.

    Raises
    ------
    TypeError
        If it is no tensor of floating-point numbers in a format that weights are drawn in.
    ValueError
        If it is empty, or has no such layout, or a fan is not above 0.
    UnknownNameError
        If the string is no layout; it names the nearest.
    """
    array = _array_of(tensor)
    names = {one.dtype: name for name, one in ARITHMETIC.items()}
    if array.dtype not in names:
        raise TypeError(
            f"expected weights, numbers of {', '.join(names.values())}; got {array.dtype}"
        )
    if not array.size:
        raise ValueError(f"the tensor is empty: its shape is {array.shape}")
    letters = layout_of(array.ndim, layout)
    known = reference.fans(array.shape, letters) if letters else None
    if fans is not None:
        given = tuple(fans)
        if len(given) != 2 or not all(isinstance(one, int) and one > 0 for one in given):
            raise ValueError(f"expected as fans two integers above 0, got {fans!r}")
        known = Fans(*given)
    bad = int(np.count_nonzero(~np.isfinite(array)))
    return Weights(array, names[array.dtype], letters, known), bad


def layout_of(dimensions: int, layout: str) -> str:
    """Return a letter for each dimension; none of a number or vector, which has no fans."""
    if dimensions < 2:
        return ""
    if layout not in LAYOUTS:
        return layout  # a letter for each dimension, which `actinit.reference.fans` reads
    places = "xyz"[: dimensions - 2]
    if len(places) < dimensions - 2:
        raise ValueError(
            f"a tensor of {dimensions} dimensions needs a layout with a letter for each of them; "
            f"got {layout!r}"
        )
    return f"{places}io" if layout == "io" else f"oi{places}"


def _array_of(tensor: Any) -> Array:
    """Return a tensor as an array of NumPy, bit for bit; no framework is imported for it."""
    home = {base.__module__.partition(".")[0] for base in type(tensor).__mro__}
    for name in kinds():
        if name in home and name in sys.modules:
            (arrays,) = candidates(type(tensor), name)
            with contextlib.suppress(ForeignResultError):
                return arrays.taken(tensor)
    if hasattr(tensor, "__array__"):
        return np.asarray(tensor)
    kind = type(tensor)
    raise TypeError(f"expected an array of weights, got a {kind.__module__}.{kind.__name__}")
