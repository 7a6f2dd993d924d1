"""What an entry states of its moments is true, and the reference draws from its distribution."""

from __future__ import annotations

import gc
import math

import numpy as np
import pytest
from helpers.samplers import Sampler
from scipy import integrate

from actinit import reference as ref
from actinit import spec
from actinit.conformance import initializers as statistics
from actinit.conformance.initializers import plan
from actinit.conformance.initializers.distributions import (
    defaults,
    describe,
    distribution_of,
    known,
    uses_fans,
)
from actinit.conformance.initializers.sample import Sample
from actinit.spec.distributions import Chosen, Structured

# Entry, and the option that means its distribution where it has several.
CASES = [
    (name, option)
    for name, entry in spec.initializers.items()
    if not isinstance(entry.distribution, Structured)
    for option in (entry.distribution.among if isinstance(entry.distribution, Chosen) else ("",))
]
SCALED = {
    name
    for name in spec.initializers
    if name.startswith(("glorot", "he", "lecun", "variance_scaling"))
}
FANS = [(784, 128), (128, 784), (1, 1), (27, 64)]
TOLD = {
    "value": 0.1, "minval": -0.3, "maxval": 2.0, "mean": 0.7, "stddev": 3.0, "gain": 1.5,
    "scale": 0.7, "negative_slope": 0.2, "lower": -1.0, "upper": 2.5,
}  # fmt: skip


def told(entry, option):
    chosen = {entry.distribution.by: option} if option else {}
    return defaults(entry) | {key: TOLD[key] for key in entry.parameters} | chosen


def names_of(entry, fan_in, fan_out, option=""):
    return told(entry, option) | {"fan_in": fan_in, "fan_out": fan_out}


def stated(entry, expression, names):
    return spec.evaluate(expression, known(entry, names))


@pytest.mark.parametrize(("fan_in", "fan_out"), FANS)
@pytest.mark.parametrize(("name", "option"), CASES)
def test_mean_variance_and_support_are_those_stated(name, option, fan_in, fan_out):
    entry = spec.initializers[name]
    names = names_of(entry, fan_in, fan_out, option)
    found = distribution_of(entry, names)
    assert found.mean() == pytest.approx(stated(entry, entry.mean, names), abs=1e-15, rel=1e-13)
    assert found.var() == pytest.approx(stated(entry, entry.variance, names), rel=1e-12)
    if entry.support:
        ends = [stated(entry, end, names) for end in entry.support]
        assert found.support() == pytest.approx(ends, rel=1e-14)


@pytest.mark.parametrize(
    "name", [name for name, entry in spec.initializers.items() if "kappa" in entry.terms]
)
def test_the_variance_left_by_a_cut_is_the_integral(name):
    entry = spec.initializers[name]
    kappa = spec.evaluate(entry.terms["kappa"].is_)

    def density(z):
        return math.exp(-z * z / 2)

    mass = integrate.quad(density, -2, 2)[0]
    assert kappa == pytest.approx(
        integrate.quad(lambda z: z * z * density(z), -2, 2)[0] / mass, rel=1e-13
    )


@pytest.mark.parametrize(("fan_in", "fan_out"), FANS)
@pytest.mark.parametrize(("name", "option"), CASES)
def test_the_reference_has_the_same_distribution(name, option, fan_in, fan_out):
    entry = spec.initializers[name]
    right = distribution_of(entry, names_of(entry, fan_in, fan_out, option))
    found = ref.initializers[name].distribution((fan_in, fan_out), **told(entry, option))
    assert found.support() == pytest.approx(right.support(), rel=1e-14)
    x = right.mean() + right.std() * np.linspace(-4, 4, 81)
    assert found.cdf(x) == pytest.approx(right.cdf(x), rel=1e-12, abs=1e-15)


def test_which_distributions_know_the_layer():
    assert {name for name, entry in spec.initializers.items() if uses_fans(entry)} == SCALED


def test_a_name_without_a_value_is_an_error():
    with pytest.raises(KeyError, match="fan_in"):
        distribution_of(spec.initializers["he_normal"], defaults(spec.initializers["he_normal"]))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("constant", "0.1 everywhere"),
        ("random_uniform", "a uniform distribution on [-0.3, 2) of standard deviation 0.663953"),
        ("he_normal", "a normal distribution of mean 0 and standard deviation 0.0495268"),
        (
            "truncated_normal",
            "a normal distribution cut to [-2.3, 8.2], of standard deviation 2.29566",
        ),
    ],
)
def test_distributions_in_words(name, words):
    entry = spec.initializers[name]
    assert describe(entry, names_of(entry, 784, 128)) == words


def samples_alive():
    gc.collect()
    # By its type: isinstance asks each object for its class, and some object to that.
    return sum(type(one) is Sample for one in gc.get_objects())


def test_only_the_distribution_at_hand_keeps_its_samples():
    adapter = Sampler()
    before = samples_alive()
    every = list(statistics.checks(spec.initializers["variance_scaling"], plan.REDUCED))
    for check in every:  # all at hand, as in a run
        if check.id.endswith("/moments"):
            check.run(adapter)
            assert samples_alive() <= before + 2  # of the two stages
