"""Products of matrices at the speed of a BLAS and with the same bits from every one.

A BLAS adds in an order of its own, several sums at a time, with or without FMA, and all of it
depends on the processor, on the number of threads and on the shape. None of that matters where
nothing is rounded. So each factor is cut into slices of few bits, such that every product of two
numbers of a slice, and every sum of these, is an integer multiple of one unit and at most 2**53
units: float64 holds it exactly, in whatever order it came about (K. Ozaki, T. Ogita, S. Oishi,
S. M. Rump, "Error-free transformations of matrix multiplication by using fast routines of matrix
multiplication and its applications", 2012). What is left is to add the products of slices, element
by element, in one order.

How many bits that is. Numbers of the left factor are below `BOUND` = 2**4 and make three slices.
The highest is of multiples of 2**-16, at most 2**20 of them; what it leaves, at most 2**-17, makes
multiples of 2**-37, at most 2**20 again; and what both leave multiples of 2**-58. Numbers of the
right factor make two, column by column: with 2**e above the largest of a column, multiples of
2**(e - 26), and of what is left, at most 2**(e - 27), multiples of 2**(e - 53); of each at most
2**26. So a sum of `INNER` = 2**7 products is at most 2**(20 + 26 + 7) units.

What is lost: of the left factor at most 2**-59 a number, of the right one 2**(e - 54), half a unit
in the last place of the largest of the column. The products of the lowest slices of both, at most
2**(-38 + e - 27) each, are not made.
"""

from __future__ import annotations

from itertools import product as pairs

import numpy as np
from numpy.typing import NDArray

__all__ = ["BOUND", "INNER", "gram", "left_slices", "product", "right_slices", "total"]

Floats = NDArray[np.float64]

#: What numbers of a left factor are below.
BOUND = 16.0
#: The largest inner dimension of a product.
INNER = 128

_LEFT_UNITS = 2.0**-16, 2.0**-37, 2.0**-58
_RIGHT_BITS = 26, 53
# Columns in one product of a left factor with itself: 2**(20 + 20 + 12) units at most.
_GRAM_COLUMNS = 4096


def left_slices(matrix: Floats) -> Floats:
    """Return a left factor as three slices, one above the other, the highest first."""
    slices = np.empty((len(_LEFT_UNITS), *matrix.shape))
    rest = matrix.copy()
    for part, unit in zip(slices, _LEFT_UNITS, strict=True):
        _to_multiples(rest, unit, out=part)
        rest -= part
    return slices.reshape(-1, matrix.shape[1])


def right_slices(matrix: Floats) -> Floats:
    """Return a right factor as two slices, side by side, the higher first."""
    rows, columns = matrix.shape
    slices = np.empty((rows, 2 * columns))
    high, low = slices[:, :columns], slices[:, columns:]
    _, exponents = np.frexp(np.abs(matrix).max(axis=0))
    high_units, low_units = (np.ldexp(1.0, exponents - bits) for bits in _RIGHT_BITS)
    _to_multiples(matrix, high_units, out=high)
    np.subtract(matrix, high, out=low)
    _to_multiples(low, low_units, out=low)
    return slices


def product(left: Floats, right: Floats) -> Floats:
    """Return the product of two sliced factors, of an inner dimension up to `INNER`."""
    rows, columns = len(left) // 3, right.shape[1] // 2
    parts = left[: 2 * rows] @ right
    found: Floats = left[2 * rows :] @ right[:, :columns]
    # The smallest first.
    found += parts[rows:, columns:]
    found += parts[rows:, :columns]
    found += parts[:rows, columns:]
    found += parts[:rows, :columns]
    return found


def gram(slices: Floats) -> Floats:
    """Return the products of the rows of a sliced left factor with each other."""
    rows = len(slices) // 3
    parts = np.zeros((len(slices), len(slices)))
    for start in range(0, slices.shape[1], _GRAM_COLUMNS):
        some = slices[:, start : start + _GRAM_COLUMNS]
        parts += some @ some.T
    blocks = parts.reshape(3, rows, 3, rows)
    found = np.zeros((rows, rows))
    for first, second in sorted(pairs(range(3), repeat=2), key=sum, reverse=True):
        found += blocks[first, :, second]
    return found


def total(terms: Floats) -> Floats:
    """Return the sum along the first axis, half by half: an order that is ours, not NumPy's."""
    terms = terms.copy()
    count = len(terms)
    while count > 1:
        half = count // 2
        terms[:half] += terms[count - half : count]
        count -= half
    return terms[0]


def _to_multiples(values: Floats, unit: float | Floats, out: Floats) -> None:
    """Round to multiples of a power of two, ties to even: 1.5 * 2**52 units have no finer bits."""
    shift = 1.5 * 2.0**52 * unit
    np.add(values, shift, out=out)
    out -= shift
