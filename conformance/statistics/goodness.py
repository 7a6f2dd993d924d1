"""Goodness of fit: tests with p-values, and the plan that keeps false alarms rare.

The plan. Each test calls a sample wrong if its p-value is below `THRESHOLD`, 1e-9. A run on one
backend makes some two hundred tests, so by Bonferroni's inequality a backend that is right in
everything is accused in fewer than one of a million runs, `FAMILY_WISE`; a test of the suite counts
them. Seeds are fixed, so that a version of a backend that passes once passes always: the risk is
taken once per version, not once per run.

What it still sees. A test statistic that is normal raises the alarm at 6.1 of its standard
deviations. With the default of 2**20 draws a scale that is 1 % off moves the variance of a normal
law by 14 of them, so that it is missed with a probability below 1e-14; a uniform law shows more,
its fourth moment being smaller.

Rounding to float32 moves a distribution function by less than 1e-7, four orders below what 2**20
draws can resolve; for 16-bit formats it would be seen, so those are held to their bounds only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

__all__ = [
    "FAMILY_WISE",
    "THRESHOLD",
    "Verdict",
    "correlation",
    "kolmogorov_smirnov",
    "mean",
    "variance",
]

#: p-value below which a single test calls a sample wrong.
THRESHOLD = 1e-9
#: Probability that a run on a right backend, with all its tests, calls anything wrong.
FAMILY_WISE = 1e-6

Sample = NDArray[np.float64]


@dataclass(frozen=True)
class Verdict:
    """What a test says of a sample.

    Attributes
    ----------
    statistic : float
        The distance for Kolmogorov-Smirnov; for the others the deviation from what the law says,
        in standard errors.
    p : float
        Probability of a statistic so large, in either direction, if the law is right.
    """

    statistic: float
    p: float

    @property
    def good(self) -> bool:
        """Whether chance may explain the sample."""
        return self.p >= THRESHOLD


def kolmogorov_smirnov(sample: Sample, law: Any) -> Verdict:
    """Test the whole distribution function.

    Parameters
    ----------
    sample : ndarray of float64
        Independent draws, any shape.
    law : scipy.stats frozen distribution
        A continuous law.

    Returns
    -------
    Verdict
        With the greatest distance between the distribution functions. The p-value is good to a few
        digits at any size of sample (Simard and L'Ecuyer 2011, as SciPy has it).
    """
    # As scipy.stats.ks_1samp, which takes four times as long over everything but the cdf.
    expected = law.cdf(np.sort(sample, axis=None))
    steps = np.arange(sample.size + 1) / sample.size
    distance = max((steps[1:] - expected).max(), (expected - steps[:-1]).max())
    return Verdict(float(distance), float(stats.kstwo.sf(distance, sample.size)))


def mean(sample: Sample, law: Any) -> Verdict:
    """Test the mean; its standard error is known from the law."""
    return _normal((sample.mean() - law.mean()) / law.std() * math.sqrt(sample.size))


def variance(sample: Sample, law: Any) -> Verdict:
    """Test the mean square around the law's mean.

    Its variance under the law is ``(kurtosis - 1) * variance**2 / n``, exactly; that it is normal
    at 2**14 draws and more is true to some per cent of p at the threshold.
    """
    kurtosis = 3 + float(law.stats(moments="k"))
    ratio = np.mean(np.square(sample - law.mean())) / law.var()
    return _normal((ratio - 1) * math.sqrt(sample.size / (kurtosis - 1)))


def correlation(one: Sample, other: Sample) -> Verdict:
    """Test that two samples, position by position, are uncorrelated, whatever their laws."""
    spread = one.std() * other.std()
    products = (one - one.mean()) * (other - other.mean())
    coefficient = products.mean() / spread if spread else 0.0
    return _normal(coefficient * math.sqrt(one.size))


def _normal(deviation: float) -> Verdict:
    return Verdict(float(deviation), float(2 * stats.norm.sf(abs(deviation))))
