"""A device is part of a backend's name; what stands in for an accelerator is a second CPU."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from helpers.installed import loaded
from helpers.patience import PATIENCE

from actinit import adapters, spec
from actinit.adapters import AdapterError, BackendMissingError, NotOffered
from actinit.conformance.backend.eager import eager_name
from actinit.conformance.check import LOAD
from actinit.conformance.plan import activation_checks

GELU, PRELU = spec.activations["gelu"], spec.activations["leaky_relu"]
X = np.array([-2, -0.5, 0.25, 1.5], np.float32)
ONES = np.ones_like(X)
#: JAX and TensorFlow make several devices of one processor, so that one can be told from another.
SECOND_CPU = {
    "jax": """
import os
os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=2"
import jax
def where(tensor): return next(iter(tensor.devices())).id
""",
    "tensorflow": """
import tensorflow
cpu, = tensorflow.config.list_physical_devices("CPU")
halves = [tensorflow.config.LogicalDeviceConfiguration()] * 2
tensorflow.config.set_logical_device_configuration(cpu, halves)
def where(tensor): return int(tensor.device.rpartition(":")[2])
""",
}
ASKED = """
import numpy as np
from actinit import adapters, spec
from actinit.adapters import NotOffered
x, entry = np.array([-2, -0.5, 0.25, 1.5], np.float32), spec.activations["gelu"]
plain, placed = adapters.load("{name}"), adapters.load("{name}@cpu:1")
assert placed.name == "{name}@cpu:1", placed.name
assert (where(plain.engine.tensor(x)), where(placed.engine.tensor(x))) == (0, 1)
seen = []
array = type(placed.engine).array
placed.engine.array = lambda tensor: (seen.append(where(tensor)), array(placed.engine, tensor))[1]
for ask in (
    lambda one: one.value(entry, x, {{}}),
    lambda one: one.gradient(entry, x, x, {{}}),
    lambda one: one.second(entry, x, x, {{}}),
    lambda one: one.forward(entry, x, x, {{}}),
    lambda one: one.draw(spec.initializers["he_normal"], (3, 4), np.dtype("f4"), 7, {{}}),
):
    try:
        right = ask(plain)
    except NotOffered:
        continue
    np.testing.assert_array_equal(ask(placed), right)
assert len(seen) >= 4 and set(seen) == {{1}}, seen
"""


@pytest.mark.parametrize("name", SECOND_CPU)
def test_everything_is_computed_on_the_device(name):
    loaded(name)
    lines = SECOND_CPU[name] + ASKED.format(name=name)
    done = subprocess.run(
        [sys.executable, "-c", lines], env={**os.environ, "JAX_PLATFORMS": "cpu"},
        capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.fixture
def placed():
    loaded("torch")
    return adapters.load("torch@cpu")


def test_torch_gives_the_same_bits_where_it_is_told_to_be(placed):
    torch = adapters.load("torch")
    assert placed.name == "torch@cpu"
    for ask in (
        lambda one: one.value(GELU, X, {}),
        lambda one: one.gradient(GELU, X, ONES, {}),
        lambda one: one.layer(GELU, X, {}),
        lambda one: one.draw(spec.initializers["he_normal"], (3, 4), X.dtype, 7, {}),
        lambda one: one.builder(spec.layers["dense"], X.dtype, 7)()["kernel"],
    ):
        np.testing.assert_array_equal(ask(placed), ask(torch))


def test_torch_makes_tensors_layers_and_draws_on_the_device():
    import torch

    loaded("torch")
    placed = adapters.load("torch@meta")  # has shapes and no numbers
    assert placed.engine.tensor(X).device.type == "meta"
    assert placed.engine.tensor(X.astype("bfloat16")).device.type == "meta"
    with placed.engine.here():
        assert torch.nn.Linear(2, 3).weight.device.type == "meta"
    assert torch.nn.Linear(2, 3).weight.device.type == "cpu"
    assert adapters.load("torch").engine.tensor(X).device.type == "cpu"


def test_a_device_that_is_not_there_is_told_with_those_that_are():
    import torch

    loaded("torch")
    with pytest.raises(BackendMissingError, match=r"computes on no device 'cdua' here.*it has cpu"):
        adapters.load("torch@cdua")
    if not torch.cuda.is_available():
        with pytest.raises(BackendMissingError, match="no device 'cuda' here: Torch not compiled"):
            adapters.load("torch@cuda")


@pytest.mark.parametrize("name", ["jax", "tensorflow"])
def test_a_device_that_others_lack_is_told_too(name):
    loaded(name)
    with pytest.raises(BackendMissingError, match=f"{name} computes on no device 'tup' here; it"):
        adapters.load(f"{name}@tup")


def test_what_has_no_choice_says_so():
    with pytest.raises(AdapterError, match="numpy has no choice of a device: got 'cuda'"):
        adapters.load("numpy@cuda")
    with pytest.raises(spec.UnknownNameError, match="did you mean 'torch'"):
        adapters.load("trch@cuda")
    with pytest.raises(AdapterError, match=r"there is no file at@home/mine\.py"):
        adapters.load("at@home/mine.py:Mine")


def test_every_device_is_one_that_its_framework_can_be_placed_on():
    for name, framework in adapters.frameworks().items():
        if framework.devices:
            adapter = loaded(name)
            with pytest.raises(BackendMissingError, match=f"{name} computes on no device"):
                adapter.place("no-such-device")


def test_training_is_asked_where_a_framework_computes_by_itself(placed):
    with pytest.raises(NotOffered, match="training is asked of torch where it computes by itself"):
        placed.trainer()


def test_a_compiled_mode_is_held_to_the_eager_one_of_its_device():
    loaded("torch")
    adapter = adapters.load("torch")
    for name, eager in {
        "torch": None, "torch@cuda": None, "torch-compile": "torch",
        "torch-compile@cuda": "torch@cuda",
    }.items():  # fmt: skip
        adapter.name = name
        assert eager_name(adapter) == eager


def test_lines_to_paste_name_the_device(placed):
    (check,) = [one for one in activation_checks(GELU) if one.id.endswith("/float32/value/ulp")]
    assert f'adapters.load("{LOAD}")' in check.snippet(placed, None)
