"""Train in NumPy, with every formula written out and the reference's own functions.

Activations, their derivatives and the initializers are `actinit.reference`'s; what stands here is
what joins them: the dense layer, backpropagation, and softmax and cross-entropy as one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from actinit import reference as ref
from actinit.adapters.training import Data, Split
from actinit.reference.activations._kinds import Activation
from actinit.spec import experiment as spec

from ..results.training import Epoch
from .numpy_optimizers import OPTIMIZERS
from .optimizers import choose

__all__ = ["Network", "Watch", "cross_entropy", "train"]

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
    network : actinit.spec.architecture.Architecture
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
        network: spec.Architecture,
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
        loss, right, delta = cross_entropy(sums[-1], y)
        # The gradient of softmax and cross-entropy together is (p - one-hot) / n.
        delta[np.arange(len(y)), y] -= 1
        delta /= len(y)
        for depth, slope in self.backward(sums, delta):
            layer = self.layers[depth]
            np.matmul(inputs[depth].T, slope, out=layer.weights_gradient)
            np.sum(slope, axis=0, out=layer.bias_gradient)
        return loss, right

    def backward(self, sums: list[Array], delta: Array) -> Iterator[tuple[int, Array]]:
        """Yield the gradient with respect to each layer's weighted sums, the last layer's first.

        Parameters
        ----------
        sums : list of ndarray
            What `forward` returned.
        delta : ndarray
            The gradient with respect to the last of them.
        """
        for depth in reversed(range(len(self.layers))):
            yield depth, delta
            if depth:
                below, weights = self.layers[depth - 1], self.layers[depth].weights
                delta = below.activation.vjp(sums[depth - 1], delta @ weights.T)

    def score(self, split: Split) -> tuple[float, float]:
        """Return mean loss and accuracy."""
        _, sums = self.forward(split.x)
        loss, right, _ = cross_entropy(sums[-1], split.y)
        return loss / len(split.y), right / len(split.y)


def cross_entropy(z: Array, y: Array) -> tuple[float, int, Array]:
    """Return the sum of -log(p[y]), the number of rows that are largest at y, and p, the softmax.

    Written out, since the two share their exponentials: -log(p[y]) = log(sum(exp(z))) - z[y], with
    the row's maximum taken off, so that no exponential overflows and none of the log's is lost.

    Parameters
    ----------
    z : ndarray
        Logits, (n, classes).
    y : ndarray of int
        Right classes, (n,).
    """
    shifted = z - z.max(axis=1, keepdims=True)
    own = shifted[np.arange(len(y)), y]
    p = np.exp(shifted)
    sums = p.sum(axis=1, keepdims=True)
    losses = np.log(sums[:, 0]) - own
    p /= sums
    right = int(np.count_nonzero(z.argmax(axis=1) == y))
    return float(losses.sum(dtype=np.float64)), right, p


#: Is shown the network before the first epoch and after each.
Watch = Callable[[Network], None]


def train(
    experiment: spec.Experiment, start: str, data: Data, seed: int, watch: Watch | None = None
) -> Iterator[Epoch]:
    """Train from one initialization, reporting after each epoch.

    Parameters
    ----------
    experiment : Experiment
        Network, optimizer, epochs and batch size.
    start : str
        Name of the initialization.
    data : Data
        What to learn from, and what to try the network on.
    seed : int
        Seeds the weights and the order of the batches.
    watch : callable, optional
        See `Watch`.

    Yields
    ------
    Epoch
        The figures of one epoch.
    """
    # Two streams, so that the order of the batches is the same from every initialization.
    weights_rng, order_rng = np.random.default_rng(seed).spawn(2)
    network = Network(experiment.network, start, weights_rng)
    entry, rates = choose(experiment.optimizer, "numpy")
    optimizer = OPTIMIZERS[entry.name](network.parameters, rates)
    size, (x, y) = experiment.training.batch_size, data.train
    watch = watch or (lambda network: None)
    watch(network)
    for _ in range(experiment.training.epochs):
        begun = time.perf_counter()
        order = order_rng.permutation(len(x))
        loss, right = 0.0, 0
        for first in range(0, len(x), size):
            batch = order[first : first + size]
            batch_loss, batch_right = network.learn(x[batch], y[batch])
            optimizer.step(network.gradient)
            loss, right = loss + batch_loss, right + batch_right
        val_loss, val_accuracy = network.score(data.test)
        yield Epoch(
            loss=loss / len(x),
            accuracy=right / len(x),
            val_loss=val_loss,
            val_accuracy=val_accuracy,
            seconds=time.perf_counter() - begun,
        )
        watch(network)
