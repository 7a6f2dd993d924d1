"""One pass over a tensor of weights, compiled: the sums and counts that the tests need."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["Scan", "scan"]

Floats = NDArray[np.float64]


class Scan(NamedTuple):
    """What is kept of a tensor; z is a weight less the law's mean, in its standard deviations.

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
    products : ndarray of float64, shape (4,)
        Sums over pairs of neighbours in a row, in a column, of their centred squares in a row, and
        of a weight and the one half a tensor further.
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
def _scan(x, mean, stddev, low, high, cuts):  # type: ignore[no-untyped-def]
    height, width = x.shape
    half = len(cuts) // 2
    powers = np.zeros(4)
    ends = np.zeros(2, np.int64)
    tails = np.zeros(len(cuts), np.int64)
    products = np.zeros(4)
    rows = np.zeros(height)
    columns = np.zeros(width)
    least, greatest = np.inf, -np.inf
    nonfinite = outside = zeros = 0
    scale = 1 / stddev
    for i in range(height):
        total = s2 = s3 = s4 = across = down = squares = apart = 0.0
        for j in range(width):
            w = x[i, j]
            if not np.isfinite(w):
                nonfinite += 1
                continue
            least, greatest = min(least, w), max(greatest, w)
            outside += (w < low) | (w > high)
            zeros += w == 0
            ends[0] += w == low
            ends[1] += w == high
            z = (w - mean) * scale
            z2 = z * z
            total += z
            s2 += z2
            s3 += z * z2
            s4 += z2 * z2
            columns[j] += z
            if abs(z) > 1:  # the cuts are further out than that
                for k in range(half):
                    tails[k] += w < cuts[k]
                    tails[half + k] += w > cuts[half + k]
            if j:
                before = (x[i, j - 1] - mean) * scale
                across += z * before
                squares += (z2 - 1) * (before * before - 1)
            if i:
                down += z * (x[i - 1, j] - mean) * scale
            if 2 * i >= height:
                apart += z * (x[i - height // 2, j] - mean) * scale
        rows[i] = total
        powers[0] += total
        powers[1] += s2
        powers[2] += s3
        powers[3] += s4
        products[0] += across
        products[1] += down
        products[2] += squares
        products[3] += apart
    return (
        powers, least, greatest, nonfinite, outside, zeros, ends, tails, products, rows, columns
    )  # fmt: skip


def scan(x: Floats, mean: float, stddev: float, bounds: tuple[float, float], cuts: Floats) -> Scan:
    """Sum up a tensor.

    Parameters
    ----------
    x : ndarray of float64, shape (rows, columns)
        The weights; an even number of rows.
    mean, stddev : float
        Of the law.
    bounds : tuple of float
        Least and greatest number allowed.
    cuts : ndarray of float64
        Where tails begin: as many lower ones as upper ones, each a standard deviation or more from
        the mean.
    """
    return Scan(*_scan(np.ascontiguousarray(x), mean, stddev, *bounds, cuts))
