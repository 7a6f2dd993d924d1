"""The tests of a sample, by what they are about; each a statistic whose distribution is known."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import goodness, order
from .goodness import Verdict
from .sample import TAILS, Sample
from .standard import resolution

__all__ = [
    "EVERY",
    "Cells",
    "cells",
    "distribution",
    "expected",
    "independence",
    "moments",
    "tails",
    "tensor_means",
    "values",
]

Floats = NDArray[np.float64]
Tests = dict[str, Verdict]
_MOMENTS = ("mean", "variance", "skewness", "kurtosis")
# Cells of a 16-bit format are put together until so many draws are expected in each.
_EXPECTED = 10.0


def distribution(sample: Sample) -> Tests:
    """Test the distribution function, or the share of each cell for 16-bit formats."""
    if sample.format.exhaustive:
        drawn = cells(sample)
        statistic = float(np.sum(np.square(drawn.drawn - drawn.expected) / drawn.expected))
        return {"cells": goodness.chi_square(statistic, len(drawn.expected) - 1)}
    uniform = sample.summary.uniform
    return {
        "kolmogorov_smirnov": goodness.distance(uniform),
        "anderson_darling": goodness.anderson_darling(uniform),
    }


class Cells(NamedTuple):
    """How often the numbers of a 16-bit format were drawn, put together where few are expected.

    Attributes
    ----------
    low, high : ndarray of float64, shape (k,)
        The least and the greatest number of each cell.
    drawn, expected : ndarray of float64, shape (k,)
        Draws in each, and how many are due.
    """

    low: Floats
    high: Floats
    drawn: Floats
    expected: Floats


def cells(sample: Sample) -> Cells:
    """Count how often each number of a 16-bit format was drawn, beside what is due."""
    numbers, _ = sample.distribution.cells(sample.format)
    inside, place = sample.distribution.places(sample.format)
    starts, wanted = sample.distribution.pooled(sample.format, sample.summary.size, _EXPECTED)
    got = np.bincount(place, sample.summary.counts[inside], len(numbers))
    ends = np.append(starts[1:], len(numbers)) - 1
    return Cells(numbers[starts], numbers[ends], np.add.reduceat(got, starts), wanted)


def moments(sample: Sample) -> Tests:
    """Test the first four powers of the standardised weights."""
    found = {}
    for power, (name, total) in enumerate(
        zip(_MOMENTS, sample.summary.powers, strict=True), start=1
    ):
        mean, spread, skewness = sample.distribution.power(power)
        size = sample.summary.size
        deviation = (total - size * mean) / spread / math.sqrt(size)
        found[name] = goodness.sum_of_terms(float(deviation), size, skewness)
    return found


def tails(sample: Sample) -> Tests:
    """Test how many weights are beyond outer quantiles, and how far out the last one is."""
    if sample.format.exhaustive:  # the cells are as coarse as the tails
        return {}
    kept, distribution = sample.summary, sample.distribution
    sides = [("lower", p) for p in TAILS] + [("upper", p) for p in TAILS]
    found = {
        f"{side}_{p:g}": goodness.binomial(int(count), kept.size, p)
        for (side, p), count in zip(sides, kept.tails, strict=True)
    }
    granted = 2.0 ** -resolution(sample.format)
    if not math.isfinite(distribution.low):
        found["lower_extreme"] = _extreme(kept.size, distribution.beyond(kept.least), granted)
    if not math.isfinite(distribution.high):
        found["upper_extreme"] = _extreme(kept.size, distribution.beyond(kept.greatest), granted)
    if not (math.isfinite(distribution.low) or math.isfinite(distribution.high)):
        # Together the ends see a tail that is missing on both sides nearer by.
        found["both_extreme"] = _extreme(
            kept.size, distribution.beyond_both(sample.furthest), 2 * granted
        )
    return found


def _extreme(size: int, beyond: float, granted: float) -> Verdict:
    """Test the outermost of so many draws, beyond which the distribution has this probability.

    A draw is made of a uniform number of so many bits: its last one may be out of reach.
    """
    inward = math.exp(-size * max(0.0, beyond - granted))  # no draw is further out
    outward = -math.expm1(size * math.log1p(-beyond)) if beyond < 1 else 1.0  # one at least is
    return Verdict(size * beyond, min(1.0, 2 * min(inward, outward)))


def values(sample: Sample) -> Tests:
    """Test what a continuous distribution hardly ever gives: 0, a bound, the same number twice."""
    kept = sample.summary
    counts = {
        "zeros": kept.zeros,
        "lower_end": int(kept.ends[0]),
        "upper_end": int(kept.ends[1]),
        "collisions": kept.collisions,
    }
    return {name: goodness.at_least(counts[name], due) for name, due in expected(sample).items()}


def expected(sample: Sample) -> dict[str, float]:
    """Return how many weights may be 0, a bound, or another one again, by name of the test."""
    kept, distribution, fmt = sample.summary, sample.distribution, sample.format
    granted = 2.0 ** -resolution(fmt)
    found = {}
    if distribution.low < 0 < distribution.high:
        found["zeros"] = kept.size * (distribution.near(0.0, fmt) + granted)
    for side, bound in zip(("lower", "upper"), sample.bounds, strict=True):
        if math.isfinite(bound):
            near = distribution.granted(bound, fmt)
            found[f"{side}_end"] = kept.size * (_outermost(sample, bound) + near)
    if not fmt.exhaustive:
        drawn = kept.uniform.size
        found["collisions"] = drawn * (drawn - 1) / 2 * distribution.agreement(fmt)
    return found


def _outermost(sample: Sample, bound: float) -> float:
    """Return the probability of the outermost number, with all that is moved inside to it."""
    number = sample.format.dtype.type(bound)
    inward = float(np.nextafter(number, sample.format.dtype.type(sample.distribution.mean)))
    inner = float(sample.distribution.cdf(np.array([(bound + inward) / 2]))[0])
    return inner if bound < sample.distribution.mean else 1 - inner


def independence(sample: Sample) -> Tests:
    """Test whether weights have to do with their neighbours, rows, columns, or the next tensor.

    By correlations, with the sample's own mean and variance: a scale that is off is no dependence.
    """
    kept = sample.summary
    rows, columns = kept.shape
    first, second, _, fourth = kept.powers / kept.size
    variance = second - first**2
    if variance <= 0:  # all weights are one number, which the other tests say
        return {}
    alone = (first**2, variance)
    # Of the centred squares: their own mean and variance.
    squared = ((second - 1) ** 2, fourth - second**2)
    pairs = {
        "in_rows": (kept.products[0], rows * (columns - 1), alone),
        "in_columns": (kept.products[1], (rows - 1) * columns, alone),
        "squares": (kept.products[2], rows * (columns - 1), squared),
        "halves": (kept.products[3], rows // 2 * columns, alone),
    }
    found = {
        name: _correlation(total, kept.tensors * count, *moments)
        for name, (total, count, moments) in pairs.items()
        if count  # a single row has no neighbours in its columns
    }
    if kept.tensors > 1:
        count = (kept.tensors - 1) * rows * columns
        found["tensors"] = _correlation(kept.products[4], count, *alone)
        whole = tensor_means(sample)
        spread = float(np.square(whole - whole.mean()).sum())
        # Of tensors whose mean was set it is as good as 0.
        found["tensor_means"] = goodness.chi_square(spread, whole.size - 1)
    for name, sums in (("row_means", kept.row_sums), ("column_means", kept.column_sums)):
        every: Any = np.concatenate(sums)
        if every.size < 2:
            continue
        spread = np.square(every - every.mean()).sum() / variance
        found[name] = goodness.chi_square(float(spread), every.size - 1)
    return found | order.tests(sample)


def tensor_means(sample: Sample) -> Floats:
    """Return the mean of each tensor, in the standard error that independent weights give it."""
    kept = sample.summary
    first, second = kept.powers[:2] / kept.size
    sums = np.array([rows.sum() for rows in kept.row_sums]) / math.sqrt(kept.shape[0])
    found: Floats = sums / math.sqrt(second - first**2)
    return found


def _correlation(total: float, count: int, squared_mean: float, variance: float) -> Verdict:
    """Test a sum of products of pairs that should have nothing to do with each other."""
    # A square of two values only, such as that of a sign, has no variance and tells nothing.
    coefficient = (total / count - squared_mean) / variance if variance > 0 else 0.0
    return goodness.normal(coefficient * math.sqrt(count))


#: The tests by what they are about.
EVERY = {
    "distribution": distribution,
    "moments": moments,
    "tails": tails,
    "values": values,
    "independence": independence,
}
