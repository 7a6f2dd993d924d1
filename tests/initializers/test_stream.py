"""The pass over hundreds of millions of weights: exact, sound, of constant memory, and sharp."""

from __future__ import annotations

import tracemalloc

import ml_dtypes  # noqa: F401 - gives NumPy bfloat16 by name
import numpy as np
import pytest
from helpers import samplers
from scipy import stats

from actinit import spec
from actinit.conformance import initializers as statistics
from actinit.conformance.formats import FORMATS
from actinit.conformance.initializers import goodness, rare, stream
from actinit.conformance.initializers.plan import FEWEST, MOST, REDUCED, Size, size_of
from actinit.conformance.initializers.standard import Standard

FLOAT32 = FORMATS["float32"]
DISTRIBUTIONS = {
    "uniform": stats.uniform(loc=-1, scale=3),
    "normal": stats.norm(loc=2, scale=0.5),
    "cut": stats.truncnorm(-2, 2, loc=1, scale=3),
    "hardly cut": stats.truncnorm(-1000, 1000, loc=0, scale=0.002),
    "one side": stats.truncnorm(-1, 30, loc=0.3, scale=0.2),
}


def streamed(name, draws, path="float32/stream"):
    """Return the check of an entry's stream at a size of its own."""
    size = Size("stream", side=256, tensors=2, matrices=32, stream=draws)
    wanted = f"initializer/{name}/{path}"
    return next(one for one in statistics.checks(spec.initializers[name], size) if one.id == wanted)


# Sampler, entry, path, draws, the finding that is told first, and its cause.
CAUGHT = [
    ("Contaminated", "random_normal", "float32/stream", 2**28, "stream/upper_7",
     "a contamination: one draw in"),
    ("HardlyContaminated", "random_normal", "float32/stream", 2**30, "stream/upper_7",
     "a contamination: one draw in"),
    ("InfiniteOnce", "truncated_normal", "wide/float32/stream", 2**28, "stream/lower_end",
     "a bound, 1,000 standard deviations from the mean, is returned instead of a draw"),
    ("Clipped", "truncated_normal", "float32/stream", 2**22, "stream/lower_end",
     "the tails are clipped to the bounds, not drawn again"),
    ("GivesUp", "truncated_normal", "float32/stream", 2**25, "stream/upper_end",
     "a bound is returned after 4 tries that fall outside"),
    ("GivesUpAtTheMean", "truncated_normal", "float32/stream", 2**25, "stream/means",
     "the mean is returned after 4 tries that fall outside the bounds"),
    ("GivesUpAtZero", "he_truncated_normal", "float32/stream", 2**25, "stream/zeros",
     "0 is returned after 4 tries that fall outside the bounds"),
    ("HeavierOutside", "random_normal", "float32/stream", 2**28, "stream/lower_4",
     "tails that are heavier than the distribution's"),
    ("CutFarOut", "random_normal", "float32/stream", 2**28, "stream/lower_5",
     "no draws beyond 4.48"),
    ("Leaking", "glorot_uniform", "float32/stream", 2**22, "stream/outside-upper", ""),
    ("SometimesNan", "random_normal", "float32/stream", 2**22, "nonfinite", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("sampler", "name", "path", "draws", "key", "cause"), CAUGHT, ids=[one[0] for one in CAUGHT]
)
def test_a_rare_fault_is_caught_for_its_own_reason(sampler, name, path, draws, key, cause):
    outcome = streamed(name, draws, path).run(getattr(samplers, sampler)())
    assert not outcome.conforms
    first = outcome.findings[0]
    assert first.key == key, [one.key for one in outcome.findings]
    assert cause in first.looks_like
    assert bool(cause) == bool(first.looks_like)
    assert cause in outcome.message


@pytest.mark.parametrize("sampler", ["Sampler", "BoxAndMuller", "OfFewBits"])
def test_a_right_sampler_of_few_bits_conforms(sampler):
    outcome = streamed("random_normal", 2**26).run(getattr(samplers, sampler)())
    assert outcome.conforms, outcome.message


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("truncated_normal", "float32/stream"),
        ("truncated_normal", "wide/float32/stream"),
        ("he_truncated_normal", "float32/stream"),
        ("random_uniform", "float32/stream"),
        ("variance_scaling", "uniform/float32/stream"),
    ],
)
def test_the_reference_conforms(name, path):
    assert streamed(name, 2**24, path).run(samplers.Sampler()).conforms


def test_a_lone_weight_beyond_the_bounds_ends_the_pass():
    drawn = []

    class Counting(samplers.Leaking):
        def draw(self, *arguments):
            drawn.append(arguments)
            return super().draw(*arguments)

    outcome = streamed("glorot_uniform", 2**26).run(Counting())
    assert outcome.findings[0].key == "stream/outside-upper"
    assert len(drawn) == 1


