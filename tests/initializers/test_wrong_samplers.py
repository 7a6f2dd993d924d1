"""Tests of the tests: each wrong sampler is caught, by the checks that it concerns and no other."""

from __future__ import annotations

from dataclasses import replace

import pytest
from helpers import samplers

from actinit import spec
from actinit.adapters import NotOffered
from actinit.conformance import initializers as statistics
from actinit.conformance.initializers.plan import DEFAULT, Size

# For faults that a hundredth of the default draws shows.
SMALL = Size("small", side=256, tensors=2, matrices=512)
# With a pass over rare events.
STREAM = replace(SMALL, stream=2**22)
# A scale or shape that is wrong shows in all of these.
SINGLE = {"distribution", "moments", "tails"}
PLACES = {"fans", "defaults"}

# Sampler, entry, size, what fails, the check looked at, its kind, and words of its message.
CAUGHT = [
    ("SwappedFans", "he_normal", SMALL, {"fans"}, "fans", "definition",
     "dense kernel of shape (784, 128): fan_in and fan_out are swapped"),
    ("SwappedFans", "lecun_uniform", SMALL, {"fans"}, "fans", "definition",
     "conv2d kernel of shape (3, 5, 32, 96): fan_in and fan_out are swapped"),
    ("SquareOnly", "glorot_normal", SMALL, {"fans"}, "fans", "definition",
     "dense kernel of shape (784, 128): the scale is 0.7"),
    ("NoReceptiveField", "he_normal", SMALL, {"fans"}, "fans", "definition",
     "conv1d kernel of shape (5, 48, 160): the fans leave out the receptive field"),
    ("NoGain", "he_normal", SMALL, SINGLE | PLACES, "fans", "definition", "as without the gain"),
    ("DeviationAsVariance", "glorot_normal", SMALL, SINGLE | PLACES, "float32/moments",
     "distribution", "the standard deviation stands where the variance belongs"),
    ("DeviationAsLimit", "he_uniform", SMALL, SINGLE | PLACES, "float32/moments", "distribution",
     "the standard deviation stands where the limit belongs"),
    ("UniformForNormal", "he_normal", SMALL, SINGLE | {"defaults"}, "float32/distribution",
     "distribution", "the draws follow a uniform distribution of mean"),
    ("Heavy", "lecun_normal", SMALL, SINGLE, "float32/distribution", "distribution",
     "the draws follow a Laplace distribution of mean"),
    ("NotTruncated", "he_truncated_normal", SMALL, SINGLE | {"bounds", "defaults"},
     "float32/distribution", "distribution", "the draws follow a normal distribution of mean"),
    ("NotTruncated", "he_truncated_normal", SMALL, SINGLE | {"bounds", "defaults"},
     "bfloat16/bounds", "range", "the bounds rounded to bfloat16"),
    ("NotCorrected", "glorot_truncated_normal", SMALL, SINGLE | PLACES, "float32/moments",
     "distribution", "tails are cut and the variance is not corrected for it"),
    ("CorrectedTwice", "lecun_truncated_normal", SMALL, SINGLE | {"bounds", "fans", "values"},
     "float32/moments", "distribution", "that of the bell before its tails are cut"),
    ("CutFurtherOut", "truncated_normal", DEFAULT, SINGLE | {"bounds", "values", "defaults"},
     "float32/bounds", "range", "are outside"),
    ("OnePerCentWide", "random_normal", DEFAULT, SINGLE | {"defaults"}, "float32/moments",
     "distribution", "times the right one and the kurtosis is off"),
    ("OffCentre", "random_normal", DEFAULT, {"moments"},
     "bfloat16/moments", "distribution", "the mean is off by +0.00"),
    ("Leaking", "random_uniform", DEFAULT, {"bounds", "tails"}, "float32/bounds", "range",
     "of 8,388,608 draws are outside [-0.1"),
    ("HardlyLeaking", "glorot_uniform", DEFAULT, {"bounds"}, "float32/bounds", "range",
     "of 8,388,608 draws are outside"),
    ("Neighbours", "lecun_normal", DEFAULT, {"independence"}, "float32/independence",
     "independence", "neighbours in a row are correlated"),
    ("RepeatedRow", "he_normal", DEFAULT, {"independence"}, "float32/independence",
     "independence", "rows of 8 tensors are another one again, bit for bit"),
    ("Coarse", "glorot_uniform", DEFAULT, {"distribution", "tails", "values"}, "float32/values",
     "distribution", "of the first 1,048,576 draws only 4,096 are distinct"),
    ("WrongInBfloat16", "lecun_normal", DEFAULT, {"distribution", "moments"},
     "bfloat16/distribution", "distribution", "are not drawn as often as is due"),
    ("RoundedOutwards", "random_uniform", SMALL, {"bounds"}, "bfloat16/bounds", "range",
     "outside [-0.10009765625, 0.69921875], the bounds rounded to bfloat16"),
    ("UnsignedRotation", "orthogonal", SMALL, {"haar"}, "float32/haar", "distribution",
     "512 matrices of 8 rows: the distribution is not Haar measure"),
    ("SeeksTheAxes", "orthogonal", SMALL, {"haar"}, "float32/haar", "distribution",
     "this looks like: rotations that seek the axes, in whatever order and sign"),
    ("Unlocked", "he_uniform", SMALL, {"threads"}, "seed/threads", "independence",
     "4 threads that drew at once got other weights than one alone"),
    ("IgnoresParameters", "random_normal", SMALL, SINGLE | {"shapes"}, "float32/moments",
     "distribution",
     "the mean is off by -1.5 standard deviations and the scale is 0.2"),
    ("IgnoresParameters", "constant", SMALL, {"distribution"}, "float32/distribution",
     "definition", "65,536 of 65,536 weights are not 0.1"),
    ("OtherDefaults", "random_normal", SMALL, {"defaults"}, "defaults", "definition",
     "called without parameters it does not draw at mean = 0, stddev = 0.05"),
    ("IgnoresSeed", "he_normal", SMALL, {"again", "threads"}, "seed/again", "independence",
     "the same seed gave other weights"),
    ("DrawsOnce", "he_normal", SMALL, {"successive"}, "seed/successive", "independence",
     "the next tensor from one object is the same tensor again, bit for bit"),
    ("TwentyBits", "he_normal", DEFAULT, {"period"}, "seed/period", "independence",
     "the first 64 stand 1,048,576 places on once more: the stream repeats after 1,048,576"),
    ("SettlesInARing", "he_uniform", SMALL, {"period"}, "seed/period", "independence",
     "the last 64 stand 1,048,576 places before once more"),
    ("RelatedSeeds", "lecun_normal", SMALL, {"independence", "next", "successive"}, "seed/next",
     "independence", "the next seed is correlated by +0.0"),
    ("Global", "he_uniform", SMALL, {"threads"}, "seed/threads", "independence",
     "4 threads that drew at once got other weights than one alone"),
    ("SometimesNan", "lecun_normal", SMALL,
     SINGLE | {"values", "independence", "next", "successive", "fans"}, "float32/moments",
     "non-finite",
     "2 of 131,072 weights are infinite or nan"),
    ("FarOut", "random_normal", STREAM, {"stream"}, "float32/stream", "distribution",
     "draws are 7 standard deviations above the mean or further"),
    ("InfiniteInWideBounds", "truncated_normal", STREAM, {"stream"}, "wide/float32/stream",
     "distribution", "a bound, 1,000 standard deviations from the mean, is returned instead"),
    ("NearlyConstant", "zeros", SMALL, {"distribution"}, "float32/distribution", "definition",
     "1 of 65,536 weights are not 0.0; one is 1"),
]  # fmt: skip

