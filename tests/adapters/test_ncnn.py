"""ncnn: what its adapter promises beyond what every adapter does."""

from __future__ import annotations

import numpy as np
import pytest

from actinit import adapters, spec
from actinit.adapters import NotOffered

pytest.importorskip("ncnn")

SIGMOID, ELU, SOFTMAX = (spec.activations[name] for name in ("sigmoid", "elu", "softmax"))


@pytest.fixture(scope="module")
def ncnn():
    return adapters.load("ncnn")


def test_parameters_reach_the_layer_by_their_numbers(ncnn):
    x = np.array([-1.0], np.float32)
    for alpha in (0.25, 1.0, 3.0):
        found = ncnn.value(ELU, x, {"alpha": alpha})
        np.testing.assert_allclose(found, alpha * np.expm1(-1.0), rtol=1e-6)
    hard = ncnn.value(spec.activations["hard_silu"], np.array([1.0], np.float32), {})
    np.testing.assert_allclose(hard, 4 / 6, rtol=1e-6)  # and not by the layer's own factor, 0.7


def test_rows_are_the_last_axis_whatever_is_before_it(ncnn):
    x = np.linspace(-3, 3, 24, dtype=np.float32).reshape(2, 3, 4)
    found = ncnn.value(SOFTMAX, x, {})
    assert found.shape == x.shape
    np.testing.assert_allclose(found.sum(axis=-1), np.ones((2, 3)), rtol=1e-5)
    assert ncnn.value(SOFTMAX, x[0, 0], {}).shape == (4,)


def test_what_is_empty_does_not_reach_ncnn(ncnn):
    """Which ends the process."""
    for entry, shape in ((SIGMOID, (0,)), (SIGMOID, (0, 3)), (SOFTMAX, (2, 0)), (SOFTMAX, (0, 2))):
        assert ncnn.value(entry, np.zeros(shape, np.float32), {}).shape == shape


def test_other_formats_and_layers_that_there_are_not_are_not_offered(ncnn):
    from actinit.adapters.ncnn.network import Network

    with pytest.raises(NotOffered, match="ncnn computes sigmoid of float32, not of float64"):
        ncnn.value(SIGMOID, np.ones(3), {})
    with pytest.raises(NotOffered, match="this release of ncnn has no layer Sigmoidal"):
        Network("Sigmoidal", {})
