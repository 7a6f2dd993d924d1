"""The tests of one tensor, in one stage: it cannot be drawn again.

The suite makes a test again with other seeds where it is in doubt. Of a tensor that somebody has
there is but one, so that a test fails at once, where its p-value is below `LEVEL`: by Bonferroni's
inequality a right tensor is called wrong with a probability of `RISK` at most.

A p-value that is good to a few per cent at 1e-5 may be off by an order of magnitude at 1e-8 where a
sum has few terms, so that which tests are made depends on the number of weights. Of few weights
those are made whose p-values are exact, or too large: the distance of distribution functions, mean
and variance (of a normal distribution a chi-square number; the terms of the others are bounded),
and how far out the last weight lies. Correlations, whose terms are products of two weights, come
with `ORDERED` weights: there a term that is as far out as the level goes, 6 standard deviations,
moves a sum by less than a fifth of its standard deviation. Powers of higher order come with `MANY`:
the fourth power of a weight 6 standard deviations out moves the sum of as many by one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from ..formats import FORMATS
from ..initializers import examine
from ..initializers.goodness import Verdict
from ..initializers.plan import FAMILY_WISE
from ..initializers.sample import Sample
from ..initializers.standard import Standard
from .weights import Weights

__all__ = ["LEVEL", "MOST_TESTS", "RISK", "SURE", "Battery", "scale_seen", "tells"]

Floats = NDArray[np.float64]
Tests = dict[str, dict[str, Verdict]]

#: Probability that a tensor that is a right draw is called anything else.
RISK = FAMILY_WISE
#: Tests that may be made of one tensor.
MOST_TESTS = 40
#: p-value below which a test fails.
LEVEL = RISK / MOST_TESTS
#: Probability with which an error of the size that is stated is found.
SURE = 0.999
#: Weights from which on dependence is tested.
ORDERED = 1024
#: Weights from which on every test of the suite is made.
MANY = 2**14
# Of a tensor that is said to be a draw, a variance twice the right one must have been seen, or half
# of it: that far apart are He's and LeCun's.
_TOLD = math.sqrt(2)
# Draws that are put in order; more say no more of a distribution function that fits.
_SOME = 2**20


class Battery:
    """The tests of one tensor against one distribution.

    Parameters
    ----------
    weights : Weights
        Finite.
    distribution : scipy.stats frozen distribution
        What they are held to.
    """

    def __init__(self, weights: Weights, distribution: Any) -> None:
        self.weights, self.frozen = weights, distribution
        self.standard = Standard(distribution)
        self._format = FORMATS[weights.format]

    @cached_property
    def sample(self) -> Sample:
        """The sums and counts of the weights."""
        return Sample(self.weights.blocks(), self.standard, self.weights.format)

    @property
    def outside(self) -> int:
        """How many weights are beyond the bounds, rounded to the format."""
        low, high = self.standard.rounded_bounds(self._format)
        array = self.weights.array
        return int(np.count_nonzero((array < low) | (array > high)))

    def failing(self) -> Tests:
        """Return the tests that fail, by what they are about."""
        found = {
            about: {name: test for name, test in tests.items() if not test.p >= LEVEL}
            for about, tests in self.tests().items()
        }
        return {about: tests for about, tests in found.items() if tests}

    def tests(self) -> Tests:
        """Return every test that the number of weights allows, by what it is about."""
        kept = self.sample.summary
        found: Tests = {
            "distribution": {"kolmogorov_smirnov": self._distance()},
            "moments": self._moments(),
            "tails": dict(self._furthest()),
        }
        if kept.size >= ORDERED:
            found["independence"] = dict(self._independence())
            found["values"] = examine.values(self.sample)
        if kept.size >= MANY:
            found["distribution"] |= examine.distribution(self.sample)
            found["tails"] |= examine.tails(self.sample)
        return found

    def repeated(self) -> Mapping[str, int]:
        """Return how many rows and columns are another one again, where chance makes none so."""
        rows, columns = self.sample.summary.shape
        count = self.sample.summary.tensors
        # Two draws are one number of the format with this probability, and so are two rows whose
        # weights all are.
        agree = math.log(min(1.0, self.standard.agreement(self._format)))
        chances = {
            "rows": columns * agree + 2 * math.log(rows * count),
            "columns": rows * agree + 2 * math.log(columns * count),
        }
        found = self.sample.repeated()
        return {
            name: number
            for name, number in found.items()
            if number and chances[name] < math.log(LEVEL)
        }

    def _moments(self) -> dict[str, Verdict]:
        """Test mean and variance, and of many weights the third and fourth power too."""
        found = examine.moments(self.sample)
        if self.weights.size >= MANY:
            return found
        return {name: found[name] for name in ("mean", "variance")}

    def _independence(self) -> Iterator[tuple[str, Verdict]]:
        for name, test in examine.independence(self.sample).items():
            # Their terms are fourth powers of weights.
            if self.weights.size >= MANY or name not in ("squares", "row_sizes", "column_sizes"):
                yield name, test

    def _distance(self) -> Verdict:
        """Test the distribution function, at the edges of what rounds to the weights.

        There the share of draws below is that of the unrounded ones, so that the p-value is that of
        a continuous distribution, or too large: no distance in between is looked at.
        """
        array = self.weights.array.ravel()
        step = max(1, array.size // _SOME)
        numbers, counts = np.unique(array[::step][:_SOME], return_counts=True)
        dtype = self._format.dtype.type
        with np.errstate(over="ignore"):
            above, below = (
                (np.nextafter(numbers, dtype(toward)).astype(np.float64)
                 + numbers.astype(np.float64)) / 2
                for toward in (math.inf, -math.inf)
            )  # fmt: skip
        n = int(counts.sum())
        share = np.cumsum(counts) / n
        upper, lower = self.standard.cdf(above), self.standard.cdf(below)
        # The outermost number has all that rounds beyond it.
        low, high = self.standard.rounded_bounds(self._format)
        upper[numbers.astype(np.float64) >= high] = 1.0
        lower[numbers.astype(np.float64) <= low] = 0.0
        found = max(np.abs(share - upper).max(), np.abs(share - counts / n - lower).max())
        return Verdict(float(found), float(stats.kstwo.sf(found, n)))

    def _furthest(self) -> Iterator[tuple[str, Verdict]]:
        """Test how far from the mean the last weight lies.

        What was drawn is no further than a spacing of the format from what was rounded to.
        """
        size, furthest = self.weights.size, self.sample.furthest
        outermost = self._format.dtype.type(furthest + abs(self.standard.mean))
        spacing = abs(float(np.spacing(outermost)))
        further, nearer = (
            self.standard.beyond_both(furthest + step) for step in (spacing, -spacing)
        )
        inward = math.exp(-size * further)  # no weight is further out
        outward = -math.expm1(size * math.log1p(-nearer)) if nearer < 1 else 1.0  # one at least is
        # What is beyond a bound is told as such.
        bounded = math.isfinite(self.standard.low) or math.isfinite(self.standard.high)
        p = inward if bounded else min(1.0, 2 * min(inward, outward))
        yield "both_extreme", Verdict(size * further, p)


def scale_seen(kurtosis: float, size: int) -> float:
    """Return by what factor a scale must be off, either way, to be found with probability `SURE`.

    The variance of n weights has the relative standard error sqrt((kurtosis - 1) / n), and where
    the scale is larger that error is as well. It fails beyond as many of the right one as the level
    is, and those with a wrong scale are around another. Infinite where no scale is sure to be seen.
    """
    error = math.sqrt((kurtosis - 1) / size)
    far, sure = -float(special.ndtri(LEVEL / 2)) * error, float(special.ndtri(SURE)) * error
    if sure >= 1 or far >= 1:
        return math.inf
    return math.sqrt(max((1 + far) / (1 - sure), (1 + sure) / (1 - far)))


def tells(kurtosis: float, size: int) -> bool:
    """Say whether so many weights tell draws from others of twice, or half, the variance."""
    return scale_seen(kurtosis, size) <= _TOLD
