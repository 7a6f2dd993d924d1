"""What is seen inside of a network."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from actinit.adapters.training import Data
from actinit.conformance.training import layers
from actinit.conformance.training.numpy_trainer import Network
from actinit.spec.experiment import Experiment, experiment

Shortened = Callable[..., Experiment]


def test_each_start_is_looked_at_before_and_after(pictures: Data, shortened: Shortened) -> None:
    found = layers.observe(shortened(epochs=2), pictures, ["zeros", "he_normal"], 0)
    assert [(one.start, one.epoch) for one in found.moments] == [
        ("zeros", 0), ("zeros", 2), ("he_normal", 0), ("he_normal", 2),
    ]  # fmt: skip
    zeros, _, before, after = (one.states for one in found.moments)
    assert [state.dead for state in zeros] == [1.0, 1.0, None]
    assert zeros[0].gradients.zeros == 1.0  # nothing comes back through layers of zeros
    assert sum(zeros[0].sums.counts) == 0
    assert before[0].weights.stddev != after[0].weights.stddev
    # He's normal distribution, of a layer of 784 inputs: 100,352 weights show it to a hundredth.
    assert abs(before[0].weights.stddev / np.sqrt(2 / 784) - 1) < 0.01


def test_counts_and_shares_are_those_of_the_values(pictures: Data) -> None:
    plan = experiment("mnist_mlp")
    network = Network(plan.network, "he_normal", np.random.default_rng(1))
    network.layers[0].bias[:3] = -100  # three units that nothing brings to life
    states = list(layers._states(network, pictures.test))
    outputs = np.maximum(pictures.test.x @ network.layers[0].weights + network.layers[0].bias, 0)
    first = states[0]
    assert first.dead == (outputs == 0).all(axis=0).mean() >= 3 / 128
    assert first.outputs is not None
    assert first.outputs.zeros == (outputs == 0).mean()
    assert sum(first.outputs.counts) == np.count_nonzero(outputs)
    assert first.gradients.high <= 1  # logarithms: of sizes below 10
