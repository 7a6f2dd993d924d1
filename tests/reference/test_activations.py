"""The reference's manners: dtypes, shapes, warnings, errors. Digits are the suite's business."""

from __future__ import annotations

import copy
import inspect
import pickle
import subprocess
import sys
import warnings

import ml_dtypes
import numpy as np
import pytest

from actinit import reference as ref
from actinit import spec

DTYPES = [np.float16, ml_dtypes.bfloat16, np.float32, np.float64]
NAMES = list(ref.activations)
ROWS = [name for name, e in spec.activations.items() if e.shape != "elementwise"]
EXTREME = np.array([-np.inf, -3e38, -1e4, -104.0, -1.0, -0.0, 0.0, 1e-45, 1.0, 90.0, 3e38, np.inf])


def test_names_are_the_specs():
    assert sorted(ref.activations) == sorted(spec.activations)
    for name in NAMES:
        assert getattr(ref, name) is ref.activations[name]


@pytest.mark.parametrize("name", NAMES)
def test_parameters_and_defaults_are_the_specs(name):
    signature = inspect.signature(ref.activations[name])
    found = {key: p.default for key, p in list(signature.parameters.items())[1:] if key != "axis"}
    assert found == {key: p.default for key, p in spec.activations[name].parameters.items()}


@pytest.mark.parametrize("dtype", DTYPES, ids=lambda d: np.dtype(d).name)
@pytest.mark.parametrize("name", NAMES)
def test_dtype_and_shape_follow_the_input(name, dtype):
    x = np.linspace(-2, 2, 24).reshape(2, 3, 4).astype(dtype)
    function = ref.activations[name]
    value = function(x)
    assert value.dtype == dtype
    assert value.shape == (x.shape[:-1] if spec.activations[name].shape == "reduction" else x.shape)
    slope = function.derivative(x)
    assert slope.dtype == dtype
    of_rows = spec.activations[name].shape == "row"
    assert slope.shape == ((*x.shape, 4) if of_rows else x.shape)
    assert function.vjp(x, np.ones_like(value)).shape == x.shape
    assert function.vjp(x, np.ones_like(value)).dtype == dtype


