"""Tests of the tests: each wrong sampler is caught, by the checks that it concerns and no other."""

from __future__ import annotations

import pytest
import samplers

from actinit import spec
from actinit.conformance import statistics

BOTH = ("float32", "float64")
ALL = ("float16", "bfloat16", *BOTH)
DISTRIBUTION = {f"{dtype}/distribution" for dtype in BOTH}
MOMENTS = {f"{dtype}/moments" for dtype in BOTH}
BOUNDS = {f"{dtype}/bounds" for dtype in ALL}
LAW = DISTRIBUTION | MOMENTS

# Sampler, entry, the checks that fail, the one looked at, its kind, and words of its message.
CAUGHT = [
    (samplers.SwappedFans, "he_normal", {"fans"}, "fans", "definition",
     "dense kernel of shape (784, 128): fan_in and fan_out are swapped"),
    (samplers.SwappedFans, "lecun_uniform", {"fans"}, "fans", "definition",
     "conv2d kernel of shape (3, 5, 32, 96): fan_in and fan_out are swapped"),
    (samplers.NoReceptiveField, "he_normal", {"fans"}, "fans", "definition",
     "conv1d kernel of shape (5, 48, 160): the fans leave out the receptive field"),
    (samplers.NoGain, "he_normal", LAW | {"fans"}, "fans", "definition", "as without the gain"),
    (samplers.VarianceAsDeviation, "glorot_normal", LAW | {"fans"}, "fans", "definition",
     "the variance stands where the standard deviation belongs"),
    (samplers.DeviationAsVariance, "glorot_normal", LAW | {"fans"}, "float32/moments",
     "distribution", "the standard deviation stands where the variance belongs"),
    (samplers.DeviationAsLimit, "he_uniform", LAW | {"fans"}, "float64/moments", "distribution",
     "the standard deviation stands where the limit belongs"),
    (samplers.UniformForNormal, "he_normal", DISTRIBUTION, "float32/distribution", "distribution",
     "draws follow a uniform law of mean"),
    (samplers.TruncatedForNormal, "he_normal", DISTRIBUTION, "float64/distribution",
     "distribution", "draws follow a normal law cut at two standard deviations"),
    (samplers.Heavy, "he_normal", DISTRIBUTION, "float32/distribution", "distribution",
     "draws follow a law of another shape"),
    (samplers.NotTruncated, "he_truncated_normal", DISTRIBUTION | BOUNDS, "float32/distribution",
     "distribution", "draws follow a normal law of mean"),
    (samplers.NotTruncated, "he_truncated_normal", DISTRIBUTION | BOUNDS, "float16/bounds",
     "range", "the bounds rounded to float16"),
    (samplers.NotCorrected, "glorot_truncated_normal", LAW | {"fans"}, "float32/moments",
     "distribution", "tails are cut and the variance is not corrected for it"),
    (samplers.OnePerCentWide, "random_normal", MOMENTS | {"defaults"}, "float32/moments",
     "distribution", "the scale is 1.0"),
    (samplers.OffCentre, "random_normal", MOMENTS | DISTRIBUTION | {"defaults"},
     "float64/moments", "distribution", "the mean is off by +0.0"),
    (samplers.Leaking, "random_uniform", BOUNDS, "float64/bounds", "range",
     "of 4,194,304 draws are outside [-0.1"),
    (samplers.RoundedOutwards, "truncated_normal", {"bfloat16/bounds"}, "bfloat16/bounds", "range",
     "outside [-0.10009765625, 0.69921875], the bounds rounded to bfloat16"),
    (samplers.IgnoresParameters, "random_normal", LAW, "float32/moments", "distribution",
     "the mean is off by -1.5 standard deviations and the scale is 0.2"),
    (samplers.OtherDefaults, "random_normal", {"defaults"}, "defaults", "definition",
     "called without parameters it does not draw at mean = 0, stddev = 0.05"),
    (samplers.IgnoresSeed, "he_normal", {"seed"}, "seed", "independence",
     "the same seed gave other weights"),
    (samplers.OneSeedForAll, "he_normal", {"seed"}, "seed", "independence",
     "another seed gave the same weights"),
    (samplers.RelatedSeeds, "he_normal", {"seed"}, "seed", "independence",
     "two successive seeds gave weights that are correlated by +0.0"),
    (samplers.SometimesNan, "he_normal", LAW | {"fans", "seed"}, "fans", "non-finite",
     "1 of 100,352 weights are infinite or nan"),
    (samplers.SometimesNan, "glorot_uniform", LAW | BOUNDS | {"fans", "seed"}, "float16/bounds",
     "non-finite", "1 of 4,194,304 weights are infinite or nan"),
    (samplers.NearlyConstant, "zeros", {f"{dtype}/distribution" for dtype in ALL},
     "float32/distribution", "definition", "1 of 65,536 weights are not 0.0; one is 1"),
    (samplers.IgnoresParameters, "constant", {f"{dtype}/distribution" for dtype in ALL},
     "float64/distribution", "definition", "65,536 of 65,536 weights are not 0.1; one is 0.0"),
]  # fmt: skip


def wrong(adapter, name):
    """Return the outcomes that do not conform, by id below the entry."""
    prefix = f"initializer/{name}/"
    found = {c.id.removeprefix(prefix): c for c in statistics.checks(spec.initializers[name])}
    outcomes = {path: check.run(adapter) for path, check in found.items()}
    return {path: outcome for path, outcome in outcomes.items() if not outcome.conforms}


@pytest.mark.parametrize(
    ("sampler", "name", "failing", "path", "kind", "words"), CAUGHT,
    ids=[f"{case[0].__name__}-{case[1]}-{case[3].replace('/', '-')}" for case in CAUGHT],
)  # fmt: skip
def test_is_caught_for_its_own_reason(sampler, name, failing, path, kind, words):
    found = wrong(sampler(), name)
    assert set(found) == failing
    assert found[path].kind == kind
    assert words in found[path].message
    assert found[path].measured


ONE_OF_EACH_LAW = ["constant", "glorot_uniform", "he_normal", "truncated_normal"]


@pytest.mark.parametrize("sampler", [samplers.Philox, samplers.MersenneTwister])
@pytest.mark.parametrize("name", ONE_OF_EACH_LAW)
def test_the_right_law_from_another_generator_conforms(sampler, name):
    assert wrong(sampler(), name) == {}


@pytest.mark.parametrize("name", spec.initializers)
def test_the_reference_conforms(name):
    assert wrong(samplers.Sampler(), name) == {}
