"""Train in Keras as the article does: a `Sequential` of layers, `compile` and `fit`.

Keras runs on whichever engine the adapter chose before it was imported.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from actinit import spec
from actinit.spec.architecture import Conv2D, Dense, Flatten, Reshape
from actinit.spec.experiment import Experiment, Weights

from ..calls import keywords, resolve
from ..lookup import bindings
from ..training import EpochFigures, Training

__all__ = ["build", "train"]


def build(experiment: Experiment, start: str) -> keras.Model:
    """Return the network, started by Keras's own initializers."""
    network = experiment.network
    model = keras.Sequential([keras.Input((network.inputs,))])
    for layer in network.layers:
        match layer:
            case Reshape():
                model.add(keras.layers.Reshape((layer.height, layer.width, 1)))
            case Flatten():
                model.add(keras.layers.Flatten())
            case Dense():
                own = _started(layer, experiment.weights(layer, start))
                model.add(keras.layers.Dense(layer.units, **own))
            case Conv2D():
                own = _started(layer, experiment.weights(layer, start))
                # "same" puts more zeros below and to the right where the stride is 2.
                if layer.padding:
                    model.add(keras.layers.ZeroPadding2D(layer.padding))
                model.add(keras.layers.Conv2D(layer.filters, layer.kernel, layer.stride, **own))
    return model


def _started(layer: Conv2D | Dense, drawn: Weights) -> dict[str, Any]:
    """Return the options of a layer with weights: its activation, and what draws its kernel."""
    entry = spec.initializers[drawn.initializer]
    binding = bindings(entry)["keras"]
    assert binding.function, f"bindings.toml has no initializer for {entry.name}"
    initializer = resolve(binding.function)(**keywords(entry, binding, drawn.parameters))
    return {"activation": layer.activation, "kernel_initializer": initializer}


def train(training: Training) -> Iterator[EpochFigures]:
    """Train from one initialization; see `actinit.adapters.Adapter.train`."""
    schedule, data = training.experiment.training, training.data
    seeds = np.random.SeedSequence(training.seed).generate_state(1 + schedule.epochs)
    weights_seed, *epoch_seeds = seeds.tolist()
    keras.utils.set_random_seed(weights_seed)
    model = build(training.experiment, training.start)
    binding = bindings(training.optimizer)["keras"]
    model.compile(
        optimizer=resolve(binding.function)(**binding.keywords(training.rates)),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    for epoch, epoch_seed in enumerate(epoch_seeds):
        begun = time.perf_counter()
        # Once seeded, Keras over TensorFlow feeds the batches in the same order in every epoch
        # (Keras 3.15.1, TensorFlow 2.21.0; over JAX and PyTorch it does not). The experiment
        # shuffles anew, so each epoch is a call of its own, with a seed of its own.
        keras.utils.set_random_seed(epoch_seed)
        history = model.fit(
            *data.train,
            batch_size=schedule.batch_size,
            initial_epoch=epoch,
            epochs=epoch + 1,
            validation_data=data.test,
            verbose=0,
        ).history
        seconds = time.perf_counter() - begun
        figures = {name: float(value) for name, (value,) in history.items()}
        yield EpochFigures(**figures, seconds=seconds)
