"""Train in NumPy, with every formula written out and the reference's own functions.

Activations, their derivatives and the initializers are `actinit.reference`'s; what stands here is
what joins them: the dense layer, the loss, backpropagation and Adam.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from actinit import reference as ref
from actinit.reference.activations._kinds import Activation
from actinit.spec import experiment as spec

from .data import Data, Split
from .results import Epoch

__all__ = ["Adam", "Network", "train"]

Array = NDArray[Any]


@dataclass(frozen=True)
class Dense:
    """A dense layer; weights and gradients are views into the network's two vectors."""

    weights: Array  #: (inputs, units)
    bias: Array  #: (units,)
    weights_gradient: Array
    bias_gradient: Array
    activation: Activation


class Network:
    """Dense layers, a softmax and the cross-entropy.

    Parameters
    ----------
    network : actinit.spec.experiment.Network
        Inputs and layers.
    start : str
        Name of the initializer for the layers that the experiment varies.
    rng : numpy.random.Generator
        Draws the weights.
    dtype : dtype, optional
        Of all parameters.

    Attributes
    ----------
    parameters, gradient : ndarray
        All weights and biases, and the gradient of the last batch's loss, each in one vector so
        that the optimizer needs no loop over layers.
    """

    def __init__(
        self,
        network: spec.Network,
        start: str,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
    ) -> None:
        sizes = [network.inputs, *(layer.units for layer in network.dense)]
        total = sum((inputs + 1) * units for inputs, units in pairwise(sizes))
        self.parameters = np.zeros(total, dtype)
        self.gradient = np.zeros(total, dtype)
        self.layers: list[Dense] = []
        at = 0
        for inputs, layer in zip(sizes, network.dense, strict=False):
            shape, bias = (inputs, layer.units), at + inputs * layer.units
            end = bias + layer.units
            dense = Dense(
                weights=self.parameters[at:bias].reshape(shape),
                bias=self.parameters[bias:end],
                weights_gradient=self.gradient[at:bias].reshape(shape),
                bias_gradient=self.gradient[bias:end],
                activation=ref.activations[layer.activation],
            )
            initializer = ref.initializers[layer.initializer_from(start)]
            dense.weights[:] = initializer(shape, rng=rng, dtype=dtype)
            self.layers.append(dense)
            at = end

    def forward(self, x: Array) -> tuple[list[Array], list[Array]]:
        """Return what enters each layer and the weighted sums that it makes of it."""
        inputs, sums = [x], []
        for layer in self.layers:
            z = inputs[-1] @ layer.weights
            z += layer.bias
            sums.append(z)
            if layer is not self.layers[-1]:  # The last layer's softmax belongs to the loss.
                inputs.append(layer.activation(z))
        return inputs, sums

    def learn(self, x: Array, y: Array) -> tuple[float, int]:
        """Set `gradient` to that of the mean loss over a batch.

        Parameters
        ----------
        x : ndarray
            Pictures, (n, inputs).
        y : ndarray of int
            Their classes, (n,).

        Returns
        -------
        tuple of float and int
            The sum of the losses and the number of right answers.
        """
        inputs, sums = self.forward(x)
        # d loss / d z of softmax and cross-entropy together is (p - one-hot) / n.
        delta = self.layers[-1].activation(sums[-1])
        delta[np.arange(len(y)), y] -= 1
        delta /= len(y)
        for depth in reversed(range(len(self.layers))):
            layer = self.layers[depth]
            np.matmul(inputs[depth].T, delta, out=layer.weights_gradient)
            np.sum(delta, axis=0, out=layer.bias_gradient)
            if depth:
                below = self.layers[depth - 1]
                delta = below.activation.vjp(sums[depth - 1], delta @ layer.weights.T)
        return _score(sums[-1], y)

    def score(self, split: Split) -> tuple[float, float]:
        """Return mean loss and accuracy."""
        _, sums = self.forward(split.x)
        loss, right = _score(sums[-1], split.y)
        return loss / len(split.y), right / len(split.y)


def _score(z: Array, y: Array) -> tuple[float, int]:
    """Return the sum of -log(softmax(z)[y]) and the number of rows that are largest at y."""
    losses = ref.log_softmax(z)[np.arange(len(y)), y]
    return -float(losses.sum(dtype=np.float64)), int(np.count_nonzero(z.argmax(axis=1) == y))


class Adam:
    """Adam as in Kingma and Ba, 2015, on one vector of parameters, in place.

    Parameters
    ----------
    optimizer : actinit.spec.experiment.Adam
        The rates and the form of epsilon.
    parameters : ndarray
        What `step` changes.
    """

    def __init__(self, optimizer: spec.Adam, parameters: Array) -> None:
        self.optimizer, self.parameters = optimizer, parameters
        self.mean = np.zeros_like(parameters)
        self.square = np.zeros_like(parameters)
        self.work = np.empty_like(parameters)
        self.steps = 0

    def step(self, gradient: Array) -> None:
        """Move the parameters by one step."""
        adam, m, v, work = self.optimizer, self.mean, self.square, self.work
        self.steps += 1
        correction = (1 - adam.beta_2**self.steps) ** 0.5
        rate = adam.learning_rate * correction / (1 - adam.beta_1**self.steps)
        epsilon = adam.epsilon
        if adam.epsilon_form == "after_bias_correction":
            epsilon *= correction
        # m += (1 - beta_1) * (g - m)
        np.subtract(gradient, m, out=work)
        work *= 1 - adam.beta_1
        m += work
        # v += (1 - beta_2) * (g * g - v)
        np.multiply(gradient, gradient, out=work)
        work -= v
        work *= 1 - adam.beta_2
        v += work
        # x -= rate * m / (sqrt(v) + epsilon)
        np.sqrt(v, out=work)
        work += epsilon
        np.divide(m, work, out=work)
        work *= rate
        self.parameters -= work


def train(experiment: spec.Experiment, start: str, data: Data, seed: int) -> Iterator[Epoch]:
    """Train from one start, reporting after each epoch.

    Parameters
    ----------
    experiment : Experiment
        Network, optimizer, epochs and batch size.
    start : str
        Name of the start.
    data : Data
        What to learn from, and what to try the network on.
    seed : int
        Seeds the weights and the order of the batches.

    Yields
    ------
    Epoch
        The figures of one epoch.
    """
    # Two streams, so that the order of the batches is the same from every start.
    weights_rng, order_rng = np.random.default_rng(seed).spawn(2)
    network = Network(experiment.network, start, weights_rng)
    adam = Adam(experiment.optimizer, network.parameters)
    size, (x, y) = experiment.training.batch_size, data.train
    for _ in range(experiment.training.epochs):
        begun = time.perf_counter()
        order = order_rng.permutation(len(x))
        loss, right = 0.0, 0
        for first in range(0, len(x), size):
            batch = order[first : first + size]
            batch_loss, batch_right = network.learn(x[batch], y[batch])
            adam.step(network.gradient)
            loss, right = loss + batch_loss, right + batch_right
        val_loss, val_accuracy = network.score(data.test)
        yield Epoch(
            loss=loss / len(x),
            accuracy=right / len(x),
            val_loss=val_loss,
            val_accuracy=val_accuracy,
            seconds=time.perf_counter() - begun,
        )
