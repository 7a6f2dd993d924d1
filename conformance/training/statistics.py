"""What may be said of a few runs: intervals, equivalence, paired differences, correction.

Means of runs are taken to be normal; of runs that all came to the same there is no spread, and what
is said of them then is said without a risk.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import stats

__all__ = ["Difference", "Mean", "equivalence", "holm", "mean_of", "paired"]

Values = Sequence[float]


class Mean(NamedTuple):
    """A mean, its confidence interval, and the interval in which one more run should lie.

    Of a single run there are no intervals: they are nan.
    """

    n: int
    mean: float
    low: float
    high: float
    one_low: float
    one_high: float


class Difference(NamedTuple):
    """A difference of means, its interval and the p-value of what is asked."""

    difference: float
    low: float
    high: float
    effect: float  #: The difference over the standard deviation of such differences.
    p: float


def mean_of(values: Values, confidence: float) -> Mean:
    """Return the mean of runs, Student's interval for it, and the one for another run.

    Parameters
    ----------
    values : sequence of float
        One figure of each run.
    confidence : float
        Of both intervals.

    Notes
    -----
    Another run varies as each of these did, and around a mean that is itself uncertain: its
    interval is wider by ``sqrt(n + 1)``.
    """
    n, (mean, variance) = len(values), _moments(values)
    if n < 2:
        return Mean(n, mean, *[math.nan] * 4)
    reach = float(stats.t.ppf((1 + confidence) / 2, n - 1)) * math.sqrt(variance / n)
    wide = reach * math.sqrt(n + 1)
    return Mean(n, mean, mean - reach, mean + reach, mean - wide, mean + wide)


def equivalence(one: Values, other: Values, margin: float, alpha: float) -> Difference:
    """Test whether two means differ by less than a margin: two one-sided tests, Welch's.

    Parameters
    ----------
    one, other : sequence of float
        Runs that have nothing to do with each other, two of each at least.
    margin : float
        What is no difference to speak of.
    alpha : float
        Risk of calling means equivalent that are not.

    Returns
    -------
    Difference
        ``one - other``, its interval of confidence ``1 - 2 alpha``, which is within the margins
        just when the test says so, and the greater of the two p-values.

    References
    ----------
    D. J. Schuirmann, 1987; B. L. Welch, 1947.
    """
    (mean, variance), (other_mean, other_variance) = _moments(one), _moments(other)
    difference = mean - other_mean
    parts = [(variance / len(one), len(one)), (other_variance / len(other), len(other))]
    error = math.sqrt(sum(part for part, _ in parts))
    if error == 0:
        p = float(abs(difference) >= margin)
        return Difference(difference, difference, difference, math.nan, p)
    # Welch and Satterthwaite's degrees of freedom.
    distribution = stats.t(error**4 / sum(part**2 / (n - 1) for part, n in parts))
    p = max(
        distribution.sf((difference + margin) / error),
        distribution.cdf((difference - margin) / error),
    )
    reach = float(distribution.ppf(1 - alpha)) * error
    effect = difference / math.sqrt((variance + other_variance) / 2)
    return Difference(difference, difference - reach, difference + reach, effect, float(p))


def paired(one: Values, other: Values, confidence: float) -> Difference:
    """Test whether runs that belong together differ in the mean: Student's paired test.

    Parameters
    ----------
    one, other : sequence of float
        Runs of the same length; those at one place share what else varies.
    confidence : float
        Of the interval.

    Returns
    -------
    Difference
        ``one - other``; p is of no difference, against either side.
    """
    pairs = [a - b for a, b in zip(one, other, strict=True)]
    mean, variance = _moments(pairs)
    _, _, low, high, *_ = mean_of(pairs, confidence)
    if variance == 0:
        return Difference(mean, low, high, math.nan, float(mean == 0))
    statistic = mean / math.sqrt(variance / len(pairs))
    p = 2 * float(stats.t.sf(abs(statistic), len(pairs) - 1))
    return Difference(mean, low, high, mean / math.sqrt(variance), p)


def _moments(values: Values) -> tuple[float, float]:
    """Return mean and variance, exactly so of values that are all the same; nan of one alone."""
    if len(set(values)) == 1:
        return float(values[0]), 0.0 if len(values) > 1 else math.nan
    return float(np.mean(values)), float(np.var(values, ddof=1))


def holm(p: Values) -> list[float]:
    """Return p-values corrected for their number, so that one risk is that of the whole family.

    References
    ----------
    S. Holm, 1979.
    """
    order = np.argsort(p)
    corrected, least = [0.0] * len(p), 0.0
    for rank, at in enumerate(order.tolist()):
        least = max(least, min(1.0, (len(p) - rank) * p[at]))
        corrected[at] = least
    return corrected
