"""Goodness of fit: p-values are uniform where the law is right, and the plan keeps its promise."""

from __future__ import annotations

import numpy as np
import pytest
import samplers
from scipy import stats

from actinit import spec
from actinit.conformance import statistics
from actinit.conformance.statistics import goodness
from actinit.conformance.statistics.goodness import Verdict

LAWS = {
    "uniform": stats.uniform(-1, 3),
    "normal": stats.norm(2, 0.5),
    "cut": stats.truncnorm(-2, 2, loc=1, scale=3),
}
TESTS = {
    "kolmogorov_smirnov": goodness.kolmogorov_smirnov,
    "mean": goodness.mean,
    "variance": goodness.variance,
    "correlation": lambda sample, law: goodness.correlation(*np.split(sample, 2)),
}


@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize("law", LAWS)
def test_p_values_are_uniform_where_the_law_is_right(law, test):
    samples = LAWS[law].rvs(size=(800, 2000), random_state=np.random.default_rng(20))
    found = [TESTS[test](sample, LAWS[law]).p for sample in samples]
    # One in a hundred thousand, by a seed that stays: it fails when the code changes, or never.
    assert stats.kstest(found, "uniform").pvalue > 1e-5


def test_the_distance_is_scipys():
    sample = stats.norm.rvs(size=(30, 40), random_state=1)
    found = goodness.kolmogorov_smirnov(sample, stats.norm())
    right = stats.ks_1samp(sample.ravel(), stats.norm.cdf)
    assert found.statistic == pytest.approx(right.statistic, rel=1e-12)
    assert found.p == pytest.approx(right.pvalue, rel=1e-9)


@pytest.mark.parametrize("law", LAWS)
def test_deviations_have_a_sign_and_are_in_standard_errors(law):
    frozen = LAWS[law]
    sample = frozen.rvs(size=2**16, random_state=3)
    moved = goodness.mean(sample - 0.1 * frozen.std(), frozen)
    assert moved.statistic == pytest.approx(-0.1 * 256, abs=4)
    wider = goodness.variance(frozen.mean() + 1.1 * (sample - frozen.mean()), frozen)
    assert wider.statistic > 20
    assert goodness.correlation(sample, 3 - sample).statistic == pytest.approx(-256)


@pytest.mark.parametrize("law", LAWS)
def test_a_scale_one_per_cent_off_is_seen_as_surely_as_is_said(law):
    # How far the statistic moves, in its own standard deviations, less the 6.1 of the threshold.
    kurtosis = 3 + float(LAWS[law].stats(moments="k"))
    moves = (1.01**2 - 1) * np.sqrt(2**20 / (kurtosis - 1))
    alarm = stats.norm.isf(goodness.THRESHOLD / 2)
    assert alarm == pytest.approx(6.1, abs=0.05)
    assert stats.norm.sf(moves / 1.01**2 - alarm) < 1e-14


def test_the_threshold_is_where_a_verdict_turns():
    assert Verdict(0.0, goodness.THRESHOLD).good
    assert not Verdict(0.0, np.nextafter(goodness.THRESHOLD, 0)).good


class Zeros(samplers.Sampler):
    def draw(self, entry, shape, dtype, seed, parameters):
        return np.broadcast_to(dtype.type(0), shape)


def test_a_whole_run_keeps_to_the_family_wise_rate(monkeypatch):
    made = []
    for name in TESTS:
        monkeypatch.setattr(goodness, name, lambda *samples: made.append(samples) or Verdict(0, 1))
    for entry in spec.initializers.values():
        for check in statistics.checks(entry):
            check.run(Zeros())
    assert 100 < len(made) <= goodness.FAMILY_WISE / goodness.THRESHOLD
