"""Products of matrices at the speed of a BLAS and with the same bits from every one.

A BLAS adds in an order of its own, several sums at a time, with or without FMA, and all of it
depends on the processor, on the number of threads and on the shape. None of that matters where
nothing is rounded. So each factor is cut into slices of few bits, such that every product of two
numbers of a slice, and every sum of these, is an integer multiple of one unit and at most 2**53
units: float64 holds it exactly, in whatever order it came about (K. Ozaki, T. Ogita, S. Oishi,
S. M. Rump, "Error-free transformations of matrix multiplication by using fast routines of matrix
multiplication and its applications", 2012). What is left is to add the products of slices, element
by element, in one order.

Bits of a slice: numbers of the left factor are below `BOUND` = 2**4 and make a high slice of
multiples of 2**-16, at most 2**20 of them, and a low slice of what is left of that, at most 2**-17,
in multiples of 2**-37: at most 2**20 again. Numbers of the right factor make, column by column,
slices of at most 2**26 units: with 2**e above the largest of the column, the high slice is of
multiples of 2**(e - 26); what is left, at most 2**(e - 27), of multiples of 2**(e - 53). A sum of
`INNER` = 2**7 products of the two is thus at most 2**(20 + 26 + 7) units. What the right factor
loses is at most 2**(e - 54), half a unit in the last place of the largest of its column.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["BOUND", "INNER", "gram", "left_slices", "product", "right_slices", "total"]

Floats = NDArray[np.float64]

#: What numbers of a left factor are below.
BOUND = 16.0
#: The largest inner dimension of a product.
INNER = 128

_LEFT_UNITS = 2.0**-16, 2.0**-37
_RIGHT_BITS = 26, 53
# Rows in one product of a left factor with itself: 2**(20 + 20 + 12) units at most.
_GRAM_ROWS = 4096


def left_slices(matrix: Floats) -> Floats:
    """Return a left factor, rounded to multiples of 2**-37, as two slices one above the other."""
    rows = len(matrix)
    slices = np.empty((2 * rows, *matrix.shape[1:]))
    high, low = slices[:rows], slices[rows:]
    _to_multiples(matrix, _LEFT_UNITS[0], out=high)
    np.subtract(matrix, high, out=low)
    _to_multiples(low, _LEFT_UNITS[1], out=low)
    return slices


def right_slices(matrix: Floats) -> Floats:
    """Return a right factor as two slices side by side."""
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
    parts = left @ right
    (high_high, high_low), (low_high, low_low) = (
        np.hsplit(half, 2) for half in np.vsplit(parts, 2)
    )
    # The smallest first.
    low_low += low_high
    low_low += high_low
    low_low += high_high
    return low_low


def gram(slices: Floats) -> Floats:
    """Return the products of the rows of a sliced left factor with each other."""
    parts = np.zeros((len(slices), len(slices)))
    for start in range(0, slices.shape[1], _GRAM_ROWS):
        some = slices[:, start : start + _GRAM_ROWS]
        parts += some @ some.T
    (high_high, high_low), (low_high, low_low) = (
        np.hsplit(half, 2) for half in np.vsplit(parts, 2)
    )
    found: Floats = high_high + ((high_low + low_high) + low_low)
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
