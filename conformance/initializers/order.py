"""Tests of the order of weights: at any distance, backwards, transposed, row by row.

What depends on an unknown distance, or on some pair of rows, is tested at all of them: the largest
correlation counts, with the p-value of one of them times their number (Bonferroni). Such a p-value
is too large, never too small. Weights are clipped at four standard deviations of their
distribution, so that a wrong distribution with heavy tails is no dependence.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from . import goodness
from .goodness import Verdict
from .sample import Sample

__all__ = ["COMPARED", "Extreme", "alike", "clipped", "lags", "mirror", "shifts", "sizes", "tests"]

Floats = NDArray[np.float64]
_CLIP = 4.0
#: As many rows, or columns, are compared with each other.
COMPARED = 256
# Weights of a row from which on a coefficient has its distribution, whatever that of the weights.
_LONG = 64


@dataclass(frozen=True)
class Extreme:
    """The largest of many correlations, without its sign.

    Attributes
    ----------
    at : int
        Which one, such as the distance between weights.
    coefficient : float
        The correlation, with its sign.
    test : Verdict
        How probable that is, of so many correlations.
    """

    at: int
    coefficient: float
    test: Verdict


_NONE = Extreme(0, 0.0, Verdict(0.0, 1.0))


def tests(sample: Sample) -> dict[str, Verdict]:
    """Test the order of the weights of a sample's first tensor, and what is the same in all.

    Parameters
    ----------
    sample : Sample
        With finite weights.
    """
    z = clipped(sample.first, sample.distribution.mean, sample.distribution.stddev)
    found = {
        "lags": lags(z).test,
        "mirror": mirror(z).test,
    }
    rows, columns = z.shape
    if columns >= _LONG:
        found["rows_alike"] = alike(z).test
    if rows >= _LONG:
        found["columns_alike"] = alike(z.T).test
    if rows == columns:
        above = np.triu_indices(rows, 1)
        found["transpose"] = goodness.correlation(z[above], z.T[above])
    if min(rows, columns) >= COMPARED:
        found |= {"row_sizes": sizes(z), "column_sizes": sizes(z.T)}
    tensors = sample.summary.tensors
    if tensors > 1:
        # All of several independent draws agree at least as rarely as the sum of the squared
        # probabilities to the power of half their number: a norm falls with its order.
        agree = min(1.0, sample.distribution.agreement(sample.format)) ** (tensors / 2)
        count = int(np.count_nonzero(sample.unchanged))
        found["unchanged"] = goodness.at_least(count, sample.first.size * agree)
    return found


def clipped(drawn: Floats, mean: float, stddev: float) -> Floats:
    """Return weights in standard deviations, clipped, less their mean, with a mean square of 1.

    All are 0 where the weights are one number.
    """
    z: Floats = np.clip((drawn - mean) / stddev, -_CLIP, _CLIP)
    z = z - z.mean()
    spread = z.std()
    return z / spread if spread > 1e-12 else np.zeros_like(z)


def lags(z: Floats) -> Extreme:
    """Test the correlation of weights with those at any distance, the tensor taken as a ring."""
    flat = z.ravel()
    n = flat.size
    if n < 4 or not flat.any():
        return _NONE
    transform = np.fft.rfft(flat)
    products = np.fft.irfft(np.square(np.abs(transform)), n)[1 : n // 2 + 1]
    deviations = products / math.sqrt(n)
    if n % 2 == 0:  # each pair has been counted twice
        deviations[-1] /= math.sqrt(2)
    return _extreme(deviations, products / n, first=1)


def mirror(z: Floats) -> Extreme:
    """Test the correlation of weights with those in reverse order, about any place."""
    flat = z.ravel()
    n = flat.size
    if n < 4 or not flat.any():
        return _NONE
    products = np.fft.irfft(np.square(np.fft.rfft(flat)), n)
    return _extreme(products / math.sqrt(2 * n), products / n)


def shifts(one: Floats, other: Floats) -> Extreme:
    """Test the correlation of one tensor's weights with the other's at any distance.

    Parameters
    ----------
    one, other : ndarray of float64
        As `clipped` returns them, of one size.

    Returns
    -------
    Extreme
        At how many places the second tensor's stream is ahead.
    """
    n = one.size
    if n < 4 or not one.any() or not other.any():
        return _NONE
    first, second = np.fft.rfft(one.ravel()), np.fft.rfft(other.ravel())
    products = np.fft.irfft(first * np.conj(second), n)
    return _extreme(products / math.sqrt(n), products / n)


def alike(z: Floats) -> Extreme:
    """Test the correlation of the first rows with each other, in all pairs.

    Under normality a coefficient of n weights is exactly that of a beta distribution. Which pair it
    is tells ``at``: the first row times the number compared, plus the second.
    """
    rows = z[:COMPARED] - z[:COMPARED].mean(axis=1, keepdims=True)
    norms = np.linalg.norm(rows, axis=1)
    if len(rows) < 2 or rows.shape[1] < 4 or not norms.all():
        return _NONE
    rows /= norms[:, None]
    products = np.triu(rows @ rows.T, 1)
    at = int(np.argmax(np.abs(products)))
    coefficient = float(products.flat[at])
    half = (rows.shape[1] - 2) / 2
    one = 2 * special.betainc(half, half, (1 - min(1.0, abs(coefficient))) / 2)
    pairs = len(rows) * (len(rows) - 1) / 2
    return Extreme(at, coefficient, Verdict(coefficient, float(min(1.0, pairs * one))))


def sizes(z: Floats) -> Verdict:
    """Test whether the mean squares of rows differ as much as is due, neither more nor less.

    The cube root of a mean square is near to normal (Wilson and Hilferty 1931), with the variance
    ``(kurtosis - 1) / 9n`` but for terms that are smaller by ``1/n``.
    """
    width = z.shape[1]
    squares = np.square(z)
    kurtosis = float(np.square(squares).mean())
    if kurtosis - 1 < 1e-6:  # two values only: their squares are all the same
        return Verdict(0.0, 1.0)
    roots = np.cbrt(squares.mean(axis=1))
    spread = float(np.square(roots - roots.mean()).sum()) * 9 * width / (kurtosis - 1)
    return goodness.chi_square(spread, len(z) - 1)


def _extreme(deviations: Floats, coefficients: Floats, first: int = 0) -> Extreme:
    at = int(np.argmax(np.abs(deviations)))
    deviation = float(deviations[at])
    p = min(1.0, len(deviations) * goodness.normal(deviation).p)
    return Extreme(at + first, float(coefficients[at]), Verdict(deviation, p))