def test_memory_does_not_grow_with_the_draws():
    distribution = Standard(stats.norm(loc=0, scale=1))

    def tensors(count):
        rng = np.random.default_rng(1)
        return (rng.standard_normal((512, 512), dtype=np.float32) for _ in range(count))

    peaks = []
    stream.Stream.of(tensors(1), distribution, "float32")  # what is made once
    for count in (4, 64):
        tracemalloc.start()
        stream.Stream.of(tensors(count), distribution, "float32")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0] < 4 * 512 * 512 * 4


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_counts_are_numpys(name, dtype):
    frozen, fmt = DISTRIBUTIONS[name], FORMATS[dtype]
    distribution = Standard(frozen)
    drawn = frozen.rvs(size=(64, 64), random_state=1)
    low, high = distribution.rounded_bounds(fmt)
    events = rare.events(distribution, fmt)
    # The numbers that are counted, and those beside them.
    ends = [end for event in events for end in (event.low, event.high) if np.isfinite(end)]
    kind = fmt.dtype.type
    beside = [float(np.nextafter(kind(end), kind(way))) for end in ends for way in (-6e4, 6e4)]
    special = np.array([number for number in ends + beside if low <= number <= high])
    drawn.flat[: special.size] = special
    drawn = np.clip(drawn.astype(fmt.dtype), kind(low), kind(high))
    found = stream.Stream.of([drawn[:32], drawn[32:]], distribution, dtype)
    wide = drawn.astype(np.float64)
    assert (found.nonfinite, found.outside) == (0, 0)
    for event in events:
        right = int(((wide >= event.low) & (wide <= event.high)).sum())
        assert found.totals[event.name] == right, event
        assert right > 0
    z = (wide - distribution.mean) / distribution.stddev
    assert found.fourth.sum() == pytest.approx((z**4).sum(), rel=1e-12)
    assert (found.least, found.greatest) == (wide.min(), wide.max())


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_the_probability_of_an_event_is_that_of_what_rounds_into_it(name):
    # In bfloat16 roundings are coarse enough to be simulated.
    frozen, fmt = DISTRIBUTIONS[name], FORMATS["bfloat16"]
    distribution = Standard(frozen)
    rounded = frozen.ppf((np.arange(2**20) + 0.5) / 2**20).astype(fmt.dtype).astype(np.float64)
    low, high = distribution.rounded_bounds(fmt)
    rounded = np.clip(rounded, low, high)
    for event in rare.events(distribution, fmt):
        share = ((rounded >= event.low) & (rounded <= event.high)).mean()
        assert event.due == pytest.approx(share, abs=2.0**-19), event
        assert event.least <= event.due <= event.most


def test_a_bound_far_out_is_granted_no_hit_and_a_near_one_a_piece_of_the_generator():
    piece = 2.0**-23
    for bound, granted in ((2, piece), (4, piece), (5, piece), (6, 0), (7, 0), (1000, 0)):
        distribution = Standard(stats.truncnorm(-bound, bound, loc=0, scale=0.01))
        events = {one.name: one for one in rare.events(distribution, FLOAT32)}
        for side in ("lower_end", "upper_end"):
            assert events[side].most - events[side].due == pytest.approx(granted, rel=1e-9)
    # One hit is then a finding.
    assert goodness.between(1, 2**28, 0.0, events["lower_end"].most).p < 1e-30


@pytest.mark.parametrize(("size", "place"), [(2**22, 4), (2**28, 5), (2**32, 4), (2**32, 7)])
def test_a_count_is_held_against_the_exact_binomial_distribution(size, place):
    p = stats.norm.sf(place)
    exact = stats.binom(size, p)
    for count in {0, 1, 2, 5, int(size * p), int(size * p + 4 * (size * p) ** 0.5)}:
        right = 2 * min(exact.cdf(count), exact.sf(count - 1), 0.5)
        found = goodness.between(count, size, p, p).p
        assert found == pytest.approx(right, rel=1e-6)
        # What is granted only ever excuses.
        assert goodness.between(count, size, p / 2, 2 * p).p >= found


def test_p_values_of_the_stream_are_sound():
    """One in a hundred thousand, by a seed that stays."""
    distribution, rng = Standard(stats.norm(loc=0.3, scale=0.2)), np.random.default_rng(3)
    found = {}
    for _ in range(3000):
        drawn = rng.normal(0.3, 0.2, (64, 64)).astype(np.float32)
        for name, test in stream.Stream.of([drawn], distribution, "float32").tests().items():
            found.setdefault(name, []).append(test.p)
    # Where counts are not rare: of 2**28 draws, as they would be.
    events = rare.events(distribution, FLOAT32)
    for event in events[:5]:
        found[f"{event.name} of 2**28"] = [
            goodness.between(int(count), 2**28, event.due, event.due).p
            for count in rng.binomial(2**28, event.due, 3000)
        ]
    for name, values in found.items():
        values = np.asarray(values)
        assert stats.kstest(values, "uniform", alternative="greater").pvalue > 1e-5, name
        if name == rare.FOURTH:
            # A small sample's fourth moment is skew; Pearson's third type has it in its tails.
            assert stats.kstest(values, "uniform").statistic < 0.05
        for level in (1e-2, 1e-3):
            alarms = int((values <= level).sum())
            assert stats.binom.sf(alarms - 1, values.size, level) > 1e-5, (name, level)


def test_draws_are_asked_for_with_thorough_alone_and_in_reason():
    assert size_of(thorough=False).stream == 0
    assert size_of(thorough=True).stream == 2**28
    assert size_of(thorough=True, draws=2**30).stream == 2**30
    with pytest.raises(ValueError, match="goes with --thorough"):
        size_of(thorough=False, draws=2**30)
    for draws in (0, FEWEST - 1, MOST + 1):
        with pytest.raises(ValueError, match=r"expected a number of draws from .* \(2\^22\) to"):
            size_of(thorough=True, draws=draws)


def test_the_pass_is_made_where_weights_are_independent_and_random():
    for name, entry in spec.initializers.items():
        ids = [one.id for one in statistics.checks(entry, REDUCED)]
        asked = [one for one in ids if one.endswith("/stream")]
        assert bool(asked) == any(one.endswith("float32/moments") for one in ids), name


def test_a_backend_whose_cut_is_fixed_is_not_asked_for_wide_bounds():
    from actinit.adapters import NotOffered

    class Fixed(samplers.Sampler):
        def held(self, entry, name):
            return {"lower": -2.0, "upper": 2.0}.get(name)

    with pytest.raises(NotOffered, match="cuts truncated_normal where it always does"):
        streamed("truncated_normal", 2**22, "wide/float32/stream").run(Fixed())
