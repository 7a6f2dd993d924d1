"""What changes from one framework to another: complete, and with lines that run and do it."""

from __future__ import annotations

import inspect
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "docs" / "_ext"))

from actinit_site.content import defaults, port
from actinit_site.results import Results

from actinit import spec
from actinit.adapters import bindings
from actinit.adapters.calls import resolve

FUNCTIONS = [*spec.activations.values(), *spec.initializers.values()]


@pytest.fixture(scope="module")
def pairs() -> dict[str, port.Pair]:
    return {pair.id: pair for pair in port.pairs(Results(Path("nowhere")))}


def found(pair: port.Pair, what: str) -> port.Difference:
    (one,) = (one for one in pair.differences if one.what == what)
    return one


def test_a_pair_tells_what_differs_both_ways(pairs: dict[str, port.Pair]) -> None:
    there = found(pairs["keras-to-torch"], "negative_slope of torch.nn.LeakyReLU")
    assert (there.before, there.after) == ("0.3", "0.01")
    assert there.line == "torch.nn.LeakyReLU(negative_slope=0.3)"
    back = found(pairs["torch-to-keras"], "negative_slope of keras.layers.LeakyReLU")
    assert (back.before, back.after) == ("0.01", "0.3")
    function = found(pairs["torch-to-tensorflow"], "negative_slope of tensorflow.nn.leaky_relu")
    assert function.line == "tensorflow.nn.leaky_relu(x, alpha=0.01)"


def test_layers_and_forms_and_updates_are_told(pairs: dict[str, port.Pair]) -> None:
    pair = pairs["keras-to-torch"]
    start = found(pair, "kernel of torch.nn.Linear")
    assert start.before == "glorot_uniform"
    assert start.line.startswith("torch.nn.init.xavier_uniform_(layer.weight")
    assert found(pair, "the update of Adam").after.startswith("adam: ")
    form = found(pairs["jax-to-torch"], "gelu")
    assert form.before.startswith("gelu_tanh: ")
    assert form.line == "torch.nn.functional.gelu(x, approximate='tanh')"
    assert "gelu" not in [one.what for one in pairs["keras-to-torch"].differences]


def test_what_differs_together_is_kept_by_one_line(pairs: dict[str, port.Pair]) -> None:
    one = found(pairs["keras-to-torch"], "minval, maxval of torch.nn.init.uniform_")
    assert (one.before, one.after) == ("-0.05, 0.05", "0, 1")
    assert one.line == "torch.nn.init.uniform_(weights, a=-0.05, b=0.05)"


def test_settings_are_told_with_their_meaning(pairs: dict[str, port.Pair]) -> None:
    one = found(pairs["keras-to-torch"], "momentum of torch.nn.BatchNorm1d")
    assert (one.before, one.after) == ("momentum=0.99", "momentum=0.1")
    assert one.line == "torch.nn.BatchNorm1d(…, momentum=0.01)"
    one = found(pairs["torch-to-keras"], "epsilon of keras.layers.LayerNormalization")
    assert one.line == "keras.layers.LayerNormalization(…, epsilon=1e-05)"


@pytest.mark.parametrize(("source", "target"), [("keras", "torch"), ("torch", "keras")])
def test_the_gates_of_a_gru_are_brought_into_the_other_order(
    pairs: dict[str, port.Pair], source: str, target: str
) -> None:
    torch, keras = pytest.importorskip("torch"), pytest.importorskip("keras")
    names = {"torch": "torch.nn.GRU", "keras": "keras.layers.GRU"}
    one = found(pairs[f"{source}-to-{target}"], f"order of the gates of {names[target]}")
    assert {one.before, one.after} == {"update, reset, new", "reset, update, new"}
    x = np.random.default_rng(1).normal(size=(1, 5, 4)).astype(np.float32)
    layer = keras.layers.GRU(3, return_sequences=True)
    layer(x)
    ported = torch.nn.GRU(4, 3, batch_first=True)

    def moved(kernel: np.ndarray) -> np.ndarray:
        return eval(one.line, {"numpy": np, "kernel": kernel})

    state = {name: value.detach().numpy() for name, value in ported.state_dict().items()}
    kernels = ("weight_ih_l0", "weight_hh_l0")
    biases = ("bias_ih_l0", "bias_hh_l0")
    if source == "torch":
        # Of a bias, which has no second side, a column does.
        flat = [moved(state[name][:, None])[0] for name in biases]
        layer.set_weights([*(moved(state[name]) for name in kernels), np.stack(flat)])
    else:
        kernel, recurrent, bias = layer.get_weights()
        new = [moved(kernel), moved(recurrent), *(moved(row[None])[:, 0] for row in bias)]
        ported.load_state_dict({k: torch.tensor(v) for k, v in zip(state, new, strict=True)})
    with torch.no_grad():
        theirs = ported(torch.tensor(x))[0].numpy()
    ours = keras.ops.convert_to_numpy(layer(x))
    assert theirs == pytest.approx(ours, rel=1e-4, abs=1e-6)


