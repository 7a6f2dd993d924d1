"""The training that others are held to, in NumPy, each formula written out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit import reference as ref
from actinit.adapters.training import Problem, Step

__all__ = ["Reference", "optimizers"]

Array = NDArray[Any]
Rates = Mapping[str, float]
State = dict[str, Array]


def sgd(x: Array, g: Array, t: int, state: State, rates: Rates) -> None:
    """Take a step of gradient descent; see spec/training/sgd.toml."""
    x -= rates["learning_rate"] * g


def momentum(x: Array, g: Array, t: int, state: State, rates: Rates) -> None:
    """Take a step with momentum; see spec/training/momentum.toml."""
    last = state["velocity"] if "velocity" in state else np.zeros_like(x)
    state["velocity"] = rates["momentum"] * last - rates["learning_rate"] * g
    x += state["velocity"]


def _means(g: Array, state: State, rates: Rates) -> tuple[Array, Array]:
    for name, rate, value in (("mean", "beta_1", g), ("square", "beta_2", g * g)):
        last = state[name] if name in state else np.zeros_like(g)
        state[name] = rates[rate] * last + (1 - rates[rate]) * value
    return state["mean"], state["square"]


def adam(x: Array, g: Array, t: int, state: State, rates: Rates) -> None:
    """Take a step of Adam, epsilon after the correction; see spec/training/adam.toml."""
    mean, square = _means(g, state, rates)
    corrected = mean / (1 - rates["beta_1"] ** t)
    root = np.sqrt(square / (1 - rates["beta_2"] ** t))
    x -= rates["learning_rate"] * corrected / (root + rates["epsilon"])


def adam_hat(x: Array, g: Array, t: int, state: State, rates: Rates) -> None:
    """Take a step of Adam, epsilon before the correction; see spec/training/adam_hat.toml."""
    mean, square = _means(g, state, rates)
    rate = rates["learning_rate"] * (1 - rates["beta_2"] ** t) ** 0.5 / (1 - rates["beta_1"] ** t)
    x -= rate * mean / (np.sqrt(square) + rates["epsilon"])


#: Optimizers by the name of their entry.
optimizers: Mapping[str, Callable[[Array, Array, int, State, Rates], None]] = {
    "sgd": sgd, "momentum": momentum, "adam": adam, "adam_hat": adam_hat,
}  # fmt: skip


class Reference:
    """Trains in NumPy.

    Parameters
    ----------
    problem : Problem
        What to train.
    """

    #: Of the hidden layers.
    activation: Any = ref.relu
    #: What makes logarithms of probabilities of the last pre-activations.
    log_softmax: Any = ref.log_softmax

    def __init__(self, problem: Problem) -> None:
        self.parameters = problem.copy()
        self.rates = problem.rates
        self.update = optimizers[problem.optimizer.name]
        self.states: list[State] = [{} for _ in self.parameters]
        self.steps = 0

    def step(self, x: Array, y: Array) -> Step:
        """Take a step."""
        loss, gradient = self.learn(x, y)
        self.steps += 1
        self.apply(gradient)
        return Step(loss, gradient, [part.copy() for part in self.parameters])

    def apply(self, gradient: list[Array]) -> None:
        """Update the parameters."""
        for part, g, state in zip(self.parameters, gradient, self.states, strict=True):
            self.update(part, g, self.steps, state, self.rates)

    def learn(self, x: Array, y: Array) -> tuple[float, list[Array]]:
        """Return the mean loss of a batch, and its gradient."""
        inputs, sums = self.forward(x)
        loss, delta = self.loss(sums[-1], y)
        return loss, self.backward(inputs, sums, delta)

    def forward(self, x: Array) -> tuple[list[Array], list[Array]]:
        """Return the inputs of each layer, and its pre-activations."""
        inputs, sums = [x], []
        for kernel, bias in zip(self.parameters[::2], self.parameters[1::2], strict=True):
            sums.append(inputs[-1] @ kernel + bias)
            inputs.append(self.activation(sums[-1]))
        return inputs, sums

    def loss(self, z: Array, y: Array) -> tuple[float, Array]:
        """Return the mean loss of a batch, and its gradient by the last pre-activations."""
        logs = self.log_softmax(z)
        rows = np.arange(len(y))
        # d loss / d z of softmax and cross-entropy together is (p - one-hot) / n.
        delta = np.exp(logs)
        delta[rows, y] -= 1
        return -float(logs[rows, y].sum()) / self.divisor(y), delta / self.divisor(y)

    def divisor(self, y: Array) -> float:
        """Return what the sums over a batch are divided by: its size."""
        return len(y)

    def backward(self, inputs: list[Array], sums: list[Array], delta: Array) -> list[Array]:
        """Return the gradient by each parameter from that by the last pre-activations."""
        kernels = self.parameters[::2]
        gradient: list[Array] = []
        for depth in reversed(range(len(kernels))):
            gradient[:0] = [inputs[depth].T @ delta, delta.sum(axis=0)]
            if depth:
                delta = self.activation.vjp(sums[depth - 1], delta @ kernels[depth].T)
        return gradient
