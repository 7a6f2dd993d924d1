"""Whether a tensor of one's own is a plausible draw, and of what."""

from __future__ import annotations

import ml_dtypes
import numpy as np
import pytest

from actinit import check_tensor, reference
from actinit.conformance.tensors import identify_tensor
from actinit.spec import UnknownNameError, initializers

#: Shapes in which every entry has a kernel.
KERNEL = {"delta_orthogonal": (3, 3, 8, 16), "dirac": (3, 3, 8, 16), "stft": (8, 1, 5)}


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize("name", initializers)
def test_every_entry_s_own_draws_are_plausible(name, dtype):
    drawn = reference.initializers[name](KERNEL.get(name, (64, 96)), rng=5, dtype=dtype)
    found = check_tensor(drawn, name)
    assert found.verdict == "plausible", str(found)
    assert found.plausible
    assert str(found).startswith(f"the tensor of shape {drawn.shape} in {dtype} is a plausible")
    found.assert_plausible()


@pytest.mark.parametrize(
    ("other", "parameters", "said"),
    [
        ("he_normal", {}, "the variance is twice the right one"),
        ("lecun_uniform", {}, "the draws follow a uniform distribution"),
        ("lecun_normal", {"gain": 1.0}, None),
        ("random_normal", {"mean": 0.1, "stddev": 0.0625}, "the mean is off"),
        ("orthogonal", {}, "are another one again|kurtosis|correlated|draws"),
        ("zeros", {}, "0 everywhere|of 65,536"),
    ],
)
def test_draws_of_another_are_told_apart(other, parameters, said):
    if said is None:
        with pytest.raises(UnknownNameError, match="no parameter of lecun_normal is named 'gain'"):
            check_tensor(np.ones((3, 4), np.float32), other, parameters=parameters)
        return
    drawn = reference.initializers[other]((256, 256), rng=5, **parameters)
    found = check_tensor(drawn, "lecun_normal")
    assert found.verdict == "implausible"
    assert found.reasons
    with pytest.raises(AssertionError, match="is no draw of lecun_normal"):
        found.assert_plausible()


def test_what_is_told_of_the_scale_is_its_cause():
    found = check_tensor(reference.he_normal((512, 128), rng=1), "lecun_normal")
    assert "the variance is twice the right one" in str(found)
    assert str(found).count("this looks like") <= 1
    swapped = check_tensor(reference.he_normal((512, 128), rng=1), "he_normal", layout="oi")
    assert "fan_in and fan_out are swapped" in str(swapped)


@pytest.mark.parametrize("layout", ["io", "oi", "xyio", "oixy"])
def test_the_layout_says_what_the_fans_are(layout):
    names = {"io": "xyio", "oi": "oixy"}
    letters = names.get(layout, layout)
    shape = tuple({"x": 3, "y": 3, "i": 16, "o": 64}[letter] for letter in letters)
    drawn = reference.he_uniform(shape, rng=2, layout=letters)
    assert check_tensor(drawn, "he_uniform", layout=layout).plausible
    other = {"io": "oi", "oi": "io", "xyio": "xyoi", "oixy": "ioxy"}[layout]
    assert not check_tensor(drawn, "he_uniform", layout=other).plausible


def test_fans_that_the_shape_does_not_tell_are_given():
    drawn = reference.he_normal((64, 4, 3, 3), rng=2, layout="oixy", fans=(36, 144))
    told = check_tensor(drawn, "he_normal", layout="oi", fans=(36, 144))
    assert told.plausible
    twice = check_tensor(drawn, "he_normal", layout="oi", fans=(144, 144))
    assert twice.verdict == "implausible"
    with pytest.raises(ValueError, match=r"depends on the fans.*give fans="):
        check_tensor(np.ones(3, np.float32), "he_normal")


def test_a_small_tensor_cannot_be_told_unless_something_speaks_against_it():
    small = reference.he_normal((8, 8), rng=1)
    found = check_tensor(small, "he_normal")
    assert found.verdict == "cannot be told"
    assert not found.plausible
    assert "64 weights are too few" in str(found)
    assert check_tensor(small * np.float32(9), "he_normal").verdict == "implausible"
    assert check_tensor(np.full((1, 1), 7, np.float32), "he_uniform").verdict == "implausible"


def test_parameters_are_asked():
    drawn = reference.truncated_normal((300, 200), rng=1, stddev=0.02, lower=-100.0, upper=100.0)
    told = {"stddev": 0.02, "lower": -100.0, "upper": 100.0}
    assert check_tensor(drawn, "trunc_normal", parameters=told).plausible
    assert not check_tensor(drawn, "trunc_normal", parameters={"stddev": 0.02}).plausible


def test_tensors_of_frameworks():
    torch = pytest.importorskip("torch")
    torch.manual_seed(1)
    layer = torch.nn.Linear(512, 256)
    told = {"negative_slope": 5**0.5}
    assert check_tensor(layer.weight, "he_uniform", parameters=told, layout="oi").plausible
    wide = torch.nn.init.trunc_normal_(torch.empty(300, 200, dtype=torch.bfloat16), std=0.02)
    told = {"stddev": 0.02, "lower": -100.0, "upper": 100.0}
    assert check_tensor(wide, "truncated_normal", parameters=told, layout="oi").plausible