#: What the checks of small shapes, of a kernel with places and of objects by turns see as well.
ALSO = {
    "SwappedFans": {"distribution", "shapes"},
    "SquareOnly": {"distribution", "shapes"},
    "NoReceptiveField": {"distribution"},
    "NoGain": {"shapes"},
    "DeviationAsVariance": {"shapes"},
    "DeviationAsLimit": {"shapes"},
    "NotCorrected": {"shapes"},
    "CorrectedTwice": {"shapes"},
    "CutFurtherOut": {"shapes"},
    "SometimesNan": {"shapes", "period"},
    "IgnoresSeed": {"interleaved"},
    "Global": {"interleaved"},
}


def wrong(adapter, name, size):
    """Return the outcomes that do not conform, by id below the entry, in two of the formats."""
    found = {}
    for check in statistics.checks(spec.initializers[name], size):
        path = check.id.removeprefix(f"initializer/{name}/")
        if set(path.split("/")) & {"float16", "float64"}:
            continue
        try:
            outcome = check.run(adapter)
        except NotOffered:  # a sampler has no table of gains
            continue
        if not outcome.conforms:
            found[path] = outcome
    return found


@pytest.mark.parametrize(
    ("sampler", "name", "size", "failing", "path", "kind", "words"), CAUGHT,
    ids=[f"{case[0]}-{case[1]}-{case[4].replace('/', '-')}" for case in CAUGHT],
)  # fmt: skip
def test_is_caught_for_its_own_reason(sampler, name, size, failing, path, kind, words):
    found = wrong(getattr(samplers, sampler)(), name, size)
    also = ALSO.get(sampler, set())
    assert {each.rpartition("/")[2] for each in found} == failing | also
    assert found[path].kind == kind
    assert words in found[path].message
    assert found[path].measured


ONE_OF_EACH_DISTRIBUTION = [
    "constant", "glorot_uniform", "he_normal", "truncated_normal", "orthogonal", "sparse",
]  # fmt: skip


@pytest.mark.parametrize("sampler", [samplers.Sampler, samplers.Philox, samplers.MersenneTwister])
@pytest.mark.parametrize("name", ONE_OF_EACH_DISTRIBUTION)
def test_the_right_distribution_from_any_generator_conforms(sampler, name):
    assert wrong(sampler(), name, SMALL) == {}
