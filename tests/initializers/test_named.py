"""What a wrong sampler does is named in its findings and in what a person reads."""

from __future__ import annotations

import math

import numpy as np
import pytest
from helpers import faults, samplers

from actinit import spec
from actinit.conformance import initializers as statistics
from actinit.conformance.initializers import diagnosis
from actinit.conformance.initializers.diagnosis.shape import Fit, recognized
from actinit.conformance.initializers.distributions import defaults
from actinit.conformance.initializers.draws import Draw
from actinit.conformance.initializers.plan import Size
from actinit.conformance.initializers.sample import Sample
from actinit.conformance.initializers.standard import Standard

SIZE = Size("few", side=256, tensors=3, matrices=64)


def outcomes(adapter, name, wanted):
    """Return what came of the checks of an initializer whose ids hold some words."""
    return {
        check.id.split("/", 2)[2]: check.run(adapter)
        for check in statistics.checks(spec.initializers[name], SIZE)
        if wanted in check.id
    }


def named(outcome):
    return {finding.looks_like for finding in outcome.findings}


class Faulty(samplers.Changed):
    def __init__(self, fault):
        self._fault = fault

    def changed(self, drawn, distribution, rng, dtype):
        return self._fault(drawn, distribution, rng)


@pytest.mark.parametrize("name", faults.FAULTS)
def test_a_fault_is_caught_and_named(name):
    fault, entry, about, words = faults.FAULTS[name]
    (outcome,) = outcomes(Faulty(fault), entry, f"/float32/{about}").values()
    assert not outcome.conforms
    assert any(words in each for each in named(outcome)), named(outcome)
    assert words in outcome.message


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float64"])
def test_shapes_are_named_in_every_format(dtype):
    fault, entry, _, words = faults.FAULTS["laplace"]
    (outcome,) = outcomes(Faulty(fault), entry, f"/{dtype}/distribution").values()
    assert any(words in each for each in named(outcome))


PARAMETERS = [
    ("random_normal", {"mean"}, "the parameter mean is ignored"),
    ("random_normal", {"stddev"}, "the parameter stddev is ignored"),
    ("random_normal", {"mean", "stddev"}, "all parameters are ignored"),
    ("random_uniform", {"minval"}, "the parameter minval is ignored"),
    ("he_normal", {"negative_slope"}, "the parameter negative_slope is ignored"),
    ("glorot_uniform", {"gain"}, "the parameter gain is ignored"),
    ("truncated_normal", {"lower", "upper"}, "the tails are cut at two standard deviations"),
    ("variance_scaling", {"scale"}, "the parameter scale is ignored"),
]


@pytest.mark.parametrize(("name", "ignored", "words"), PARAMETERS)
def test_a_parameter_that_is_ignored_is_named(name, ignored, words):
    class Deaf(samplers.Sampler):
        def sample(self, entry, shape, rng, parameters, dtype):
            heard = {key: value for key, value in parameters.items() if key not in ignored}
            return super().sample(entry, shape, rng, heard, dtype)

    for outcome in outcomes(Deaf(), name, "float32/moments").values():
        assert any(words in each for each in named(outcome)), named(outcome)
        assert words in outcome.message


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("glorot_normal", lambda g: g**2, "gain is squared"),
        ("glorot_normal", lambda g: 1 / g, "the inverse of gain is used"),
        ("random_normal", None, "mean and stddev are exchanged"),
    ],
)
def test_a_parameter_that_is_misread_is_named(name, change, words):
    class Misreading(samplers.Sampler):
        def sample(self, entry, shape, rng, parameters, dtype):
            told = dict(parameters)
            if change is None:
                told["mean"], told["stddev"] = told["stddev"], told["mean"]
            elif "gain" in told:
                told["gain"] = change(told["gain"])
            return super().sample(entry, shape, rng, told, dtype)

    (outcome,) = outcomes(Misreading(), name, "float32/moments").values()
    assert any(words in each for each in named(outcome)), named(outcome)


FANS = [
    ("he_normal", lambda i, o, f: o * f, "fan_in and fan_out are swapped"),
    ("lecun_normal", lambda i, o, f: (i + o) * f, "the sum of fan_in and fan_out"),
    ("glorot_uniform", lambda i, o, f: i * f, "fan_in stands where another fan belongs"),
    ("glorot_uniform", lambda i, o, f: o * f, "fan_out stands where another fan belongs"),
    ("he_uniform", lambda i, o, f: (i + o) * f / 2, "the mean of fan_in and fan_out"),
    ("lecun_normal", lambda i, o, f: i, "the fans leave out the receptive field"),
    ("lecun_normal", lambda i, o, f: i * o * f, "the number of all weights"),
    ("lecun_normal", lambda i, o, f: (i * o) ** 0.5 * f, "the geometric mean"),
    ("lecun_normal", lambda i, o, f: max(i, o) * f, "the larger of fan_in and fan_out"),
]


class Fan(samplers.Sampler):
    """Draws with another fan; shapes have places first, then inputs and outputs."""

    def __init__(self, fan):
        self._fan = fan

    def sample(self, entry, shape, rng, parameters, dtype):
        *places, inputs, outputs = shape
        field = math.prod(places)
        # Its own distribution at a square matrix with this fan has the scale.
        fan = self._fan(inputs, outputs, field)
        distribution = samplers.distribution_of(entry, (int(fan), int(fan)), parameters)
        return distribution.ppf(rng.random(shape))