def test_arrays_of_jax():
    jax = pytest.importorskip("jax")
    drawn = jax.nn.initializers.lecun_normal()(jax.random.key(0), (300, 200), "float32")
    assert check_tensor(drawn, "lecun_truncated_normal").plausible


@pytest.mark.parametrize(
    ("tensor", "options", "error", "said"),
    [
        (np.zeros((0, 3), np.float32), {}, ValueError, r"is empty: its shape is \(0, 3\)"),
        (np.zeros((4, 3), np.int64), {}, TypeError, "expected weights, numbers of .*; got int64"),
        (np.zeros((4, 3), np.complex64), {}, TypeError, "got complex64"),
        (np.zeros((4, 3), bool), {}, TypeError, "got bool"),
        (np.zeros((4, 3), ml_dtypes.float8_e4m3fn), {}, TypeError, "got float8_e4m3fn"),
        ([[0.5]], {}, TypeError, "expected an array of weights, got a builtins.list"),
        (np.ones((4, 3), np.float32), {"layout": "qq"}, UnknownNameError, "no layout"),
        (np.ones((4, 3), np.float32), {"fans": (0, 3)}, ValueError, "two integers above 0"),
        (np.ones((4, 3), np.float32), {"fans": (3,)}, ValueError, "two integers above 0"),
        (np.ones((4, 3), np.float32), {"parameters": {"mode": "fan_on"}}, UnknownNameError,
         "did you mean 'fan_in'|did you mean 'fan_out'"),
        (np.ones((4, 3), np.float32), {"parameters": {"negative_slop": 1}}, UnknownNameError,
         "did you mean 'negative_slope'"),
        (np.ones((4, 3), np.float32), {"parameters": {"negative_slope": "a"}}, TypeError,
         "expected a number as negative_slope"),
        (np.ones((4, 3), np.float32), {"parameters": {"negative_slope": np.inf}}, ValueError,
         "expected .*negative_slope.*; got negative_slope = inf"),
    ],
)  # fmt: skip
def test_bad_input_is_told(tensor, options, error, said):
    with pytest.raises(error, match=said):
        check_tensor(tensor, "he_normal", **options)


def test_an_unknown_name_names_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'he_normal'"):
        check_tensor(np.ones((4, 3), np.float32), "he_norml")


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_weights_that_are_not_finite_are_no_draw(bad):
    drawn = reference.he_normal((64, 64), rng=1)
    drawn[3, 4] = bad
    found = check_tensor(drawn, "he_normal")
    assert found.verdict == "implausible"
    assert found.reasons == ("1 of 4,096 weights are infinite or nan",)
    assert identify_tensor(drawn).verdict == "implausible"


# -- Of what it is a draw --------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    # The mould of the others, and what at its default is zeros, have no draws of their own.
    [name for name in initializers if name not in ("variance_scaling", "constant", *KERNEL)],
)
def test_every_entry_is_among_what_its_draws_may_be(name):
    drawn = reference.initializers[name]((96, 300), rng=4)
    found = identify_tensor(drawn)
    assert found.verdict == "plausible"
    assert name in {fit.name for fit in found.fits}, str(found)
    # Nothing of another variance or shape is among them.
    assert len(found.fits) <= 2


@pytest.mark.parametrize(
    ("drawn", "said"),
    [
        (reference.random_normal((300, 200), rng=3, stddev=0.02),
         "random_normal with stddev = 0.02"),
        (reference.he_uniform((300, 200), rng=3, negative_slope=5**0.5),
         "he_uniform with negative_slope = 2.236"),
        (reference.glorot_normal((300, 200), rng=3), "glorot_normal"),
        (reference.he_normal((300, 200), rng=3, mode="fan_out"), "he_normal with mode = fan_out"),
        (reference.truncated_normal((300, 200), rng=3, stddev=0.02),
         "truncated_normal with stddev = 0.02"),
        (np.full(7, 0.25, np.float32), "constant with value = 0.25"),
        (np.zeros(1, np.float32), "zeros"),
    ],
)  # fmt: skip
def test_parameters_are_found(drawn, said):
    assert str(identify_tensor(drawn)).startswith(said)


def test_what_is_no_draw_is_told_so():
    rng = np.random.default_rng(2)
    heavy = identify_tensor(rng.laplace(size=(300, 200)).astype(np.float32))
    assert (heavy.verdict, heavy.fits) == ("implausible", ())
    assert "kurtosis 5.8" in str(heavy)
    rows = rng.normal(size=(300, 1)) + rng.normal(size=(300, 200))
    assert "rows have means of their own" in str(identify_tensor(rows))


def test_of_few_weights_all_that_fits_is_told():
    found = identify_tensor(reference.he_normal((8, 8), rng=1))
    assert found.verdict == "cannot be told"
    assert {"he_normal", "glorot_normal"} <= {fit.name for fit in found.fits}
    assert "64 weights" in str(found)
