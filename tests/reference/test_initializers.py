"""The reference's initializers: what they draw, in each dtype, and what they refuse."""

from __future__ import annotations

import copy
import inspect
import pickle
import subprocess
import sys

import ml_dtypes
import numpy as np
import pytest
from helpers.imports import FRAMEWORKS
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from actinit import reference as ref
from actinit import spec
from actinit.conformance.initializers.distributions import defaults
from actinit.reference._rounding import rounded as nearest
from actinit.reference.initializers._initializer import initializer
from actinit.reference.initializers._univariate import Constant

NAMES = list(spec.initializers)
RANDOM = [name for name in NAMES if spec.initializers[name].seed == "decides"]
#: Those whose weights are drawn one by one.
SINGLE = [name for name in RANDOM if spec.initializers[name].independent == "weights"]
BOUNDED = [name for name in RANDOM if "uniform" in name or "truncated" in name]
DTYPES = ["float16", "bfloat16", "float32", "float64"]
SHAPE = (300, 200)


def shape_for(name, inputs=20, outputs=30):
    """A shape that suits an initializer."""
    layer = spec.initializers[name].example[0]
    return {
        "dense": (inputs, outputs), "conv1d": (inputs, 1, outputs), "conv2d": (3, inputs, outputs)
    }[layer]  # fmt: skip


def test_the_mapping_has_every_entry_and_only_these():
    assert sorted(ref.initializers) == NAMES
    assert all(getattr(ref, name) is found for name, found in ref.initializers.items())


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(spec.UnknownNameError, match="no initializer is named 'he_norm'; did you"):
        ref.initializers["he_norm"]


@pytest.mark.parametrize("name", NAMES)
def test_defaults_are_the_entrys(name):
    shared = {"shape", "rng", "dtype", "layout", "fans"}
    own = {
        key: parameter.default
        for key, parameter in inspect.signature(ref.initializers[name]).parameters.items()
        if key not in shared
    }
    assert own == defaults(spec.initializers[name])


@pytest.mark.parametrize("name", NAMES)
def test_documentation_has_its_sections(name):
    text = inspect.getdoc(ref.initializers[name])
    assert text.startswith(("Draw ", "Set "))
    for section in ("Parameters", "Returns", "Raises"):
        assert f"\n\n{section}\n{'-' * len(section)}\n" in text
    for parameter in spec.initializers[name].parameters:
        assert parameter in text.partition("Other Parameters")[2]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", NAMES)
def test_shape_dtype_and_seed(name, dtype):
    draw = ref.initializers[name]
    shape = shape_for(name)
    weights = draw(shape, rng=7, dtype=dtype)
    assert weights.shape == shape
    assert weights.dtype == np.dtype(dtype)
    assert np.array_equal(weights, draw(shape, rng=np.random.default_rng(7), dtype=dtype))
    if name in RANDOM:
        assert not np.array_equal(weights, draw(shape, rng=8, dtype=dtype))
        rng = np.random.default_rng(7)
        draw(shape, rng=rng, dtype=dtype)
        assert not np.array_equal(weights, draw(shape, rng=rng, dtype=dtype))


def test_float32_is_what_one_gets_who_says_nothing():
    assert ref.he_normal((3, 4), rng=1).dtype == np.float32


@pytest.mark.parametrize("name", SINGLE)
def test_draws_follow_the_distribution_they_state(name):
    draw = ref.initializers[name]
    sample = draw(SHAPE, rng=11, dtype=np.float64).ravel()
    assert stats.kstest(sample, draw.distribution(SHAPE).cdf).pvalue > 1e-4


@pytest.mark.parametrize("name", NAMES)
def test_lower_dtypes_are_the_same_draws_rounded(name):
    draw = ref.initializers[name]
    shape = shape_for(name, 60, 90)
    exact = draw(shape, rng=3, dtype=np.float64)
    for dtype in DTYPES[:-1]:
        rounded = draw(shape, rng=3, dtype=dtype)
        differs = rounded != nearest(exact, np.dtype(dtype))
        # Only what rounding would have carried over a bound is elsewhere: at the bound.
        ends = np.isin(rounded, [rounded.min(), rounded.max()])
        assert not np.any(differs & ~ends)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", BOUNDED)
