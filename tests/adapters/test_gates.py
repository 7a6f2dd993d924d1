"""The gates of an LSTM and of a GRU lie where bindings say that they do."""

from __future__ import annotations

import numpy as np
import pytest

from actinit import spec
from actinit.adapters import bindings

#: Memory and output of an LSTM after a step from a memory of 1, with zeros but for a large bias of
#: one gate. A gate is half open without; the cell's own input is 0.
GATES = {
    "input": (0.5, 0.5 * np.tanh(0.5)),
    "forget": (1.0, 0.5 * np.tanh(1.0)),  # all is kept
    "cell": (1.0, 0.5 * np.tanh(1.0)),  # half is kept, and half of 1 is added
    "output": (0.5, np.tanh(0.5)),
}
ORDER = ("input", "forget", "cell", "output")


@pytest.mark.parametrize("framework", ["torch", "keras", "mlx"])
def test_the_order_of_the_gates_is_told(framework: str) -> None:
    assert bindings(spec.layers["lstm"])[framework].gates == ORDER


@pytest.mark.parametrize("at", range(4))
def test_the_gates_of_torch_lie_in_that_order(at: int) -> None:
    torch = pytest.importorskip("torch")
    cell = torch.nn.LSTM(1, 1)
    with torch.no_grad():
        for weight in cell.parameters():
            weight.zero_()
        cell.bias_ih_l0[at] = 50.0
        one = torch.ones(1, 1, 1)
        # What was kept is told from what is added by a memory of 1 and of 0.
        found = [cell(0 * one, (0 * one, start * one))[1] for start in (1, 0)]
    check(at, [(float(memory), float(hidden)) for hidden, memory in found])


@pytest.mark.parametrize("at", range(4))
def test_the_gates_of_keras_lie_in_that_order(at: int) -> None:
    keras = pytest.importorskip("keras")
    cell = keras.layers.LSTMCell(1)
    zero = np.zeros((1, 1), np.float32)
    cell(zero, [zero, zero])
    bias = np.zeros(4, np.float32)
    bias[at] = 50.0
    cell.set_weights([np.zeros((1, 4)), np.zeros((1, 4)), bias])
    found = []
    for start in (1, 0):
        _, (hidden, memory) = cell(zero, [zero, zero + start])
        found.append((float(memory[0, 0]), float(hidden[0, 0])))
    check(at, found)


def check(at: int, found: list[tuple[float, float]]) -> None:
    """Hold memory and output, from a memory of 1 and of 0, to the gate that is at a place."""
    from_one, from_zero = found
    assert from_one == pytest.approx(GATES[ORDER[at]], rel=1e-5)
    assert from_zero[0] == pytest.approx(0.5 if ORDER[at] == "cell" else 0.0, abs=1e-6)


@pytest.mark.parametrize("at", range(4))
def test_the_gates_of_mlx_lie_in_that_order(at: int) -> None:
    mlx = pytest.importorskip("mlx.core")
    from mlx import nn

    cell, one = nn.LSTM(1, 1), mlx.ones((1, 1))
    cell.Wx, cell.Wh = mlx.zeros((4, 1)), mlx.zeros((4, 1))
    cell.bias = mlx.array([50.0 if place == at else 0.0 for place in range(4)])
    found = []
    for start in (1, 0):
        hidden, memory = cell(mlx.zeros((1, 1, 1)), 0 * one, start * one)
        found.append((memory.item(), hidden.item()))
    check(at, found)


# -- GRU -------------------------------------------------------------------------------------

UNITS, INPUTS = 3, 2


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def gru(weights: dict[str, list[np.ndarray]], x: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Return the units after a step: by gate, kernel and recurrent kernel, and a bias of each."""
    sums = {gate: (x @ w + b, h @ u + c) for gate, (w, u, b, c) in weights.items()}
    reset, update = (sigmoid(sum(sums[gate])) for gate in ("reset", "update"))
    new = np.tanh(sums["new"][0] + reset * sums["new"][1])
    return update * h + (1 - update) * new


@pytest.fixture(scope="module")
def weights() -> dict[str, list[np.ndarray]]:
    rng = np.random.default_rng(1)
    shapes = [(INPUTS, UNITS), (UNITS, UNITS), (UNITS,), (UNITS,)]
    return {gate: [rng.normal(size=shape) for shape in shapes] for gate in spec.layers["gru"].gates}


def packed(weights: dict[str, list[np.ndarray]], framework: str, which: int) -> np.ndarray:
    """Return one sort of weights of all gates, one after the other in the order of a framework."""
    order = bindings(spec.layers["gru"])[framework].gates
    return np.concatenate([weights[gate][which] for gate in order], axis=-1).astype(np.float32)


X, H = np.array([[0.3, -1.2]], np.float32), np.array([[0.5, -0.4, 0.9]], np.float32)


def test_the_gates_of_torch_s_gru(weights: dict[str, list[np.ndarray]]) -> None:
    torch = pytest.importorskip("torch")
    layer = torch.nn.GRU(INPUTS, UNITS)
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    with torch.no_grad():
        for which, name in enumerate(names):
            getattr(layer, name).copy_(torch.tensor(packed(weights, "torch", which).T))
        _, got = layer(torch.tensor(X[None]), torch.tensor(H[None]))
    assert got[0].numpy() == pytest.approx(gru(weights, X, H), rel=1e-5)


def test_the_gates_of_keras_s_gru(weights: dict[str, list[np.ndarray]]) -> None:
    keras = pytest.importorskip("keras")
    cell = keras.layers.GRUCell(UNITS)
    cell(X, [H])
    kernel, recurrent, *biases = (packed(weights, "keras", which) for which in range(4))
    cell.set_weights([kernel, recurrent, np.stack(biases)])
    got, _ = cell(X, [H])
    assert keras.ops.convert_to_numpy(got) == pytest.approx(gru(weights, X, H), rel=1e-5)


def test_the_gates_of_mlx_s_gru(weights: dict[str, list[np.ndarray]]) -> None:
    mlx = pytest.importorskip("mlx.core")
    from mlx import nn

    layer = nn.GRU(INPUTS, UNITS)
    layer.Wx = mlx.array(packed(weights, "mlx", 0).T)
    layer.Wh = mlx.array(packed(weights, "mlx", 1).T)
    # It has a recurrent bias for the new values alone; those of the gates add up to one.
    gates = {gate: [w, u, b + c, c] for gate, (w, u, b, c) in weights.items()}
    gates["new"][2] = weights["new"][2]
    layer.b = mlx.array(packed(gates, "mlx", 2))
    layer.bhn = mlx.array(weights["new"][3].astype(np.float32))
    got = layer(mlx.array(X[None]), mlx.array(H))
    assert np.array(got).reshape(1, -1) == pytest.approx(gru(weights, X, H), rel=1e-5)
