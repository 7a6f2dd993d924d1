"""A backend in another process: bits, errors and state come through, and it may end at any time."""

from __future__ import annotations

import os
import sys

import numpy as np
import pytest

from actinit import spec
from actinit.adapters import AdapterError, NotOffered
from actinit.adapters.elsewhere.adapter import Elsewhere, RaisedElsewhereError
from actinit.conformance.formats import FORMATS

CODE = """
import os, sys
import numpy as np
from actinit.adapters import Adapter, NotOffered

class Mine(Adapter):
    name = "mine"
    def versions(self):
        return {"mine": os.environ.get("MINE", "1.0")}
    def value(self, entry, x, parameters):
        print("on the standard output", flush=True)
        os.write(1, b"and below it")
        if entry.name == "relu":
            return x[..., ::-1]
        if entry.name == "tanh":
            raise NotOffered("no tanh")
        if entry.name == "elu":
            raise NotImplementedError("no kernel")
        if entry.name == "silu":
            os._exit(7)
        raise FloatingPointError(f"of {entry.name} at {parameters}")
    def gradient(self, entry, x, upstream, parameters):
        return x * upstream
    def source(self, entry, dtype, seed, parameters):
        rng = np.random.default_rng(seed)
        return lambda shape: rng.standard_normal(shape).astype(dtype)
    def builder(self, entry, dtype, seed, start=None):
        return lambda: {"kernel": np.full((2, 2), seed, dtype), "bias": np.zeros(2, dtype)}
"""
RELU = spec.activations["relu"]


@pytest.fixture
def file(tmp_path):
    place = tmp_path / "mine.py"
    place.write_text(CODE)
    return place


@pytest.fixture
def started(file):
    came = []
    found = Elsewhere(sys.executable, f"{file}:Mine", dict(os.environ), on_array=came.append)
    yield found, came
    found.stop()


@pytest.mark.parametrize("name", FORMATS)
def test_arrays_come_back_bit_for_bit(started, name):
    fmt = FORMATS[name]
    bits = np.arange(256, dtype=np.uint64) * (2**fmt.width // 256)
    x = fmt.from_bits(bits.astype(fmt.bits)).reshape(4, 64)
    got = started[0].value(RELU, x, {})
    assert got.dtype == x.dtype
    assert (got.view(fmt.bits) == x[:, ::-1].copy().view(fmt.bits)).all()
    assert got.flags.writeable


def test_shapes_without_dimensions_and_without_elements_come_through(started):
    for shape in ((), (0,), (2, 0, 3)):
        x = np.ones(shape, np.float32)
        assert started[0].gradient(RELU, x, x, {}).shape == shape


def test_what_it_is_is_told_and_what_came_back_is_seen(started):
    backend, came = started
    assert (backend.name, backend.versions()) == ("mine", {"mine": "1.0"})
    assert backend.hello.python.startswith("3.")
    x = np.ones(2, np.float32)
    backend.gradient(RELU, x, 2 * x, {})
    assert [one.tolist() for one in came] == [[2.0, 2.0]]


def test_what_is_raised_keeps_its_name_and_its_words(started):
    backend, x = started[0], np.ones(2, np.float32)
    with pytest.raises(NotOffered, match="no tanh"):
        backend.value(spec.activations["tanh"], x, {})
    with pytest.raises(NotImplementedError, match="no kernel"):
        backend.value(spec.activations["elu"], x, {})
    with pytest.raises(RaisedElsewhereError, match=r"of gelu at \{'a': 2\.0\}") as raised:
        backend.value(spec.activations["gelu"], x, {"a": 2.0})
    assert type(raised.value).__name__ == "FloatingPointError"
    assert backend.gradient(RELU, x, x, {}).tolist() == [1, 1]


def test_a_source_goes_on_where_it_was(started):
    backend, entry = started[0], spec.initializers["he_normal"]
    rng = np.random.default_rng(5)
    source, other = (backend.source(entry, np.dtype("float32"), seed, {}) for seed in (5, 6))
    first, second = source((2, 3)), source((4,))
    assert other((2, 3)).tolist() != first.tolist()
    assert first.tolist() == rng.standard_normal((2, 3)).astype(np.float32).tolist()
    assert second.tolist() == rng.standard_normal(4).astype(np.float32).tolist()
    assert backend.draw(entry, (2, 3), np.dtype("float32"), 5, {}).tolist() == first.tolist()


def test_a_layer_is_built(started):
    build = started[0].builder(spec.layers["dense"], np.dtype("float32"), 3)
    assert {name: one.tolist() for name, one in build().items()} == {
        "kernel": [[3, 3], [3, 3]], "bias": [0, 0],
    }  # fmt: skip


def test_one_that_ends_is_started_again(started):
    backend, x = started[0], np.ones(2, np.float32)
    with pytest.raises(RuntimeError, match="it ended with status 7"):
        backend.value(spec.activations["silu"], x, {})
    assert backend.gradient(RELU, x, x, {}).tolist() == [1, 1]
    backend.stop()
    assert backend.gradient(RELU, x, x, {}).tolist() == [1, 1]


def test_variables_are_those_that_are_given(file):
    found = Elsewhere(sys.executable, f"{file}:Mine", {**os.environ, "MINE": "2.0"})
    assert found.versions() == {"mine": "2.0"}
    found.stop()


@pytest.mark.parametrize(
    ("python", "backend", "told"),
    [
        ("/nowhere/python", "numpy", "/nowhere/python cannot be started"),
        (sys.executable, "trch", "did you mean 'torch'"),
        (sys.executable, "nowhere.py:Mine", "there is no file nowhere.py"),
    ],
)
def test_one_that_cannot_be_loaded_says_why(python, backend, told):
    with pytest.raises(AdapterError, match=told):
        Elsewhere(python, backend, dict(os.environ))


def test_one_that_cannot_be_imported_says_its_last_words(tmp_path):
    module = tmp_path / "actinit" / "adapters" / "elsewhere"
    module.mkdir(parents=True)
    for place in (module, module.parent, module.parent.parent):
        (place / "__init__.py").write_text("")
    (module / "serve.py").write_text("raise SystemExit('this Python is too old')")
    with pytest.raises(AdapterError, match=r"ended with status 1.*this Python is too old"):
        Elsewhere(sys.executable, "numpy", {**os.environ, "PYTHONPATH": str(tmp_path)})