def test_bounds_hold_after_rounding(name, dtype):
    draw = ref.initializers[name]
    shape = (1024, 512)
    low, high = draw.distribution(shape).support()
    weights = draw(shape, rng=5, dtype=dtype).astype(np.float64)
    assert low <= weights.min()
    assert weights.max() <= high
    # And they are reached, as far as the dtype and so many draws go.
    step = float(ml_dtypes.finfo(np.dtype(dtype)).eps) + 1e-3
    assert weights.max() > high - step * (high - low)


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_upper_bound_of_a_uniform_distribution_is_never_drawn(dtype):
    weights = ref.random_uniform(2**20, rng=1, dtype=dtype, minval=-3.0, maxval=1.0)
    assert weights.max() < 1
    # In bfloat16 three thousandths of all draws would round to it.
    assert weights.max() > 0.99


@given(low=st.floats(-60000, 60000), width=st.floats(1e-300, 5000), dtype=st.sampled_from(DTYPES))
def test_bounds_hold_wherever_they_are(low, width, dtype):
    high = low + width
    if not low < high:
        return
    try:
        weights = ref.random_uniform(50, rng=1, dtype=dtype, minval=low, maxval=high)
    except ValueError as error:
        assert "lies within" in str(error)  # noqa: PT017 - either outcome is right
        return
    assert np.all((low <= weights.astype(np.float64)) & (weights.astype(np.float64) < high))


def test_the_standard_deviation_left_by_the_cut():
    # 0.8796256610342398 is the figure that frameworks hard-code.
    assert ref.truncated_normal.distribution(1, stddev=1).std() == pytest.approx(0.8796256610342398)
    sample = ref.truncated_normal(2**18, rng=1, dtype=np.float64, stddev=1)
    assert sample.std() == pytest.approx(0.8796, abs=0.005)


def test_layouts_reach_the_distribution():
    assert ref.he_normal.distribution((784, 128)).var() == pytest.approx(2 / 784)
    assert ref.he_normal.distribution((128, 784), "oi").var() == pytest.approx(2 / 784)
    assert ref.glorot_uniform.distribution((3, 3, 16, 32)).var() == pytest.approx(2 / 432)
    assert ref.lecun_normal((128, 784), rng=1, layout="oi").std() == pytest.approx(
        784**-0.5, rel=0.02
    )


def test_constant_distributions_need_no_randomness_and_no_fans():
    assert ref.zeros(()).shape == ()
    assert np.array_equal(ref.ones(3), [1, 1, 1])
    assert ref.constant(2, value=0.1)[0] == np.float32(0.1)
    distribution = ref.constant.distribution(2, value=0.1)
    assert (distribution.mean(), distribution.var()) == (0.1, 0.0)


@pytest.mark.parametrize("name", NAMES)
def test_empty_shapes_draw_nothing(name):
    assert ref.initializers[name]((0, 5), rng=1).shape == (0, 5)


def test_where_there_are_no_weights_there_is_no_distribution():
    with pytest.raises(ValueError, match=r"the shape \(0, 5\) holds no weight"):
        ref.he_normal.distribution((0, 5))


@pytest.mark.parametrize("shape", [(3, 4), [3, 4], np.array([3, 4]), (np.int64(3), 4)])
def test_a_shape_is_any_sequence_of_integers(shape):
    assert ref.he_normal(shape, rng=1).shape == (3, 4)


@pytest.mark.parametrize("shape", [np.array([3.0, 4.0]), np.array([[3, 4]]), {3, 4}, "34", None])
def test_nothing_else_is_a_shape(shape):
    with pytest.raises(TypeError, match="expected a shape: integers of 0 or more"):
        ref.he_normal(shape, rng=1)


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_dtypes_of_the_other_byte_order_are_refused(dtype):
    with pytest.raises(TypeError, match="he_normal draws float16, bfloat16, float32, float64; got"):
        ref.he_normal((3, 4), rng=1, dtype=np.dtype(dtype).newbyteorder())


PROBES = [-np.inf, -1.0, -0.05, 0.0, 1e-3, 0.05, 1.0, np.inf, np.nan]


