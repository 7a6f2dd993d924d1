"""Tests with p-values: how probable a statistic like this one is if the distribution is right.

A p-value of a continuous statistic is uniform on [0, 1] where the distribution is right; that of a
count is larger than a uniform number in distribution, never smaller. Both are proved by simulation
in the suite's tests. What follows from a small p is for `actinit.conformance.initializers.plan` to
say.

Sums of independent terms are held against Pearson's type III distribution of the same mean,
variance and skewness. It is exact for the variance of normal draws (a chi-square distribution) and
good to the next order of the central limit theorem for the other moments, whose terms are as skew.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

__all__ = [
    "Verdict",
    "anderson_darling",
    "at_least",
    "between",
    "binomial",
    "chi_square",
    "correlation",
    "furthest",
    "kolmogorov_smirnov",
    "mean",
    "normal",
    "sum_of_terms",
    "variance",
]

Sample = NDArray[np.float64]


@dataclass(frozen=True)
class Verdict:
    """What a test says of a sample.

    Attributes
    ----------
    statistic : float
        The distance for Kolmogorov-Smirnov, A squared for Anderson-Darling, the count for counts;
        for the others the deviation from what the distribution says, in standard errors.
    p : float
        Probability of a statistic so far off if the distribution is right.
    """

    statistic: float
    p: float


def normal(deviation: float) -> Verdict:
    """Test a statistic that is standard normal if the distribution is right, in both directions."""
    return Verdict(float(deviation), float(2 * special.ndtr(-abs(deviation))))


def sum_of_terms(deviation: float, count: int, skewness: float = 0.0) -> Verdict:
    """Test a standardised sum of independent terms, in both directions.

    Parameters
    ----------
    deviation : float
        The sum, less its mean, over its standard deviation.
    count : int
        How many terms.
    skewness : float
        Of one term.
    """
    skew = skewness / math.sqrt(count)
    if abs(skew) < 1e-6:  # no difference in the digits of p
        return normal(deviation)
    # A gamma distribution of this shape, standardised, has this skewness; its mirror image has the
    # other.
    shape = 4 / skew**2
    at = max(0.0, shape + math.copysign(deviation, deviation * skew) * math.sqrt(shape))
    tail = min(special.gammainc(shape, at), special.gammaincc(shape, at))
    return Verdict(float(deviation), float(min(1, 2 * tail)))


def chi_square(statistic: float, freedom: int) -> Verdict:
    """Test a statistic that is chi-square if the distribution is right, in both directions.

    The statistic of the verdict is standardised, by Wilson and Hilferty's root.
    """
    tails = special.chdtr(freedom, statistic), special.chdtrc(freedom, statistic)
    root = (statistic / freedom) ** (1 / 3)
    deviation = (root - 1 + 2 / 9 / freedom) / math.sqrt(2 / 9 / freedom)
    return Verdict(float(deviation), float(min(1, 2 * min(tails))))


def binomial(count: int, size: int, probability: float) -> Verdict:
    """Test how many of independent draws fell into a set of known probability, exactly.

    In both directions; the p-value is twice the smaller tail, the count itself in both.
    """
    return between(count, size, probability, probability)


def between(count: int, size: int, least: float, most: float) -> Verdict:
    """As `binomial`, of a set whose probability is only known to lie between two numbers.

    Too few draws are held against the least, too many against the most: the p-value is too large
    for any probability between them, never too small.
    """
    # By the incomplete beta function, which is exact for any size; SciPy's bdtr ends at 2**31.
    below = special.betaincc(count + 1, size - count, least) if count < size else 1.0
    above = special.betainc(count, size - count + 1, most) if count else 1.0
    return Verdict(float(count), float(min(1, 2 * min(below, above))))


def at_least(count: int, expected: float) -> Verdict:
    """Test that rare events are not more than expected, by Poisson's distribution.

    `expected` may be more than the distribution's own mean: p is then too large, never too small.
    """
    return Verdict(float(count), float(special.gammainc(count, expected)) if count else 1.0)


def kolmogorov_smirnov(sample: Sample, distribution: Any) -> Verdict:
    """Test the whole distribution function.

    Parameters
    ----------
    sample : ndarray of float64
        Independent draws, any shape.
    distribution : object
        With a method `cdf`, such as a frozen distribution of scipy.stats; continuous.

    Returns
    -------
    Verdict
        With the greatest distance between the distribution functions. The p-value is good to a few
        digits at any size of sample (Simard and L'Ecuyer 2011, as SciPy has it).
    """
    return distance(np.sort(distribution.cdf(np.ravel(sample))))


def distance(uniform: Sample) -> Verdict:
    """As `kolmogorov_smirnov`, of what the distribution's distribution function made of the draws.

    Parameters
    ----------
    uniform : ndarray of float64, shape (n,)
        In ascending order.
    """
    # As scipy.stats.ks_1samp, which takes four times as long over everything but the cdf.
    steps = np.arange(uniform.size + 1) / uniform.size
    found = max((steps[1:] - uniform).max(), (uniform - steps[:-1]).max())
    return Verdict(float(found), float(stats.kstwo.sf(found, uniform.size)))


def furthest(uniform: Sample) -> float:
    """Return where the distribution function of draws is furthest from the one that is due.

    Parameters
    ----------
    uniform : ndarray of float64, shape (n,)
        As in `distance`.

    Returns
    -------
    float
        Just before or behind a draw, so that no draw lies there: a number from 0 to 1.
    """
    steps = np.arange(uniform.size + 1) / uniform.size
    above, below = steps[1:] - uniform, uniform - steps[:-1]
    if above.max() >= below.max():  # too many draws up to here, this one included
        return float(uniform[np.argmax(above)] + 1e-9)
    return float(uniform[np.argmax(below)] - 1e-9)


def anderson_darling(uniform: Sample) -> Verdict:
    """Test the whole distribution function, the tails as much as the middle.

    Parameters
    ----------
    uniform : ndarray of float64, shape (n,)
        What the distribution's distribution function made of the draws, in ascending order.

    Returns
    -------
    Verdict
        With A squared. Its distribution for large samples is used, which n of 100 and more follow
        to a few per cent of p: below 4 as Marsaglia and Marsaglia (2004) give it, above by its
        leading term ``sqrt(3) * erfc(sqrt(A2))`` (Zolotarev 1961), good to 5 % there and better
        further out.
    """
    n = uniform.size
    # A draw at the very end of the support would be infinitely far off.
    inside = np.clip(uniform, 2.0**-60, 1 - 2.0**-53)
    weights = (2 * np.arange(1, n + 1) - 1) / n
    found = float(-n - np.sum(weights * (np.log(inside) + np.log1p(-inside[::-1]))))
    return Verdict(found, _anderson_darling_tail(found))


def _anderson_darling_tail(a2: float) -> float:
    if a2 <= 0.01:  # nothing is below
        return 1.0
    if a2 >= 4:
        return float(min(1.0, math.sqrt(3) * special.erfc(math.sqrt(a2))))
    if a2 < 2:
        inner = np.polynomial.polynomial.polyval(
            a2, [2.00012, 0.247105, -0.0649821, 0.0347962, -0.011672, 0.00168691]
        )
        return float(1 - math.exp(-1.2337141 / a2) / math.sqrt(a2) * inner)
    inner = np.polynomial.polynomial.polyval(
        a2, [1.0776, -2.30695, 0.43424, -0.082433, 0.008056, -0.0003146]
    )
    return float(-math.expm1(-math.exp(inner)))


def mean(sample: Sample, distribution: Any) -> Verdict:
    """Test the mean; its standard error is known from the distribution."""
    centre, due, _ = _moments(distribution)
    return normal((sample.mean() - centre) / math.sqrt(due) * math.sqrt(sample.size))


def variance(sample: Sample, distribution: Any) -> Verdict:
    """Test the mean square around the distribution's mean.

    Its variance under the distribution is ``(kurtosis - 1) * variance**2 / n``, exactly.
    """
    centre, due, kurtosis = _moments(distribution)
    ratio = float(np.mean(np.square(sample - centre))) / due
    # The skewness of a squared normal number; that of the other distributions' squares is smaller.
    skewness = math.sqrt(8) if kurtosis >= 3 else 0.0
    return sum_of_terms(
        (ratio - 1) * math.sqrt(sample.size / (kurtosis - 1)), sample.size, skewness
    )


@lru_cache(maxsize=256)  # by identity: SciPy takes a millisecond for those of a truncated normal
def _moments(distribution: Any) -> tuple[float, float, float]:
    """Return mean, variance and kurtosis, which is 3 for a normal distribution."""
    centre, due, excess = map(float, distribution.stats(moments="mvk"))
    return centre, due, 3 + excess


def correlation(one: Sample, other: Sample) -> Verdict:
    """Test that two samples of any distributions are uncorrelated, position by position."""
    spread = one.std() * other.std()
    products = (one - one.mean()) * (other - other.mean())
    coefficient = products.mean() / spread if spread else 0.0
    return normal(coefficient * math.sqrt(one.size))