@pytest.mark.parametrize(("name", "fan", "words"), FANS)
def test_a_fan_that_is_misread_is_named(name, fan, words):
    (outcome,) = outcomes(Fan(fan), name, "/fans").values()
    assert any(words in each for each in named(outcome)), named(outcome)
    assert words in outcome.message


def test_a_factor_is_no_matter_of_the_fans():
    fault = faults.FAULTS["half-variance"][0]
    (outcome,) = outcomes(Faulty(fault), "lecun_normal", "/fans").values()
    assert {"the variance is half of the right one, as without the gain"} == named(outcome)


def test_a_scale_that_is_no_slip_has_no_name():
    fault = faults.changed(lambda w: w * 1.2345)
    for outcome in outcomes(Faulty(fault), "lecun_normal", "float32/moments").values():
        assert named(outcome) == {""}
    (outcome,) = outcomes(Faulty(fault), "lecun_normal", "/fans").values()
    assert named(outcome) == {""}


def test_a_shape_that_is_not_known_has_no_name():
    def odd(rng, shape):
        beta = rng.beta(0.7, 3.1, shape)
        return (beta - 0.7 / 3.8) / 0.18

    (outcome,) = outcomes(Faulty(faults.like(odd)), "lecun_normal", "float32/distribution").values()
    assert named(outcome) == {""}


def floored(inputs, outputs, field):
    return (inputs + outputs) * field // 2


@pytest.mark.parametrize(
    ("name", "fault", "words"),
    [
        ("glorot_normal", Fan(floored), "rounded down (an integer division)"),
        (
            "lecun_normal",
            Faulty(
                lambda d, distribution, r: (
                    d if d.size % 2 == 0 else np.append(d.ravel()[:-1], 0).reshape(d.shape)
                )
            ),
            "the last weight is not filled: 0 in every tensor",
        ),
    ],
    ids=["integer-division", "odd-size"],
)
def test_what_is_wrong_with_small_shapes_only_is_seen_and_named(name, fault, words):
    (outcome,) = outcomes(fault, name, "/shapes").values()
    assert any(words in each for each in named(outcome)), (named(outcome), outcome.message)
    assert words in outcome.message
    others = outcomes(fault, name, "float32/") | outcomes(fault, name, "/fans")
    assert all(other.conforms for other in others.values())


class Shifted(samplers.Sampler):
    """Each seed begins one place further along one stream."""

    def source(self, entry, dtype, seed, parameters):
        start = seed % 1000

        def draw(shape):
            stream = np.random.default_rng(5).standard_normal(2000 + math.prod(shape))
            z = stream[start : start + math.prod(shape)].reshape(shape)
            return (samplers.distribution_of(entry, shape, parameters).std() * z).astype(dtype)

        return draw


class FewBits(samplers.Sampler):
    def source(self, entry, dtype, seed, parameters):
        return super().source(entry, dtype, seed % 2**16, parameters)


@pytest.mark.parametrize(
    ("adapter", "check", "words"),
    [
        (Shifted, "seed/next", "gives the former stream, shifted by 1 place"),
        (FewBits, "seed/bits", "only the lowest 16 bits of the seed count"),
        (samplers.IgnoresSeed, "seed/interleaved", "the seed is ignored"),
        (samplers.Global, "seed/interleaved", "the generator is shared"),
        (samplers.DrawsOnce, "seed/successive", "the same tensor again"),
    ],
)
def test_what_is_wrong_with_seeds_is_named(adapter, check, words):
    (outcome,) = outcomes(adapter(), "lecun_normal", check).values()
    assert any(words in each for each in named(outcome)), named(outcome)


def test_a_kernel_whose_places_are_all_alike_is_caught():
    class Tiled(samplers.Sampler):
        def sample(self, entry, shape, rng, parameters, dtype):
            drawn = super().sample(entry, shape, rng, parameters, dtype)
            return np.broadcast_to(drawn[:1, :1], shape) if len(shape) == 4 else drawn

    (outcome,) = outcomes(Tiled(), "lecun_normal", "conv2d/independence").values()
    assert named(outcome) == {"the rows repeat after 32"}


#: What may come back instead of weights, all finite but degenerate; see `judges.nonfinite`.
ODD = {
    "zeros": np.zeros((8, 8)),
    "huge": np.full((8, 8), 1e300),
    "tiny": np.full((8, 8), 5e-324),
    "two": np.resize([1.0, -1.0], (8, 8)),
    "one apart": np.append(np.zeros(63), 1e30).reshape(8, 8),
    "infinite": np.full((8, 8), np.inf),
    "nan": np.append(np.ones(63), np.nan).reshape(8, 8),
    "counting": np.arange(64.0).reshape(8, 8),
    "one weight": np.ones((1, 1)),
    "wide": np.exp(np.linspace(-300, 300, 64)).reshape(8, 8),
}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", ["he_normal", "random_uniform", "truncated_normal"])
def test_nothing_that_is_drawn_stops_a_diagnosis(odd, name):
    check = next(
        each for each in statistics.checks(spec.initializers[name], SIZE) if "/moments" in each.id
    )
    entry = spec.initializers[name]
    draw = Draw(entry, check.id, "float64", {"i": 8, "o": 8}, defaults(entry))
    with np.errstate(all="ignore"):
        sample = Sample([ODD[odd], ODD[odd]], Standard(draw.distribution), "float64")
        for about in ("bounds", "distribution", "moments", "tails", "values", "independence"):
            assert isinstance(diagnosis.cause(draw, sample, about, ()), str)
        assert diagnosis.shape(sample)
        assert isinstance(recognized(np.tile(ODD[odd].ravel(), 40)), Fit | None)
