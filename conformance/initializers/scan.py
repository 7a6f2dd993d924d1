"""One pass over a tensor of weights, compiled: the sums and counts that the tests need."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["Scan", "hashes", "scan"]

Floats = NDArray[np.float64]


class Scan(NamedTuple):
    """What is kept of a tensor; z is a weight standardised by the distribution.

    Attributes
    ----------
    powers : ndarray of float64, shape (4,)
        Sums of z, z**2, z**3, z**4.
    least, greatest : float
        Of the weights.
    nonfinite, outside, zeros : int
        How many weights are infinite or nan, beyond the bounds, 0.
    ends : ndarray of int64, shape (2,)
        How many are the lower, the upper bound.
    tails : ndarray of int64, shape (k,)
        How many are below (the first half) or above each cut.
    products : ndarray of float64, shape (5,)
        Sums over pairs of neighbours in a row, in a column, of their centred squares in a row, of
        a weight and the one half a tensor further, and of a weight and the one in its place in the
        tensor before.
    rows, columns : ndarray of float64
        Sums of z.
    """

    powers: Floats
    least: float
    greatest: float
    nonfinite: int
    outside: int
    zeros: int
    ends: NDArray[np.int64]
    tails: NDArray[np.int64]
    products: Floats
    rows: Floats
    columns: Floats


@njit(cache=True, nogil=True)
def _scan(x, previous, mean, stddev, low, high, cuts):  # type: ignore[no-untyped-def]
    height, width = x.shape
    half = len(cuts) // 2
    powers = np.zeros(4)
    tails = np.zeros(len(cuts), np.int64)
    products = np.zeros(5)
    rows = np.zeros(height)
    columns = np.zeros(width)
    least, greatest = np.inf, -np.inf
    nonfinite = outside = zeros = at_low = at_high = 0
    scale = 1 / stddev
    tail_low, tail_high = cuts[:half].max(), cuts[half:].min()
    # Rows of z; what a row has no partner in stays 0, so that the loops need not ask.
    z, above = np.zeros(width), np.zeros(width)
    far, earlier = np.zeros(width), np.zeros(width)
    for i in range(height):
        for j in range(width):
            w = x[i, j]
            z[j] = (w - mean) * scale
            nonfinite += not np.isfinite(w)
            least = w if w < least else least
            greatest = w if w > greatest else greatest
            outside += (w < low) | (w > high)
            zeros += w == 0
            at_low += w == low
            at_high += w == high
            if w < tail_low or w > tail_high:  # few are
                for k in range(half):
                    tails[k] += w < cuts[k]
                    tails[half + k] += w > cuts[half + k]
        if 2 * i >= height:
            for j in range(width):
                far[j] = (x[i - height // 2, j] - mean) * scale
        if len(previous):
            for j in range(width):
                earlier[j] = (previous[i, j] - mean) * scale
        total = s2 = s3 = s4 = across = down = squares = apart = successive = 0.0
        left = left_square = 0.0
        for j in range(width):
            here = z[j]
            square = here * here
            total += here
            s2 += square
            s3 += here * square
            s4 += square * square
            columns[j] += here
            across += here * left
            squares += (square - 1) * left_square
            down += here * above[j]
            apart += here * far[j]
            successive += here * earlier[j]
            left, left_square = here, square - 1
        z, above = above, z
        rows[i] = total
        powers += np.array([total, s2, s3, s4])
        products += np.array([across, down, squares, apart, successive])
    ends = np.array([at_low, at_high])
    return (
        powers, least, greatest, nonfinite, outside, zeros, ends, tails, products, rows, columns
    )  # fmt: skip


def scan(
    x: Floats,
    previous: Floats | None,
    mean: float,
    stddev: float,
    bounds: tuple[float, float],
    cuts: Floats,
) -> Scan:
    """Sum up a tensor.

    Parameters
    ----------
    x : ndarray of float64, shape (rows, columns)
        The weights; an even number of rows.
    previous : ndarray of float64 or None
        The weights drawn before these, of the same shape; none for the first.
    mean, stddev : float
        Of the distribution.
    bounds : tuple of float
        Least and greatest number allowed.
    cuts : ndarray of float64
        Where tails begin: as many lower ones as upper ones.
    """
    before = x[:0] if previous is None else previous
    return Scan(*_scan(x, before, mean, stddev, *bounds, cuts))


@njit(cache=True, nogil=True)
def _hashes(bits, factors):  # type: ignore[no-untyped-def]
    height, width = bits.shape
    rows = np.zeros(height, np.uint64)
    columns = np.zeros(width, np.uint64)
    for i in range(height):
        total, factor = np.uint64(0), factors[i]
        for j in range(width):
            pattern = np.uint64(bits[i, j])
            total += pattern * factors[j]
            columns[j] += pattern * factor
        rows[i] = total
    return rows, columns


def hashes(bits: NDArray[Any], factors: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], ...]:
    """Hash the rows and the columns of a tensor: sums of bit patterns times factors, mod 2**64.

    Parameters
    ----------
    bits : ndarray of unsigned integers, shape (rows, columns)
        The weights' bit patterns.
    factors : ndarray of uint64
        As many as the tensor is long, or more.

    Returns
    -------
    rows, columns : ndarray of uint64
        One hash for each.
    """
    rows, columns = _hashes(bits, factors)
    return rows, columns
