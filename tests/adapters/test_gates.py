"""The gates of an LSTM lie where bindings say that they do."""

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


@pytest.mark.parametrize("framework", ["torch", "keras"])
def test_the_order_of_the_gates_is_told(framework: str) -> None:
    note = bindings(spec.layers["lstm"])[framework].note
    assert f"in the order {', '.join(ORDER)}" in note


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
