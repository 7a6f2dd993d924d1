"""What is said of a few runs: intervals that cover, tests that err as seldom as they say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from actinit.conformance.training.statistics import equivalence, holm, mean_of, paired

SAMPLES = 4_000


def _least(share: float) -> tuple[float, float]:
    """Between which shares of SAMPLES lie, but for one time in a million."""
    distribution = stats.binom(SAMPLES, share)
    return distribution.ppf(5e-7) / SAMPLES, distribution.ppf(1 - 5e-7) / SAMPLES


def test_intervals_cover_as_often_as_they_say() -> None:
    rng = np.random.default_rng(1)
    draws = rng.normal(3.0, 2.0, (SAMPLES, 6))
    found = [mean_of(row[:5].tolist(), 0.9) for row in draws]
    low, high = _least(0.9)
    assert low < np.mean([one.low <= 3.0 <= one.high for one in found]) < high
    another = [one.one_low <= x <= one.one_high for one, x in zip(found, draws[:, 5], strict=True)]
    assert low < np.mean(another) < high


def test_the_interval_of_a_mean_is_students() -> None:
    values = [1.0, 2.0, 4.0]
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert np.allclose(mean_of(values, 0.95)[2:4], expected, rtol=1e-12)


def test_of_one_run_there_is_no_interval() -> None:
    found = mean_of([0.5], 0.95)
    assert found.mean == 0.5
    assert all(map(math.isnan, found[2:]))


@pytest.mark.parametrize("spread", [0.5, 2.0])
def test_what_differs_by_the_margin_is_seldom_called_equivalent(spread: float) -> None:
    rng = np.random.default_rng(2)
    called = 0
    for _ in range(SAMPLES):
        one, other = rng.normal(1.0, spread, 5), rng.normal(0.0, 1.0, 7)
        called += equivalence(one.tolist(), other.tolist(), 1.0, 0.05).p <= 0.05
    # At the margin itself the risk is all of alpha; Welch's distribution is nearly exact.
    assert called / SAMPLES < _least(0.05)[1] + 0.005


def test_what_is_the_same_is_called_equivalent() -> None:
    rng = np.random.default_rng(3)
    one, other = rng.normal(0, 0.1, (2, 5)).tolist()
    found = equivalence(one, other, 1.0, 0.05)
    assert found.p < 1e-4
    assert -1 < found.low < found.high < 1


def test_the_interval_says_what_the_test_says() -> None:
    rng = np.random.default_rng(4)
    for _ in range(300):
        one, other = rng.normal(0.5, 0.6, 5).tolist(), rng.normal(0, 0.6, 5).tolist()
        found = equivalence(one, other, 1.0, 0.05)
        assert (found.p <= 0.05) == (found.low > -1 and found.high < 1)


def test_welchs_test_is_scipys() -> None:
    one, other = [1.0, 2.0, 4.0, 4.5], [1.5, 1.6, 1.4]
    found = equivalence(one, other, 3.0, 0.05)
    sides = (
        stats.ttest_ind(np.add(one, 3.0), other, equal_var=False, alternative="greater").pvalue,
        stats.ttest_ind(np.subtract(one, 3.0), other, equal_var=False, alternative="less").pvalue,
    )
    assert math.isclose(found.p, max(sides), rel_tol=1e-12)


@pytest.mark.parametrize(("by", "p"), [(0.0, 0.0), (0.4, 0.0), (1.0, 1.0)])
def test_runs_without_spread_are_compared_as_they_are(by: float, p: float) -> None:
    assert equivalence([by] * 3, [0.0] * 3, 0.5, 0.05).p == p
    assert paired([by] * 3, [0.0] * 3, 0.95).p == float(by == 0)


def test_the_paired_test_is_scipys_and_sees_what_an_unpaired_one_does_not() -> None:
    rng = np.random.default_rng(5)
    common = rng.normal(0, 10, 6)
    one, other = common + 0.5 + rng.normal(0, 0.1, 6), common
    found = paired(one.tolist(), other.tolist(), 0.95)
    expected = stats.ttest_rel(one, other)
    assert math.isclose(found.p, expected.pvalue, rel_tol=1e-12)
    assert np.allclose((found.low, found.high), expected.confidence_interval(0.95))
    assert found.p < 0.01 < stats.ttest_ind(one, other).pvalue


def test_holm_corrects_for_the_number() -> None:
    # By hand: 4 x 0.01, then max(0.04, 3 x 0.02), max(0.06, 2 x 0.03), max(0.06, 0.04).
    assert np.allclose(holm([0.03, 0.01, 0.04, 0.02]), [0.06, 0.04, 0.06, 0.06])
    assert holm([]) == []
    assert holm([0.7, 0.9]) == [1.0, 1.0]
