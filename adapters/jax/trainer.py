"""Train in JAX as people write it: pure functions, `jax.value_and_grad`, one compiled step.

JAX itself has no optimizers; they are computed from the spec's formulas.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import pairwise
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from actinit import spec
from actinit.spec.experiment import Experiment

from ..calls import resolve
from ..lookup import bindings
from ..training import EpochFigures, Training

__all__ = ["build", "train"]

Layers = list[tuple[Any, Any]]
#: Draws a kernel as `actinit.adapters.Adapter.draw` does.
Draw = Callable[..., Any]


def build(experiment: Experiment, start: str, seed: int, draw: Draw) -> Layers:
    """Return kernel and bias of each layer, started by JAX's own initializers through `draw`."""
    network = experiment.network
    sizes = [network.inputs, *(layer.units for layer in network.dense)]
    layers: Layers = []
    for place, (shape, layer) in enumerate(zip(pairwise(sizes), network.dense, strict=True)):
        entry = spec.initializers[layer.initializer_from(start)]
        kernel = _kernel(entry, shape, (seed + place) % 2**32, draw)
        layers.append((jnp.asarray(kernel), jnp.zeros(shape[1], jnp.float32)))
    return layers


def _kernel(entry: spec.Initializer, shape: tuple[int, int], seed: int, draw: Draw) -> Any:
    """Draw a kernel by JAX's initializer, at the spec's defaults.

    Its uniform one begins at 0, whatever it is told; who wants it on both sides of 0 asks
    `jax.random`.
    """
    told = {name: parameter.default for name, parameter in entry.parameters.items()}
    if entry.name == "random_uniform":
        low, high = told["minval"], told["maxval"]
        return jax.random.uniform(jax.random.key(seed), shape, jnp.float32, low, high)
    return draw(entry, shape, np.dtype(np.float32), seed, told)


def train(training: Training, draw: Draw) -> Iterator[EpochFigures]:
    """Train from one initialization; see `actinit.adapters.Adapter.train`."""
    experiment, data, optimizer = training.experiment, training.data, training.optimizer
    weights_seed, order_seed = np.random.SeedSequence(training.seed).generate_state(2).tolist()
    layers = build(experiment, training.start, weights_seed, draw)
    states = [
        tuple({name: jnp.zeros_like(part) for name in optimizer.state} for part in layer)
        for layer in layers
    ]
    activations = [_activation(layer.activation) for layer in experiment.network.dense[:-1]]
    forward = partial(_forward, activations)
    step = jax.jit(partial(_step, optimizer, training.rates, forward))
    (x, y), (x_test, y_test) = (
        (jnp.asarray(split.x), jnp.asarray(split.y)) for split in (data.train, data.test)
    )
    key, count, size = jax.random.key(order_seed), 0, experiment.training.batch_size
    for _ in range(experiment.training.epochs):
        begun = time.perf_counter()
        key, own = jax.random.split(key)
        order = jax.random.permutation(own, len(x))
        total, right = 0.0, 0
        for first in range(0, len(x), size):
            batch = order[first : first + size]
            count += 1
            loss, hits, layers, states = step(layers, states, x[batch], y[batch], float(count))
            total, right = total + float(loss) * len(batch), right + int(hits)
        val_loss, val_right = _score(forward, layers, x_test, y_test)
        yield EpochFigures(
            loss=total / len(x),
            accuracy=right / len(x),
            val_loss=float(val_loss),
            val_accuracy=int(val_right) / len(x_test),
            seconds=time.perf_counter() - begun,
        )


def _activation(name: str) -> Callable[[Any], Any]:
    binding = bindings(spec.activations[name])["jax"]
    assert binding.function, f"bindings.toml has no function for {name}"
    return partial(resolve(binding.function), **binding.arguments)


def _forward(activations: list[Callable[[Any], Any]], layers: Layers, x: Any) -> Any:
    """Return the logits."""
    for activation, (kernel, bias) in zip(activations, layers, strict=False):
        x = activation(x @ kernel + bias)
    kernel, bias = layers[-1]
    return x @ kernel + bias


def _score(forward: Callable[..., Any], layers: Layers, x: Any, y: Any) -> tuple[Any, Any]:
    """Return the mean loss and the number of right answers."""
    logits = forward(layers, x)
    losses = jax.nn.log_softmax(logits)[jnp.arange(len(y)), y]
    return -losses.mean(), (logits.argmax(axis=1) == y).sum()


def _step(
    optimizer: spec.Optimizer,
    rates: Mapping[str, float],
    forward: Callable[..., Any],
    layers: Layers,
    states: list[Any],
    x: Any,
    y: Any,
    t: Any,
) -> tuple[Any, Any, Layers, list[Any]]:
    scored = jax.value_and_grad(partial(_score, forward), has_aux=True)
    (loss, right), gradients = scored(layers, x, y)
    moved: Layers = []
    kept: list[Any] = []
    for layer, state, gradient in zip(layers, states, gradients, strict=True):
        pairs = [
            spec.stepped(optimizer, rates, part, g, t, own, jnp)
            for part, g, own in zip(layer, gradient, state, strict=True)
        ]
        moved.append((pairs[0][0], pairs[1][0]))
        kept.append((pairs[0][1], pairs[1][1]))
    return loss, right, moved, kept
