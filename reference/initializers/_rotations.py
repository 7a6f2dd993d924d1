"""Random rotations by Haar measure.

The Q of a QR decomposition of a normal matrix with a positive diagonal in R, by Householder's
reflections; of these, the later are independent of the earlier, so that each is drawn by itself and
nothing is decomposed (stewart1980). Reflections are applied in panels, as products of matrices.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from . import _portable
from ._products import INNER, gram, left_slices, product, right_slices, total

__all__ = ["rotation"]

Floats = NDArray[np.float64]

# Reflections that are applied at once: as many as a product's inner dimension may have.
_PANEL = INNER
# Rows and columns of a matrix that are worked on at once, so that what is computed of them stays in
# the cache; no bit depends on them.
_ROWS, _COLUMNS = 256, 1024


def rotation(rng: np.random.Generator, rows: int, columns: int) -> Floats:
    """Return a matrix with orthonormal columns, or rows if there are fewer, by Haar measure.

    Elementwise operations, sums in a fixed order and products that are exact make it the same bits
    everywhere.
    """
    if rows < columns:
        return rotation(rng, columns, rows).T
    starts = np.cumsum([0, *(rows - column for column in range(columns))])
    vectors = np.split(_portable.normals(rng, int(starts[-1])), starts[1:-1])
    matrix = np.zeros((rows, columns))
    # Backwards, so that the block that reflections touch is the smallest. The last panel has 1 to
    # _PANEL columns, the others are full.
    last = (columns - 1) // _PANEL * _PANEL
    np.fill_diagonal(matrix[last:, last:], 1.0)
    _reflect_singly(matrix[last:, last:], vectors[last:])
    for first in reversed(range(0, last, _PANEL)):
        _Panel(vectors[first : first + _PANEL]).reflect(matrix[first:, first:])
    return matrix


def _reflect_singly(block: Floats, vectors: list[Floats]) -> None:
    """Overwrite the identity by the product of reflections, each in its turn.

    Where arrays have further axes, there is a product for each place along these.
    """
    for column, vector in reversed(list(enumerate(vectors))):
        norm = np.sqrt(total(np.square(vector)))
        sign = np.copysign(1.0, vector[0])
        vector[0] += sign * norm
        touched = block[column:, column:]
        # 2 / (v . v), where v . v = 2 norm (norm + |x_0|).
        scale = 1 / (norm * np.abs(vector[0]))
        touched -= (scale * vector)[:, None] * total(vector[:, None] * touched)
        # The reflection turned the vector to -sign * norm: R would have that on its diagonal.
        touched[:, 0] *= -sign


class _Panel:
    """Reflections that are applied at once.

    Their product is 1 - V T V', with their vectors as columns of V and, for the inverse of T, the
    upper triangle of V'V with half of its diagonal (C. Puglisi, "Modification of the Householder
    method based on the compact WY representation", 1992).

    Parameters
    ----------
    vectors : list of ndarray
        Normal numbers, each vector one shorter than the one before.
    """

    def __init__(self, vectors: list[Floats]) -> None:
        count = len(vectors)
        below = np.zeros((count, len(vectors[0])))
        for column, vector in enumerate(vectors):
            below[column, column + 1 :] = vector[1:]
        # Of V', without the diagonal.
        self._slices = left_slices(below)
        products = gram(self._slices)
        squares = products.diagonal()
        first = np.array([vector[0] for vector in vectors])
        # R's diagonal is that of the identity after all reflections, turned by this.
        self._signs = -np.copysign(1.0, first)
        self._diagonal = first - self._signs * np.sqrt(first * first + squares)
        self._half = (self._diagonal * self._diagonal + squares) / 2
        self._corner = below[:, :count]
        # Two columns of V share the row of the diagonal of the later one, too.
        self._products = products + self._diagonal * self._corner

    def reflect(self, block: Floats) -> None:
        """Reflect a matrix whose first rows and columns, as many as there are vectors, are 0."""
        count = len(self._half)
        own, others = block[:, :count], block[:, count:]
        np.fill_diagonal(own, 1.0)
        self._subtract(own, self._corner + np.diag(self._diagonal))
        own *= self._signs
        for start in range(0, others.shape[1], _COLUMNS):
            some = others[:, start : start + _COLUMNS]
            self._subtract(some, self._projected(some))

    def _projected(self, block: Floats) -> Floats:
        """Return V' times a block whose first rows are 0."""
        projected = np.zeros((len(self._half), block.shape[1]))
        for start in range(len(self._half), len(block), INNER):
            rows = slice(start, start + INNER)
            projected += product(self._slices[:, rows], right_slices(block[rows]))
        return projected

    def _subtract(self, block: Floats, projected: Floats) -> None:
        """Subtract V T projected from a block."""
        count = len(self._half)
        # T projected, by back substitution.
        for row in reversed(range(count)):
            projected[row] /= self._half[row]
            projected[:row] -= self._products[:row, row, None] * projected[row]
        block[:count] -= self._diagonal[:, None] * projected
        right = right_slices(projected)
        for start in range(0, len(block), _ROWS):
            halves = np.vsplit(self._slices[:, start : start + _ROWS], 3)
            left = np.vstack([half.T for half in halves])
            block[start : start + _ROWS] -= product(left, right)
