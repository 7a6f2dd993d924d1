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
    n, mean = len(values), float(np.mean(values))
    if n < 2:
        return Mean(n, mean, *[math.nan] * 4)
    spread = float(np.std(values, ddof=1))
    reach = float(stats.t.ppf((1 + confidence) / 2, n - 1)) * spread / math.sqrt(n)
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
    a, b = (np.asarray(values, dtype=np.float64) for values in (one, other))
    difference = float(a.mean() - b.mean())
    parts = [float(x.var(ddof=1)) / x.size for x in (a, b)]
    error = math.sqrt(sum(parts))
    if error == 0:
        return Difference(
            difference, difference, difference, math.nan, float(abs(difference) >= margin)
        )
    freedom = sum(parts) ** 2 / sum(p**2 / (x.size - 1) for p, x in zip(parts, (a, b), strict=True))
    law = stats.t(freedom)
    p = max(law.sf((difference + margin) / error), law.cdf((difference - margin) / error))
    reach = float(law.ppf(1 - alpha)) * error
    pooled = math.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 2)
    return Difference(
        difference, difference - reach, difference + reach, difference / pooled, float(p)
    )


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
    pairs = np.subtract(one, other, dtype=np.float64)
    mean, low, high, *_ = mean_of(pairs.tolist(), confidence)[1:]
    spread = float(pairs.std(ddof=1))
    if spread == 0:
        return Difference(mean, low, high, math.nan, float(mean == 0))
    statistic = mean / (spread / math.sqrt(pairs.size))
    p = 2 * float(stats.t.sf(abs(statistic), pairs.size - 1))
    return Difference(mean, low, high, mean / spread, p)


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
