"""OpenVINO: what its adapter promises beyond what every adapter does."""

from __future__ import annotations

import ml_dtypes
import numpy as np
import pytest

from actinit import adapters, spec
from actinit.adapters import NotOffered

pytest.importorskip("openvino")

SIGMOID, SOFTPLUS, LEAKY = (spec.activations[n] for n in ("sigmoid", "softplus", "leaky_relu"))
FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)


@pytest.fixture(scope="module")
def stated():
    return adapters.load("openvino")


@pytest.fixture(scope="module")
def default():
    return adapters.load("openvino-default")


def test_what_it_runs_is_told_with_the_precision(stated):
    assert stated.operators(SIGMOID, FLOAT32, {}) == {"run": ("Sigmoid",)}
    in_between = ("Convert", "Sigmoid (float32)", "Convert (float32)")
    assert stated.operators(SIGMOID, FLOAT64, {}) == {"run": in_between}
    operators = stated.operators(spec.activations["log_softmax"], FLOAT32, {})["run"]
    assert {"ReduceMax", "Exp", "ReduceSum", "Log"} < set(operators)


def test_the_precision_is_stated_unless_it_is_left_to_openvino(stated, default):
    """After a product it is bfloat16 where the processor has it, and then so are the digits."""
    import openvino

    chosen = openvino.Core().get_property("CPU", "INFERENCE_PRECISION_HINT").to_string()
    x = np.array([1.001], FLOAT32)  # which is 1 in bfloat16
    exact = 1 / (1 + np.exp(-x.astype(FLOAT64)))
    np.testing.assert_allclose(stated.value(SIGMOID, x, {}), exact, rtol=1e-6)
    if chosen != "bf16":
        pytest.skip(f"here it computes in {chosen} by default")
    assert default.value(SIGMOID, x, {}) == default.value(SIGMOID, np.ones(1, FLOAT32), {})
    assert "MatMul and Sigmoid (bfloat16)" in default.operators(SIGMOID, FLOAT32, {})["run"]


def test_a_hint_changes_nothing_without_a_product(stated):
    """The reason for which the other mode has one."""
    from actinit.adapters.openvino.model import Model

    x = np.linspace(-9, 9, 1000, dtype=np.float32)
    unstated = Model(stated.function(SIGMOID), FLOAT32, 1, {}, None, dense=False)
    np.testing.assert_array_equal(unstated.run(x), stated.value(SIGMOID, x, {}))


@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16, np.float32, np.float64])
def test_arguments_that_are_tensors_have_the_format_of_the_input(stated, dtype):
    x = np.array([-4.0, 2.0], dtype)
    y = stated.value(LEAKY, x, {"negative_slope": 0.25})
    assert y.dtype == x.dtype
    assert [float(number) for number in y] == [-1.0, 2.0]


def test_arrays_outlive_the_call(stated):
    """OpenVINO is lent their memory: read-only, backwards, and without dimensions."""
    x = np.linspace(-3, 3, 1001, dtype=np.float32)
    right = stated.value(SIGMOID, x, {})
    frozen = x.copy()
    frozen.flags.writeable = False
    np.testing.assert_array_equal(stated.value(SIGMOID, frozen, {}), right)
    np.testing.assert_array_equal(stated.value(SIGMOID, x[::-1], {}), right[::-1])
    assert stated.value(SIGMOID, np.zeros((), np.float32), {}) == 0.5
    assert stated.value(SIGMOID, np.zeros((0, 3), np.float32), {}).shape == (0, 3)


def test_what_an_operator_excludes_is_not_offered(stated):
    with pytest.raises(NotOffered, match="OpenVINO defines no softplus of int32"):
        stated.value(SOFTPLUS, np.arange(3, dtype=np.int32), {})
    with pytest.raises(NotOffered, match="OpenVINO has no float8_e4m3b11fnuz"):
        stated.value(SOFTPLUS, np.ones(1, ml_dtypes.float8_e4m3b11fnuz), {})
