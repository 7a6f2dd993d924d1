"""MNN: what its adapter promises beyond what every adapter does."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from actinit import adapters, spec
from actinit.adapters import NotOffered

pytest.importorskip("MNN")

SIGMOID, ELU, SOFTMAX = (spec.activations[name] for name in ("sigmoid", "elu", "softmax"))


@pytest.fixture(scope="module")
def mnn():
    return adapters.load("mnn")


def test_parameters_reach_the_function(mnn):
    x = np.array([-1.0], np.float32)
    for alpha in (0.25, 1.0, 3.0):
        found = mnn.value(ELU, x, {"alpha": alpha})
        np.testing.assert_allclose(found, alpha * np.expm1(-1.0), rtol=1e-5)
    with pytest.raises(NotOffered, match=r"MNN\.expr\.elu has no default for alpha"):
        mnn.value(ELU, x, {})


def test_rows_lie_along_the_axis_that_is_told(mnn):
    x = np.linspace(-3, 3, 24, dtype=np.float32).reshape(2, 3, 4)
    for axis in (0, 1, 2, -1):
        found = mnn.along(SOFTMAX, x, axis, {})
        assert found.shape == x.shape
        np.testing.assert_allclose(found.sum(axis=axis), 1, rtol=1e-5)
    np.testing.assert_array_equal(mnn.along(SOFTMAX, x, -1, {}), mnn.value(SOFTMAX, x, {}))


def test_any_arrangement_is_an_array_to_it(mnn):
    x = np.linspace(-3, 3, 24, dtype=np.float32)
    right = 1 / (1 + np.exp(-x))
    for at in (slice(None), slice(None, None, 2), slice(None, None, -1), slice(0), 3):
        np.testing.assert_allclose(mnn.value(SIGMOID, x[at], {}), right[at], rtol=1e-5)
    assert mnn.value(SIGMOID, x.reshape(2, 3, 4).T, {}).shape == (4, 3, 2)
    assert mnn.value(SOFTMAX, np.zeros((2, 0), np.float32), {}).shape == (2, 0)


def test_results_outlive_what_they_were_read_from(mnn):
    first = mnn.value(SIGMOID, np.zeros(1000, np.float32), {})
    for _ in range(5):
        mnn.value(SIGMOID, np.full(1000, 9, np.float32), {})
    assert set(first.tolist()) == {0.5}


def test_other_formats_are_not_offered(mnn):
    with pytest.raises(NotOffered, match="MNN computes sigmoid of float32, not of float64"):
        mnn.value(SIGMOID, np.ones(3), {})
    with pytest.raises(NotOffered, match="mnn does not offer mish"):
        mnn.value(spec.activations["mish"], np.ones(3, np.float32), {})


def test_a_missing_package_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "MNN", None)
    with pytest.raises(adapters.BackendMissingError) as told:
        adapters.load("mnn")
    assert "needs the package 'MNN'" in str(told.value)
    assert str(told.value).endswith("run: pip install 'actinit[mnn]'")