@pytest.mark.parametrize(
    ("name", "parameter"),
    [(name, key) for name in NAMES for key in spec.initializers[name].parameters],
)
@pytest.mark.parametrize("value", PROBES)
def test_domains_are_the_entrys(name, parameter, value):
    entry = spec.initializers[name]
    given_ = {key: p.default for key, p in entry.parameters.items()} | {parameter: value}
    shape = shape_for(name)
    allowed = all(spec.holds(p.domain, given_) for p in entry.parameters.values())
    if allowed:
        assert ref.initializers[name](shape, rng=1, **{parameter: value}).shape == shape
    else:
        with pytest.raises(ValueError, match=rf"expected .*{parameter}.*got .*{parameter} = "):
            ref.initializers[name](shape, rng=1, **{parameter: value})


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: ref.he_normal((3, 4)), TypeError, "expected as rng a numpy.random.Generator or"),
        (lambda: ref.he_normal((3, 4), rng=1.5), TypeError, "an int as seed, got 1.5"),
        (lambda: ref.he_normal((3, 4), rng=True), TypeError, "an int as seed, got True"),
        (
            lambda: ref.he_normal((3, 4), rng=np.random.RandomState(1)),
            TypeError,
            "got RandomState",
        ),
        (lambda: ref.zeros(3, rng="x"), TypeError, "got 'x'"),
        (lambda: ref.he_normal((3, 4), rng=-1), ValueError, "a seed of 0 or more, got -1"),
        (
            lambda: ref.he_normal((3, 4), rng=1, dtype=np.int32),
            TypeError,
            "he_normal draws float16, bfloat16, float32, float64; got the dtype",
        ),
        (lambda: ref.he_normal((3, 4), rng=1, dtype=complex), TypeError, "complex"),
        (lambda: ref.he_normal((3, 4), rng=1, dtype=object), TypeError, "object"),
        (lambda: ref.he_normal((3, 4), rng=1, dtype=None), TypeError, "got the dtype None"),
        (lambda: ref.he_normal((3, 4), rng=1, dtype="flaot32"), TypeError, "'flaot32'"),
        (lambda: ref.he_normal(5, rng=1), ValueError, "the shape (5,) has no fans"),
        (lambda: ref.he_normal((3, -4), rng=1), ValueError, "sizes of 0 or more"),
        (lambda: ref.he_normal((0, 4), rng=1, layout="oihw"), ValueError, "4 dimensions"),
        (lambda: ref.zeros((3, 4), layout="oihw"), ValueError, "4 dimensions"),
        (lambda: ref.zeros((3, 4), layout="xy"), spec.UnknownNameError, "no layout is named 'xy'"),
        (lambda: ref.he_normal((3, 4), rng=1, gain=2.0), TypeError, "gain"),
        (lambda: ref.he_normal((3, 4), rng=1, fans=2.0), TypeError, "fans"),
        (
            lambda: ref.random_normal(3, rng=1, stddev="wide"),
            TypeError,
            "random_normal: expected a real number as stddev, got 'wide'",
        ),
        (lambda: ref.constant(3, value=1j), TypeError, "expected a real number as value, got 1j"),
        (
            lambda: ref.constant(3, value=1e6, dtype=np.float16),
            ValueError,
            "reaches beyond the largest float16",
        ),
        (
            lambda: ref.random_uniform(9, rng=1, minval=0, maxval=1e9, dtype=np.float16),
            ValueError,
            "reaches beyond the largest float16",
        ),
        (
            lambda: ref.random_uniform(9, rng=1, minval=1.0001, maxval=1.0002, dtype=np.float16),
            ValueError,
            "no float16 lies within",
        ),
    ],
)
def test_says_what_is_wrong(call, error, words):
    with pytest.raises(error) as caught:
        call()
    assert words in str(caught.value)


@pytest.mark.parametrize("name", NAMES)
def test_an_initializer_is_loaded_and_copied_as_itself(name):
    draw = ref.initializers[name]
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(draw, protocol)) is draw
    assert copy.copy(draw) is draw
    assert copy.deepcopy([draw]) == [draw]


def test_the_mapping_is_loaded_and_copied():
    for again in (pickle.loads(pickle.dumps(ref.initializers)), copy.deepcopy(ref.initializers)):
        assert dict(again) == dict(ref.initializers)
        with pytest.raises(spec.UnknownNameError, match="did you mean"):
            again["he_norm"]


def test_another_process_loads_the_same_initializer():
    code = (
        "import pickle, sys; draw = pickle.load(sys.stdin.buffer);"
        "from actinit import reference as ref; print(draw is ref.he_normal)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], input=pickle.dumps(ref.he_normal), capture_output=True,
        check=True,
    )  # fmt: skip
    assert run.stdout.strip() == b"True"


def test_one_that_no_module_has_is_not_pickled():
    @initializer
    def of_nobody() -> Constant:
        """Set every weight to 0."""
        return Constant(0.0)

    with pytest.raises((pickle.PicklingError, AttributeError), match="of_nobody"):
        pickle.dumps(of_nobody)


def test_the_reference_imports_neither_statistics_nor_a_framework():
    unwanted = ("scipy.stats", "matplotlib", *sorted(FRAMEWORKS))
    code = f"import sys, actinit.reference; print([m for m in {unwanted} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