@pytest.mark.parametrize("name", NAMES)
def test_no_warning_at_any_extreme(name):
    x = EXTREME if name not in ROWS else np.stack([EXTREME, np.zeros_like(EXTREME)], axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for dtype in (np.float32, np.float64):
            cast = np.nan_to_num(x, posinf=np.inf, neginf=-np.inf).astype(dtype)
            ref.activations[name](cast)
            ref.activations[name].derivative(cast)


def test_integers_are_promoted_as_numpy_does():
    assert ref.sigmoid(np.int8([1])).dtype == np.float16
    assert ref.sigmoid(np.int16([1])).dtype == np.float32
    assert ref.sigmoid([1, 2]).dtype == np.float64
    assert ref.relu(np.array([True])).dtype == np.float16


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize(
    "name", [name for name in NAMES if spec.activations[name].shape == "elementwise"]
)
def test_a_number_gives_a_0d_array(name, dtype):
    function, x = ref.activations[name], dtype(-1.5)
    for result in (function(x), function.derivative(x), function.vjp(x, dtype(2.0))):
        assert isinstance(result, np.ndarray)
        assert (result.shape, result.dtype) == ((), dtype)


@pytest.mark.parametrize("bad", [1j, np.array(["x"]), np.array([None]), np.array([1, "a"], object)])
@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_real_number_is_refused(name, bad):
    with pytest.raises(
        TypeError, match=f"{name} is defined on real numbers; got an array of dtype"
    ):
        ref.activations[name](bad)


@pytest.mark.parametrize(
    ("name", "parameters", "words"),
    [
        ("leaky_relu", {"negative_slope": np.inf}, "expected -inf < negative_slope < inf"),
        ("leaky_relu", {"negative_slope": -np.inf}, "outside its domain"),
        ("leaky_relu", {"negative_slope": float("nan")}, "outside its domain"),
        ("elu", {"alpha": -1.0}, "expected 0 <= alpha"),
        ("celu", {"alpha": 0.0}, "expected 0 < alpha"),
        ("celu", {"alpha": float("inf")}, "outside its domain"),
    ],
)
def test_a_parameter_outside_its_domain_is_refused(name, parameters, words):
    for call in (ref.activations[name], ref.activations[name].derivative):
        with pytest.raises(ValueError, match=words):
            call(1.0, **parameters)


@pytest.mark.parametrize("slope", [-2.0, -0.0, 0.0, 1.0, 1.5, 1e300, 5e-324])
@pytest.mark.parametrize("fmt", ["float32", "float64"])
def test_leaky_relu_takes_any_slope(fmt, slope):
    """And at 0 the left one."""
    x = np.array([-1e30, -3.3, -0.0, 0.0, 2.0], fmt)
    with np.errstate(over="ignore"):
        line = (x.astype(np.float64) * slope).astype(fmt)
        left = np.float64(slope).astype(fmt)
        minus_left = (-np.float64(slope)).astype(fmt)
    assert ref.leaky_relu(x, slope).tolist() == [*line[:4].tolist(), 2.0]
    assert ref.leaky_relu.derivative(x, slope).tolist() == [left] * 4 + [1.0]
    assert ref.leaky_relu.vjp(x, -np.ones(5), slope).tolist() == [minus_left] * 4 + [-1.0]


def test_an_unknown_name_brings_the_nearest():
    with pytest.raises(KeyError, match="did you mean 'gelu'"):
        ref.activations["gleu"]


def test_the_input_is_not_written_to():
    for name in NAMES:
        x = np.array([[-1.0, 2.0]])
        ref.activations[name](x)
        ref.activations[name].vjp(x, np.ones_like(ref.activations[name](x)))
        assert x.tolist() == [[-1.0, 2.0]]


def test_axis_moves_the_rows():
    x = np.arange(12.0).reshape(3, 4)
    for name in ("softmax", "log_softmax", "softmin", "hardmax", "sparsemax"):
        f = ref.activations[name]
        assert np.array_equal(f(x, axis=0), f(x.T).T)
        up = np.sin(x)
        assert np.allclose(f.vjp(x, up, axis=0), f.vjp(x.T, up.T).T, rtol=1e-14)
    assert np.array_equal(ref.maxout(x, axis=0), x.max(axis=0))
    assert ref.maxout.vjp(x, np.ones(4), axis=0).sum(axis=0).tolist() == [1, 1, 1, 1]


def test_softmax_rows_sum_to_one():
    x = np.random.default_rng(0).normal(size=(100, 10)) * 50
    assert np.abs(ref.softmax(x).sum(axis=-1) - 1).max() < 1e-14


def test_importing_the_reference_imports_no_framework():
    code = (
        "import sys, actinit.reference\n"
        "heavy = {'torch', 'tensorflow', 'keras', 'jax', 'scipy.stats', 'flint', 'sympy'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("fmt", ["bfloat16", "float8_e5m2", "float16", "float32"])
@pytest.mark.parametrize("name", ["relu", "identity", "gelu", "leaky_relu"])
def test_a_signalling_nan_gives_nan_without_a_warning(name, fmt):
    dtype = np.dtype(fmt)
    bits = {"bfloat16": 0x7F81, "float8_e5m2": 0x7D, "float16": 0x7C01, "float32": 0x7F800001}[fmt]
    x = np.array([bits], dtype=f"u{dtype.itemsize}").view(dtype)
    value, _ = ref.activations[name](x), ref.activations[name].derivative(x)
    with np.errstate(invalid="ignore"):  # the cast's, of a nan that is signalling still
        assert np.isnan(value.astype(np.float64)).all()


@pytest.mark.parametrize("name", ref.activations)
def test_a_function_is_pickled_and_copied_by_name(name):
    function = ref.activations[name]
    assert pickle.loads(pickle.dumps(function)) is function
    assert copy.deepcopy(function) is function


@pytest.mark.parametrize("name", ["gelu", "softmax", "maxout"])
def test_an_upstream_of_another_shape_is_refused(name):
    with pytest.raises(ValueError, match=r"expected \(2,"):
        ref.activations[name].vjp(np.ones((2, 3)), np.ones((4, 2, 3)))


def test_a_thread_that_flushes_subnormal_numbers_is_told():
    torch = pytest.importorskip("torch")
    if not torch.set_flush_denormal(True):
        pytest.skip("this processor cannot")
    try:
        with pytest.warns(RuntimeWarning, match="gelu .* flushes subnormal numbers"):
            ref.gelu(1.0)
    finally:
        torch.set_flush_denormal(False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ref.gelu(1.0)
