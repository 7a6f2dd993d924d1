"""An array as a table of its rows along any axis, read and written in blocks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Table"]

Array = NDArray[Any]


class Table:
    """The rows of an array along one of its axes, read and written in blocks."""

    def __init__(self, array: Array, axis: int) -> None:
        moved = np.moveaxis(array, axis, -1)
        self._before = moved.shape[:-1]
        self.count, self.length = int(np.prod(self._before, dtype=np.int64)), moved.shape[-1]
        if moved.ndim == 1:
            moved = moved[np.newaxis]
        elif moved.ndim > 2 and moved.flags.c_contiguous:
            moved = moved.reshape(self.count, self.length)
        self._moved = moved

    def get(self, rows: Array, columns: slice = slice(None)) -> Array:
        """Return some rows, or a piece of each; it may be a view."""
        return self._moved[self._at(rows, columns)]

    def pick(self, rows: Array, columns: Array) -> Array:
        """Return single elements as float64."""
        at = np.unravel_index(rows, self._before) if self._moved.ndim > 2 else (rows,)
        return self._moved[(*at, columns)].astype(np.float64)

    def put(self, rows: Array, columns: slice, values: Array) -> None:
        """Write what `get` would read, unless `place` was written to."""
        if not np.may_share_memory(self._moved, values):
            self._moved[self._at(rows, columns)] = values

    def place(self, rows: Array, columns: slice, dtype: Any) -> Array:
        """Return where to write some rows of a dtype, or an array of that size."""
        place = self._at(rows, columns)
        if all(isinstance(one, slice) for one in place) and self._moved.dtype == dtype:
            view = self._moved[place]
            if view.flags.c_contiguous:
                return view
        return np.empty((rows.size, len(range(self.length)[columns])), dtype)

    def _at(self, rows: Array, columns: slice) -> tuple[Any, ...]:
        if self._moved.ndim > 2:
            return (*np.unravel_index(rows, self._before), columns)
        if rows.size and rows[-1] - rows[0] == rows.size - 1:
            return slice(rows[0], rows[-1] + 1), columns
        return rows, columns
