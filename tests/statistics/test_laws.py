"""Laws: what an entry states of its moments is true, and the reference draws from the same law."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate

from actinit import reference as ref
from actinit import spec
from actinit.conformance.statistics.laws import describe, law, uses_fans

NAMES = list(spec.initializers)
SCALED = {name for name in NAMES if name.startswith(("glorot", "he", "lecun"))}
FANS = [(784, 128), (128, 784), (1, 1), (27, 64)]
TOLD = {"value": 0.1, "minval": -0.3, "maxval": 2.0, "mean": 0.7, "stddev": 3.0}


def names_of(entry, fan_in, fan_out):
    return {key: TOLD[key] for key in entry.parameters} | {"fan_in": fan_in, "fan_out": fan_out}


def stated(entry, expression, names):
    known = dict(names)
    for key, term in entry.terms.items():
        known[key] = spec.evaluate(term.is_, known)
    return spec.evaluate(expression, known)


@pytest.mark.parametrize(("fan_in", "fan_out"), FANS)
@pytest.mark.parametrize("name", NAMES)
def test_mean_and_variance_are_those_stated(name, fan_in, fan_out):
    entry = spec.initializers[name]
    names = names_of(entry, fan_in, fan_out)
    found = law(entry, names)
    assert found.mean() == pytest.approx(stated(entry, entry.mean, names), abs=1e-15)
    assert found.var() == pytest.approx(stated(entry, entry.variance, names), rel=1e-13)


@pytest.mark.parametrize("name", [name for name in NAMES if "truncated" in name])
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
@pytest.mark.parametrize("name", NAMES)
def test_the_reference_has_the_same_law(name, fan_in, fan_out):
    entry = spec.initializers[name]
    told = {key: TOLD[key] for key in entry.parameters}
    right = law(entry, names_of(entry, fan_in, fan_out))
    found = ref.initializers[name].distribution((fan_in, fan_out), **told)
    assert found.support() == pytest.approx(right.support(), rel=1e-14)
    x = right.mean() + right.std() * np.linspace(-4, 4, 81)
    assert found.cdf(x) == pytest.approx(right.cdf(x), rel=1e-12, abs=1e-15)


def test_which_laws_know_the_layer():
    assert {name for name in NAMES if uses_fans(spec.initializers[name])} == SCALED


def test_a_name_without_a_value_is_an_error():
    with pytest.raises(KeyError, match="fan_in"):
        law(spec.initializers["he_normal"], {})


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("constant", "0.1 everywhere"),
        ("random_uniform", "a uniform law on [-0.3, 2) of standard deviation 0.663953"),
        ("he_normal", "a normal law of mean 0 and standard deviation 0.0505076"),
        ("truncated_normal", "a normal law cut to [-5.3, 6.7], of standard deviation 2.63888"),
    ],
)
def test_laws_in_words(name, words):
    entry = spec.initializers[name]
    assert describe(entry, law(entry, names_of(entry, 784, 128))) == words