def test_gates_in_one_order_are_not_told(pairs: dict[str, port.Pair]) -> None:
    for pair in ("keras-to-torch", "torch-to-mlx"):
        lstm = [one.what for one in pairs[pair].differences if one.entry.name == "lstm"]
        assert not [what for what in lstm if "gates" in what]


def test_the_reference_is_no_framework_to_port_to(pairs: dict[str, port.Pair]) -> None:
    assert not [id for id in pairs if "numpy" in id]


def test_of_names_with_several_meanings_one_is_the_usual() -> None:
    for name in defaults.shared_names(FUNCTIONS):
        usual = [
            entry.name
            for entry, arguments in name.meant
            if not arguments or bindings(entry)[name.framework].usual
        ]
        assert len(usual) == 1, name


@pytest.mark.parametrize("framework", ["torch", "tensorflow", "keras", "jax"])
def test_usual_arguments_are_the_function_s_own(framework: str) -> None:
    pytest.importorskip(framework)
    asked = [
        (entry, binding)
        for entry in FUNCTIONS
        if (binding := bindings(entry).get(framework)) and binding.usual
    ]
    assert asked
    for entry, binding in asked:
        if binding.function.startswith("torch.nn.functional."):
            continue  # builtins, which have no signature; none of them needs arguments
        signature = inspect.signature(resolve(binding.function))
        for word, value in binding.arguments.items():
            assert signature.parameters[word].default == value, (entry.name, word)


def made(path: str, layer: spec.Layer, framework: str) -> Any:
    binding = bindings(layer)[framework]
    return resolve(path)(**binding.constructor(layer.examples))


@pytest.mark.parametrize("source", ["keras", "mlx", "jax", "tensorflow"])
def test_lines_for_torch_run_and_keep_what_was(pairs: dict[str, port.Pair], source: str) -> None:
    torch = pytest.importorskip("torch")
    ran = 0
    for one in pairs[f"{source}-to-torch"].differences:
        if not one.line or "…" in one.line:  # what the layer is made from is the reader's
            continue
        names: dict[str, Any] = {"torch": torch, "x": torch.ones(3), "weights": torch.empty(64, 32)}
        names |= {"numpy": np, "kernel": np.ones((12, 12))}
        if isinstance(one.entry, spec.Layer):
            path = one.what.rpartition(" of ")[2]
            names["layer"] = made(path, one.entry, "torch")
        eval(one.line, names)
        ran += 1
    assert ran


def test_a_line_draws_what_the_other_framework_draws(pairs: dict[str, port.Pair]) -> None:
    torch = pytest.importorskip("torch")
    layer = torch.nn.Linear(300, 100)
    line = found(pairs["keras-to-torch"], "kernel of torch.nn.Linear").line
    eval(line, {"torch": torch, "layer": layer})
    limit = math.sqrt(6 / 400)  # glorot_uniform's
    assert 0.99 * limit < float(layer.weight.detach().abs().max()) <= limit


def test_lines_for_keras_run(pairs: dict[str, port.Pair]) -> None:
    keras = pytest.importorskip("keras")
    slope = found(pairs["torch-to-keras"], "negative_slope of keras.activations.leaky_relu").line
    got = eval(slope, {"keras": keras, "x": np.array([-1.0], np.float32)})
    assert float(got[0]) == pytest.approx(-0.01)
    bias = found(pairs["mlx-to-keras"], "kernel of keras.layers.Dense").line
    assert not bias or "kernel_initializer=" in bias
