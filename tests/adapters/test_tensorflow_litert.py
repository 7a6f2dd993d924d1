"""TensorFlow converted for LiteRT: what comes out of the converter is what LiteRT is asked."""

from __future__ import annotations

import sys

import ml_dtypes
import numpy as np
import pytest

from actinit import adapters, spec
from actinit.adapters import NotOffered

for package in ("tensorflow", "ai_edge_litert"):
    pytest.importorskip(package)

SIGMOID, SELU, SOFTMAX = (spec.activations[name] for name in ("sigmoid", "selu", "softmax"))
ERF, LEAKY, SOFTPLUS = (spec.activations[name] for name in ("erf", "leaky_relu", "softplus"))
FLOAT32 = np.dtype(np.float32)


@pytest.fixture(scope="module")
def default():
    return adapters.load("tensorflow-litert")


@pytest.fixture(scope="module")
def plain():
    return adapters.load("tensorflow-litert-plain")


@pytest.fixture(params=["default", "plain"])
def either(request):
    return request.getfixturevalue(request.param)


def test_the_operators_of_the_file_and_who_runs_them_are_told(default, plain):
    parts = ("EXP", "ADD", "LOG")
    by_xnnpack = tuple(f"{name} by XNNPACK" for name in parts)
    assert default.operators(SOFTPLUS, FLOAT32, {}) == {"exported": parts, "run": by_xnnpack}
    assert plain.operators(SOFTPLUS, FLOAT32, {}) == {"exported": parts, "run": parts}


def test_what_xnnpack_does_not_take_is_told_apart(default):
    exported, run = default.operators(SELU, FLOAT32, {}).values()
    assert exported == ("GREATER", "MUL", "EXP", "SUB", "MUL", "SELECT_V2")
    assert [name for name in run if "XNNPACK" not in name] == ["GREATER", "SELECT_V2"]


def test_one_file_serves_every_length_and_arrangement(either):
    x = np.linspace(-3, 3, 24, dtype=np.float32)
    either.value(SIGMOID, x, {})
    files = len(either._files._made)
    for array in (x.reshape(2, 3, 4), x[::2], x[::-1], x[:1], x[:0], x[0]):
        y = either.value(SIGMOID, array, {})
        assert y.shape == array.shape
        np.testing.assert_allclose(y, 1 / (1 + np.exp(-array)), rtol=1e-5)
    assert len(either._files._made) == files


def test_rows_stay_rows(either):
    x = np.linspace(-3, 3, 24, dtype=np.float32).reshape(2, 3, 4)
    y = either.value(SOFTMAX, x, {})
    np.testing.assert_allclose(y.sum(axis=-1), np.ones((2, 3)), rtol=1e-5)
    assert either.value(SOFTMAX, x[0, 0], {}).shape == (4,)
    assert either.value(SOFTMAX, x[:0], {}).shape == (0, 3, 4)


def test_results_outlive_the_next_call(either):
    """LiteRT has one place for them."""
    first = either.value(SIGMOID, np.zeros(3, np.float32), {})
    either.value(SIGMOID, np.full(3, 9, np.float32), {})
    assert first.tolist() == [0.5, 0.5, 0.5]


def test_parameters_are_converted(either):
    x = np.array([-1.0], np.float32)
    assert either.value(LEAKY, x, {"negative_slope": 0.375}) == -0.375
    assert either.value(LEAKY, x, {"negative_slope": 0.25}) == -0.25
    assert either.value(LEAKY, x, {}) == np.float32(-0.2)


def test_what_is_refused_is_not_offered_in_the_words_of_who_refuses(either):
    with pytest.raises(NotOffered, match=r"does not take it: 'tf\.Erf' op is neither a custom op"):
        either.value(ERF, np.ones(3, np.float32), {})
    with pytest.raises(NotOffered, match=r"TFLiteConverter does not take it: 'tf\.Softplus' op"):
        either.value(SOFTPLUS, np.ones(3, ml_dtypes.bfloat16), {})
    with pytest.raises(NotOffered, match="does not take it: Value passed to parameter 'features'"):
        either.value(SOFTPLUS, np.ones(3, np.int32), {})


def test_what_litert_has_no_kernel_for_is_not_offered_in_its_words(monkeypatch):
    """Some kernels look at the format only when they run; here none knows any."""
    from actinit.adapters.litert import interpreter

    class Refusing(interpreter.Interpreter):
        def invoke(self):
            raise RuntimeError("Type FLOAT16 is unsupported by op Exp.\nNode number 0 failed")

    monkeypatch.setattr(interpreter, "Interpreter", Refusing)
    reason = r"LiteRT does not run it: Type FLOAT16 is unsupported by op Exp\.$"
    with pytest.raises(NotOffered, match=reason):
        adapters.load("tensorflow-litert-plain").value(SIGMOID, np.ones(3, np.float32), {})


def test_it_is_forward_only(either):
    x = np.ones(3, np.float32)
    asked = {
        "forward only": lambda: either.gradient(SIGMOID, x, x, {}),
        "no in-place forms": lambda: either.in_place(SIGMOID, x, {}),
    }
    for reason, ask in asked.items():
        with pytest.raises(NotOffered, match=reason):
            ask()


@pytest.mark.parametrize("name", ["tensorflow-litert", "tensorflow-litert-plain"])
def test_a_missing_runtime_says_what_to_install(monkeypatch, name):
    for module in [one for one in sys.modules if one.startswith("actinit.adapters.litert.")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "ai_edge_litert", None)
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    with pytest.raises(adapters.BackendMissingError) as told:
        adapters.load(name)
    assert "needs the package 'ai_edge_litert" in str(told.value)
    assert str(told.value).endswith(f"run: pip install 'actinit[{name}]'")


def test_what_is_said_of_innards_stays_inside(recwarn, caplog, capfd):
    fresh = adapters.load("tensorflow-litert")
    fresh.value(SIGMOID, np.ones(3, np.float32), {})
    with pytest.raises(NotOffered):
        fresh.value(ERF, np.ones(3, np.float32), {})
    assert [str(one.message) for one in recwarn] == []
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []
    print("still there", file=sys.stderr)
    assert capfd.readouterr().err == "still there\n"
