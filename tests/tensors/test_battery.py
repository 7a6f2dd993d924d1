"""The tests of one tensor: rarely wrong, at every number of weights, and as powerful as stated."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from actinit import reference
from actinit.conformance.tensors import battery
from actinit.conformance.tensors.battery import LEVEL, MANY, Battery, scale_seen, tells
from actinit.conformance.tensors.weights import weights_of

#: What a library draws beside what the tests take it for.
KINDS = {
    "normal": (reference.random_normal, {"stddev": 0.02}),
    "uniform": (reference.random_uniform, {"minval": -0.1, "maxval": 0.7}),
    "cut": (reference.truncated_normal, {"mean": 0.3, "lower": -1.4, "upper": 2.5}),
}
# One weight, a row, a column, odd sizes, and numbers beside those at which tests begin.
SHAPES = [(1,), (3, 1), (1, 7), (5, 5), (17, 18), (31, 33), (33, 32), (1100,)]


def of(kind, shape, seed, dtype="float32"):
    draw, parameters = KINDS[kind]
    weights, _ = weights_of(draw(shape, rng=seed, dtype=dtype, **parameters))
    return Battery(weights, draw.distribution(shape, **parameters))


def all_p(one):
    return {
        f"{about}/{name}": test.p for about, tests in one.tests().items()
        for name, test in tests.items()
    }  # fmt: skip


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
@pytest.mark.parametrize("kind", KINDS)
def test_right_tensors_of_any_size_are_not_accused(kind, dtype):
    found = {}
    for shape in SHAPES:
        for seed in range(30):
            one = of(kind, shape, 1000 * sum(shape) + seed, dtype)
            assert not one.outside
            assert not one.repeated()
            for name, p in all_p(one).items():
                found.setdefault(name, []).append(p)
    for name, values in found.items():
        # A p-value is uniform or larger: of so many as few are small.
        for level in (1e-1, 1e-2, 1e-3):
            alarms = sum(p <= level for p in values)
            assert stats.binom.sf(alarms - 1, len(values), level) > 1e-5, (name, level, alarms)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("kind", KINDS)
def test_right_tensors_of_many_weights_are_not_accused(kind, dtype):
    for seed in range(5):
        one = of(kind, (200, 100), seed, dtype)
        assert one.failing() == {}
        assert min(all_p(one).values()) > 1e-6
        assert len(all_p(one)) <= battery.MOST_TESTS


@pytest.mark.parametrize(("kind", "count"), [("normal", 300), ("uniform", 200), ("normal", 5000)])
def test_a_scale_that_is_off_as_far_as_is_stated_is_found(kind, count):
    draw, parameters = KINDS[kind]
    frozen = draw.distribution((count,), **parameters)
    kurtosis = 3 + float(frozen.stats(moments="k"))
    factor = scale_seen(kurtosis, count)
    for by in (factor, 1 / factor):
        seen = 0
        for seed in range(200):
            drawn = draw((count,), rng=seed, dtype=np.float64, **parameters)
            wrong = frozen.mean() + by * (drawn - frozen.mean())
            seen += bool(Battery(weights_of(wrong)[0], frozen).failing().get("moments"))
        # Of 200 with the probability 0.999 five are missed once in 10,000.
        assert seen >= 196, (by, seen)


def test_how_many_weights_tell_follows_from_the_level():
    # The level of one of 40 tests at a risk of 1e-6 is 5.57 standard errors, and 0.999 is 3.09.
    few = next(n for n in range(10, 1000) if tells(3.0, n))
    a, b = -stats.norm.ppf(LEVEL / 2), stats.norm.ppf(0.999)
    # What is half as wide is the harder to see: 1 / 2 <= (1 - a e) / (1 + b e), e = sqrt(2 / n).
    assert few == math.ceil(2 * (2 * a + b) ** 2)
    assert next(n for n in range(10, 1000) if tells(1.8, n)) < few
    assert scale_seen(3.0, 5) == math.inf


@pytest.mark.parametrize(
    ("change", "about"),
    [
        (lambda w: w * np.float32(1.05), "moments"),
        (lambda w: np.clip(w, -0.03, 0.03), "distribution"),
        (lambda w: np.where(np.arange(w.size).reshape(w.shape) == 7, np.float32(0.3), w), "tails"),
        (lambda w: np.sort(w, axis=None).reshape(w.shape), "independence"),
        (lambda w: w + np.float32(0.01) * np.arange(len(w))[:, None] / len(w), "independence"),
        (lambda w: w.astype(np.float16).astype(np.float32).round(3), "values"),
    ],
)
def test_what_is_wrong_is_seen(change, about):
    draw, parameters = KINDS["normal"]
    right = draw((200, 100), rng=3, **parameters)
    assert right.size >= MANY
    wrong = change(right).astype(np.float32)
    assert about in Battery(weights_of(wrong)[0], draw.distribution((2,), **parameters)).failing()


def test_rows_that_are_repeated_are_counted_where_chance_repeats_none():
    draw, parameters = KINDS["normal"]
    frozen = draw.distribution((2,), **parameters)
    right = draw((200, 100), rng=3, **parameters)
    right[5] = right[4]
    assert Battery(weights_of(right)[0], frozen).repeated() == {"rows": 1}
    # Of 20,000 weights in bfloat16 many come twice.
    column = draw((20_000, 1), rng=3, dtype="bfloat16", **parameters)
    assert Battery(weights_of(column)[0], frozen).repeated() == {}


def test_a_large_tensor_is_looked_at_in_blocks_of_rows():
    draw, parameters = KINDS["uniform"]
    wide = draw((300, 9000), rng=3, **parameters)
    one = Battery(weights_of(wide)[0], draw.distribution((2,), **parameters))
    assert one.sample.summary.tensors == 3
    assert one.sample.summary.size == wide.size
    assert one.failing() == {}
    assert one.repeated() == {}
