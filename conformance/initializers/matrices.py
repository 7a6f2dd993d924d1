"""Random rotations: that a matrix is orthogonal, and drawn without preference for a direction.

What Haar measure says of a square matrix Q of n rows is tested on many small ones: an entry has the
distribution of a coordinate of a random unit vector, and so has the entry after any rotation from
the left and the right; the trace has mean 0 and mean square 1, its fourth power the mean 3, and the
trace of Q**2 the mean 1 (Diaconis and Shahshahani 1994, for n of 8 and these moments exactly those
of normal numbers); the determinant is 1 as often as -1; and the fourth powers of all entries have
the mean that a random unit vector gives them, which a rotation that shuns or seeks the axes has
not, however its entries are permuted and signed. A QR decomposition whose signs are left as
they come fails each of them: LAPACK's reflections make the first entry negative, always.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from ..check import Witness
from .figures import share_below
from .goodness import Verdict, binomial, kolmogorov_smirnov, normal, sum_of_terms

__all__ = ["defect", "figure", "granted", "haar", "marginal"]

Floats = NDArray[np.float64]
# Standard deviations of a rounding error's random walk that are granted: one matrix in 10**20
# would need more (Higham and Mary 2019, theorem 2.4, with lambda = 10).
_LAMBDA = 10


def defect(matrix: Floats, gain: float) -> float:
    """Return how far the shorter side's vectors are from orthonormal.

    Parameters
    ----------
    matrix : ndarray of float64, shape (rows, columns)
        The matrix.
    gain : float
        What the vectors' norm should be.

    Returns
    -------
    float
        The largest entry of ``Q^T Q - 1``, without its sign.
    """
    tall = matrix if matrix.shape[0] >= matrix.shape[1] else matrix.T
    product = (tall.T @ tall) / gain**2
    return float(np.abs(product - np.eye(len(product))).max())


def granted(shape: tuple[int, int], roundoff: float, computed: float) -> float:
    """Return the defect that roundings may cause.

    Householder's QR of m rows and n columns gives columns off by at most
    ``sqrt(n) * gamma(m * n)`` (Higham 2002, theorem 19.4), where gamma counts roundings; these
    behave as a random walk, ``gamma(k) = lambda * sqrt(k) * u`` (Higham and Mary 2019). The last
    rounding, to the dtype, moves an inner product by twice the unit roundoff of the dtype.

    Parameters
    ----------
    shape : tuple of int
        Of the matrix.
    roundoff, computed : float
        Unit roundoff of the dtype, and of the precision that is computed in.
    """
    columns, rows = sorted(shape)
    walk = _LAMBDA * math.sqrt(rows * columns) * computed
    return 2 * roundoff * (1 + roundoff) + 2 * math.sqrt(columns) * walk


def haar(matrices: Floats) -> dict[str, Verdict]:
    """Test whether square matrices are drawn without preference for a direction.

    Parameters
    ----------
    matrices : ndarray of float64, shape (count, n, n)
        Orthogonal matrices, independent of each other; n is 8 or more.

    Returns
    -------
    dict of str to Verdict
        By name of the test.
    """
    count, n, _ = matrices.shape
    trace = np.trace(matrices, axis1=1, axis2=2)
    squared = np.einsum("kij,kji->k", matrices, matrices)
    positive = int(np.count_nonzero(np.linalg.det(matrices) > 0))
    root = math.sqrt(count)
    found = {
        "trace": normal(trace.sum() / root),
        "trace_square": normal((np.square(trace) - 1).sum() / root / math.sqrt(2)),
        "square_trace": normal((squared - 1).sum() / root / math.sqrt(2)),
        "determinant": binomial(positive, count, 0.5),
    }
    return found | marginal(matrices, n)


def figure(name: str, matrices: Floats, test: Verdict) -> Witness:
    """Return what a test of matrices measured beside what is due, of matrices stacked in ``w``.

    Parameters
    ----------
    name : str
        As `haar` and `marginal` name it.
    matrices : ndarray of float64, shape (count, rows, columns)
        What was drawn.
    test : Verdict
        What the test says.
    """
    off, trace = test.statistic, "np.trace(w, axis1=1, axis2=2)"
    whole: dict[str, tuple[str, float, str]] = {
        "trace": ("mean trace", 0.0, f"{trace}.mean()"),
        "trace_square": ("mean square of the trace", 1.0, f"({trace} ** 2).mean()"),
        "square_trace": ("mean trace of Q @ Q", 1.0, "np.trace(w @ w, axis1=1, axis2=2).mean()"),
        "determinant": ("share of determinants above 0", 0.5, "(np.linalg.det(w) > 0).mean()"),
    }
    if name == "fourth":
        got, due = float((matrices**4).mean()), _fourth_of_vectors(max(matrices.shape[1:]))[0]
        return Witness.figure(
            "mean fourth power of the entries", got, due / max(matrices.shape[1:]), error=off,
            measure="(w ** 4).mean()",
        )  # fmt: skip
    if name in whole:
        what, due, measure = whole[name]
        got = {
            "trace": lambda: np.trace(matrices, axis1=1, axis2=2).mean(),
            "trace_square": lambda: np.square(np.trace(matrices, axis1=1, axis2=2)).mean(),
            "square_trace": lambda: np.trace(matrices @ matrices, axis1=1, axis2=2).mean(),
            "determinant": lambda: (np.linalg.det(matrices) > 0).mean(),
        }[name]()
        return Witness.figure(what, float(got), due, error=off, measure=measure)
    entries, measured = _entries(matrices)[name.removeprefix("entry_")]
    distribution = _coordinate(max(matrices.shape[1:]))
    return share_below(np.sort(distribution.cdf(entries)), distribution, off, measured)


@lru_cache(maxsize=64)  # SciPy takes milliseconds to make a distribution
def _coordinate(n: int) -> Any:
    """Return the distribution of a coordinate of a random unit vector of n dimensions."""
    # (1 + x) / 2 is a beta distribution.
    return stats.beta((n - 1) / 2, (n - 1) / 2, loc=-1, scale=2)


def _entries(matrices: Floats) -> dict[str, tuple[Floats, str]]:
    """Return entries of matrices by name, with how NumPy takes them of matrices ``w``."""
    _, rows, columns = matrices.shape
    # Any fixed directions will do; these have no entry that is 0.
    left, right = (np.cos(np.arange(1, size + 1)) for size in (rows, columns))
    turned = np.einsum(
        "i,kij,j->k", left / np.linalg.norm(left), matrices, right / np.linalg.norm(right)
    )
    unit = "(v := np.cos(np.arange(1, {} + 1))) / np.linalg.norm(v)"
    directions = f"{unit.format(rows)}, w, {unit.format(columns)}"
    return {
        "first": (matrices[:, 0, 0], "w[:, 0, 0]"),
        "last": (matrices[:, -1, -1], "w[:, -1, -1]"),
        "corner": (matrices[:, 0, -1], "w[:, 0, -1]"),
        "turned": (turned, f'np.einsum("i,kij,j->k", {directions})'),
    }


def marginal(matrices: Floats, n: int) -> dict[str, Verdict]:
    """Test entries of matrices, as drawn and after a rotation, against the one distribution due.

    Parameters
    ----------
    matrices : ndarray of float64, shape (count, rows, columns)
        With orthonormal columns, or rows if there are fewer of these.
    n : int
        The longer side.
    """
    distribution = _coordinate(n)
    return {
        f"entry_{name}": kolmogorov_smirnov(at, distribution)
        for name, (at, _) in _entries(matrices).items()
    } | {"fourth": _fourth(matrices, n)}


def _fourth(matrices: Floats, n: int) -> Verdict:
    """Test the sum of the fourth powers of all entries; `marginal` has the parameters."""
    count, vectors = len(matrices), min(matrices.shape[1:])
    mean, variance, skewness = _fourth_of_vectors(n)
    # Given a unit vector x, another one is uniform at right angles to it: its entry j is that of a
    # unit vector of n - 1 dimensions, times sqrt(1 - x_j**2). So its fourth powers have the sum
    # (n - 2 + S) * 3 / (n**2 - 1) on average, where S is that of x.
    covariance = (variance + mean**2 + (n - 2) * mean) * 3 / (n**2 - 1) - mean**2
    spread = math.sqrt(vectors * variance + vectors * (vectors - 1) * covariance)
    sums = (matrices**4).sum(axis=(1, 2))
    deviation = float((sums - vectors * mean).sum()) / spread / math.sqrt(count)
    # As skew as if its vectors were independent; of so many matrices the rest is no more than a
    # sixth of a p-value of 1e-5.
    return sum_of_terms(deviation, count * vectors, skewness)


def _fourth_of_vectors(n: int) -> tuple[float, float, float]:
    """Return mean, variance and skewness of the sum of fourth powers of a random unit vector.

    The squares of its n entries have Dirichlet's distribution with parameters 1/2: the mean of a
    product of their powers k is the product of (2k - 1)!! over n (n + 2) (n + 4) ..., as many
    factors as the powers' sum.
    """
    below = np.cumprod(n + 2.0 * np.arange(6))
    first = n * 3 / below[1]
    second = (n * 105 + n * (n - 1) * 9) / below[3]
    third = (n * 10395 + 3 * n * (n - 1) * 315 + n * (n - 1) * (n - 2) * 27) / below[5]
    variance = second - first**2
    central = third - 3 * first * second + 2 * first**3
    return float(first), float(variance), float(central / variance**1.5)
