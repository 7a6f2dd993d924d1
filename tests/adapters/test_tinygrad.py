"""tinygrad: what its adapter promises beyond what every adapter does."""

from __future__ import annotations

import sys

import ml_dtypes
import numpy as np
import pytest
from helpers.installed import loaded

from actinit import adapters, spec
from actinit.adapters import BackendMissingError, NotOffered

pytest.importorskip("tinygrad")

RELU, SIGMOID, GELU = (spec.activations[name] for name in ("relu", "sigmoid", "gelu"))


@pytest.fixture(scope="module")
def tinygrad():
    return loaded("tinygrad")


@pytest.mark.parametrize("dtype", [ml_dtypes.bfloat16, ml_dtypes.float8_e4m3fn, np.float16])
def test_formats_arrive_and_come_back_bit_for_bit(tinygrad, dtype):
    x = np.array([-2, -0.5, 0.25, 1.5, np.nan], dtype)
    y = tinygrad.value(spec.activations["leaky_relu"], x, {"negative_slope": 0.5})
    assert y.dtype == x.dtype
    assert [float(one) for one in y[:-1]] == [-1, -0.25, 0.25, 1.5]
    assert np.isnan(float(y[-1]))


def test_a_format_that_it_lacks_is_not_offered(tinygrad):
    with pytest.raises(NotOffered, match="tinygrad has no float8_e4m3b11fnuz"):
        tinygrad.value(RELU, np.ones(1, ml_dtypes.float8_e4m3b11fnuz), {})


def test_the_forms_of_gelu_are_kept_apart(tinygrad):
    x = np.array([1.0], np.float32)
    np.testing.assert_allclose(tinygrad.value(GELU, x, {}), 0.8413447, rtol=1e-6)
    tanh = tinygrad.value(spec.activations["gelu_tanh"], x, {})
    np.testing.assert_allclose(tanh, 0.8411920, rtol=1e-6)


def test_gradients_are_those_of_its_autograd(tinygrad):
    x, upstream = np.array([0.5, -1.0]), np.array([2.0, -3.0])
    s = 1 / (1 + np.exp(-x))
    first = tinygrad.gradient(SIGMOID, x, upstream, {})
    np.testing.assert_allclose(first, upstream * s * (1 - s), rtol=1e-7)
    second = tinygrad.second(SIGMOID, x, upstream, {})
    np.testing.assert_allclose(second, upstream * s * (1 - s) * (1 - 2 * s), rtol=1e-7)
    with pytest.raises(NotOffered, match="tinygrad has no forward mode for sigmoid"):
        tinygrad.forward(SIGMOID, x, upstream, {})


def test_it_computes_on_the_cpu_whatever_there_is(tinygrad):
    from tinygrad import Device

    assert tinygrad.device == "cpu"
    assert tinygrad.engine.tensor(np.ones(3)).device == "CPU"
    assert str(Device["CPU"].device) == "CPU"


def test_a_missing_compiler_is_said_in_one_line(monkeypatch):
    from tinygrad.helpers import getenv

    monkeypatch.setenv("CC", "a-compiler-that-there-is-not")
    getenv.cache_clear()
    try:
        with pytest.raises(BackendMissingError) as told:
            adapters.load("tinygrad")
    finally:
        getenv.cache_clear()
    assert str(told.value) == (
        "tinygrad needs clang on a CPU, and there is no a-compiler-that-there-is-not; "
        "install clang, or name one in the environment variable CC"
    )


def test_a_missing_package_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "tinygrad", None)
    with pytest.raises(BackendMissingError) as told:
        adapters.load("tinygrad")
    assert "needs the package 'tinygrad'" in str(told.value)
    assert str(told.value).endswith("run: pip install 'actinit[tinygrad]'")
