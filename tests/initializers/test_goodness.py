"""P-values: uniform where the distribution is right, never too small for counts; others agree."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from actinit.conformance.initializers import examine, goodness, matrices, order
from actinit.conformance.initializers.sample import Sample
from actinit.conformance.initializers.standard import Standard

DISTRIBUTIONS = {
    "uniform": stats.uniform(loc=-1, scale=3),
    "normal": stats.norm(loc=2, scale=0.5),
    "cut": stats.truncnorm(-2, 2, loc=1, scale=3),
    "lopsided": stats.truncnorm(-1.4, 2.5, loc=0.3, scale=0.2),
}
RUNS = 10_000
# Small samples: 4 tensors of 16 x 32 weights. What is asymptotic is worst here.
TENSORS = (4, 16, 32)


def drawn(distribution, dtype="float64"):
    rng, standard = np.random.default_rng(21), Standard(distribution)
    for _ in range(RUNS):
        yield Sample(
            distribution.rvs(size=TENSORS, random_state=rng).astype(dtype), standard, dtype
        )


@pytest.fixture(scope="module", params=DISTRIBUTIONS)
def found(request):
    """P-values by test of ten thousand samples of a distribution."""
    tests = {}
    for sample in drawn(DISTRIBUTIONS[request.param]):
        for about in examine.EVERY.values():
            for name, test in about(sample).items():
                tests.setdefault(name, []).append(test.p)
    return tests


#: Counts, whose p-values are steps, and the largest of many: larger than uniform, never smaller.
COUNTS = ("lower_", "upper_", "zeros", "collisions", "determinant")
COUNTS += ("lags", "mirror", "rows_alike", "columns_alike", "unchanged")


def is_sound(name, values):
    """One in a hundred thousand, by a seed that stays: it fails when the code changes, or never."""
    values = np.asarray(values)
    if name.startswith(COUNTS):
        assert stats.kstest(values, "uniform", alternative="greater").pvalue > 1e-5, name
    else:
        assert stats.kstest(values, "uniform").pvalue > 1e-5, name
    for level in (1e-2, 1e-3):
        alarms = int((values <= level).sum())
        assert stats.binom.sf(alarms - 1, values.size, level) > 1e-5, (name, level, alarms)


def test_p_values_are_uniform_where_the_distribution_is_right(found):
    assert {"kolmogorov_smirnov", "anderson_darling", "variance", "in_rows", "tensors"} < set(found)
    for name, values in found.items():
        assert len(values) == RUNS
        is_sound(name, values)


@pytest.mark.parametrize("name", ["uniform", "normal"])
def test_the_order_of_large_tensors_is_as_chance_has_it(name):
    distribution, rng, found = DISTRIBUTIONS[name], np.random.default_rng(8), {}
    standard = Standard(distribution)
    for _ in range(300):
        drawn = distribution.rvs(size=(1, 256, 256), random_state=rng)
        for test, verdict in order.tests(Sample(drawn, standard, "float64")).items():
            found.setdefault(test, []).append(verdict.p)
    assert {"rows_alike", "columns_alike", "row_sizes", "column_sizes", "transpose"} < set(found)
    for test, values in found.items():
        is_sound(test, values)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_cells_of_a_16_bit_format_are_uniform_too(dtype):
    import ml_dtypes

    distribution, rng = DISTRIBUTIONS["lopsided"], np.random.default_rng(5)
    standard = Standard(distribution)
    kind = ml_dtypes.bfloat16 if dtype == "bfloat16" else np.float16
    samples = (
        Sample(distribution.rvs(size=TENSORS, random_state=rng).astype(kind), standard, dtype)
        for _ in range(RUNS // 5)
    )
    is_sound("cells", [examine.distribution(sample)["cells"].p for sample in samples])


def test_rotations_are_uniform_too():
    rotations = stats.ortho_group(8, seed=3).rvs(64 * 500).reshape(500, 64, 8, 8)
    tests = [matrices.haar(some) for some in rotations]
    for name in tests[0]:
        is_sound(name, [each[name].p for each in tests])


def test_rotations_with_the_signs_of_lapack_are_seen_by_every_kind_of_test():
    normal = np.random.default_rng(1).normal(size=(512, 8, 8))
    tests = matrices.haar(np.linalg.qr(normal)[0])
    for name in ("trace", "determinant", "entry_first"):
        assert tests[name].p < 1e-10


def test_the_distance_is_scipys():
    sample = stats.norm.rvs(size=(30, 40), random_state=1)
    found = goodness.kolmogorov_smirnov(sample, stats.norm())
    right = stats.ks_1samp(sample.ravel(), stats.norm.cdf)
    assert found.statistic == pytest.approx(right.statistic, rel=1e-12)
    assert found.p == pytest.approx(right.pvalue, rel=1e-9)


def test_a_squared_is_scipys_and_its_tail_the_tables():
    sample = np.sort(np.random.default_rng(2).random(500))
    found = goodness.anderson_darling(sample)
    right = stats.goodness_of_fit(
        stats.uniform, sample, known_params={"loc": 0, "scale": 1}, statistic="ad",
        n_mc_samples=9, rng=1,
    ).statistic  # fmt: skip
    assert found.statistic == pytest.approx(right, rel=1e-9)
    # Marsaglia and Marsaglia 2004; D'Agostino and Stephens 1986, table 4.2.
    for a2, p in ((1.248, 0.25), (1.933, 0.10), (2.492, 0.05), (3.878, 0.01), (5.97, 0.001)):
        assert goodness._anderson_darling_tail(a2) == pytest.approx(p, rel=0.05)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_the_fast_distribution_is_scipys(name):
    distribution = DISTRIBUTIONS[name]
    fast = Standard(distribution)
    x = distribution.mean() + distribution.std() * np.linspace(-5, 5, 201)
    assert fast.cdf(x) == pytest.approx(distribution.cdf(x), rel=1e-12, abs=1e-15)
    z = (distribution.rvs(size=10, random_state=1) - distribution.mean()) / distribution.std()
    assert fast.moments[:3] == pytest.approx([1, 0, 1], abs=1e-12)
    assert fast.moments[4] == pytest.approx(3 + distribution.stats(moments="k"), rel=1e-9)
    assert z.shape == (10,)


def test_the_twelfth_moment_of_a_normal_distribution():
    assert Standard(stats.norm(loc=0, scale=1)).moments[12] == pytest.approx(10395, rel=1e-9)


@pytest.mark.parametrize("count", [0, 3, 20])
def test_poissons_tail_counts_the_count_itself(count):
    assert goodness.at_least(count, 2.5).p == pytest.approx(
        1 - sum(stats.poisson.pmf(k, 2.5) for k in range(count)), abs=1e-12
    )


def test_a_variance_of_normal_draws_is_exact():
    # Pearson's type III distribution is then chi-square: small samples, and far out.
    for n, total in ((10, 29.6), (50, 20.0)):
        found = goodness.sum_of_terms((total - n) / np.sqrt(2 * n), n, np.sqrt(8))
        distribution = stats.chi2(n)
        assert found.p == pytest.approx(
            2 * min(distribution.cdf(total), distribution.sf(total)), rel=1e-6
        )
