"""PyTorch exported to ONNX: what comes out of the exporter is what ONNX Runtime is asked."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from actinit import adapters, spec
from actinit.adapters import NotOffered

for package in ("torch", "onnxscript", "onnxruntime"):
    pytest.importorskip(package)

SIGMOID, CELU, SOFTMAX = (spec.activations[name] for name in ("sigmoid", "celu", "softmax"))
SILU, SOFTPLUS = spec.activations["silu"], spec.activations["softplus"]
FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)


@pytest.fixture(scope="module")
def exported():
    return adapters.load("torch-onnx-onnxruntime")


def test_the_operators_of_the_file_and_those_that_run_are_told(exported):
    assert exported.operators(SIGMOID, FLOAT32, {}) == {
        "exported": ("Sigmoid",), "run": ("Sigmoid",),
    }  # fmt: skip
    # A decomposition of the exporter, which ONNX Runtime puts together again.
    assert exported.operators(SILU, FLOAT32, {}) == {
        "exported": ("Sigmoid", "Mul"), "run": ("QuickGelu",),
    }  # fmt: skip
    in_between = ("Cast (float32)", "Celu", "Cast (float64)")
    assert exported.operators(CELU, FLOAT64, {})["exported"] == in_between


def test_the_opset_is_the_one_that_is_stated(exported, monkeypatch):
    """The exporter chooses it; the mode's words say which."""
    from actinit.adapters.torch import onnx

    opsets = []

    class Seen(onnx._Graph):
        def __init__(self, model):
            opsets.extend(one.version for one in model.opset_import if not one.domain)
            super().__init__(model)

    monkeypatch.setattr(onnx, "_Graph", Seen)
    exported.value(spec.activations["relu"], np.ones(3, np.float32), {})
    words = adapters.frameworks()["torch"].modes[exported.name]
    assert opsets
    assert all(f"opset {opset}," in words or f"opset {opset})" in words for opset in opsets)


def test_one_file_serves_every_length_and_arrangement(exported):
    x = np.linspace(-3, 3, 24, dtype=np.float32)
    flat = exported.value(SIGMOID, x, {})
    files = len(exported._files._made)
    for array in (x.reshape(2, 3, 4), x[::2], x[::-1], x[:1], x[:0], x[0]):
        y = exported.value(SIGMOID, array, {})
        assert y.shape == array.shape
        np.testing.assert_allclose(y, 1 / (1 + np.exp(-array)), rtol=1e-5)
    assert len(exported._files._made) == files
    np.testing.assert_array_equal(exported.value(SIGMOID, x.reshape(4, 6), {}).ravel(), flat)


def test_rows_stay_rows(exported):
    x = np.linspace(-3, 3, 24, dtype=np.float32).reshape(2, 3, 4)
    y = exported.value(SOFTMAX, x, {})
    np.testing.assert_allclose(y.sum(axis=-1), np.ones((2, 3)), rtol=1e-6)
    assert exported.value(SOFTMAX, x[0, 0], {}).shape == (4,)
    assert exported.value(SOFTMAX, x[:0], {}).shape == (0, 3, 4)


def test_parameters_are_exported(exported):
    x = np.array([-1.0], np.float32)
    leaky = spec.activations["leaky_relu"]
    assert exported.value(leaky, x, {"negative_slope": 0.375}) == -0.375
    assert exported.value(leaky, x, {"negative_slope": 0.25}) == -0.25
    assert exported.value(leaky, x, {}) == np.float32(-0.01)


def test_what_the_exporter_refuses_is_not_offered_in_its_words(exported):
    with pytest.raises(NotOffered, match=r"torch\.onnx\.export does not take it: .*cast to type"):
        exported.value(spec.activations["elu"], np.arange(3, dtype=np.int32), {})
    with pytest.raises(NotOffered, match="no kernel for Softplus"):
        exported.value(SOFTPLUS, np.ones(3), {})


def test_one_format_that_is_refused_does_not_cost_the_others(exported, monkeypatch):
    """They are exported at once; here float16 makes that raise."""
    import torch

    real = torch.onnx.export

    def refusing(model, examples, **options):
        if any(one.dtype == torch.float16 for one in examples):
            raise RuntimeError("no float16 today\nand more")
        return real(model, examples, **options)

    monkeypatch.setattr(torch.onnx, "export", refusing)
    fresh = adapters.load("torch-onnx-onnxruntime")
    assert fresh.value(SIGMOID, np.zeros(3, np.float32), {})[0] == 0.5
    with pytest.raises(NotOffered, match=r"does not take it: no float16 today$"):
        fresh.value(SIGMOID, np.zeros(3, np.float16), {})


def test_it_is_forward_only(exported):
    x = np.ones(3, np.float32)
    asked = {
        "forward only": lambda: exported.gradient(SIGMOID, x, x, {}),
        "is forward only": lambda: exported.second(SIGMOID, x, x, {}),
        "torch-onnx-onnxruntime is forward": lambda: exported.forward(SIGMOID, x, x, {}),
        "no in-place forms": lambda: exported.in_place(SIGMOID, x, {}),
        "torch draws he_normal": lambda: exported.binding(spec.initializers["he_normal"]),
    }
    for reason, ask in asked.items():
        with pytest.raises(NotOffered, match=reason):
            ask()


def test_a_missing_exporter_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxscript", None)
    with pytest.raises(adapters.BackendMissingError) as told:
        adapters.load("torch-onnx-onnxruntime")
    assert "needs the package 'onnxscript'" in str(told.value)
    assert str(told.value).endswith("run: pip install 'actinit[torch-onnx-onnxruntime]'")


def test_what_the_exporter_says_of_itself_stays_inside(exported, recwarn, caplog, capfd):
    fresh = adapters.load("torch-onnx-onnxruntime")
    fresh.value(SILU, np.ones(3, np.float32), {})
    assert [str(one.message) for one in recwarn] == []
    assert capfd.readouterr() == ("", "")
