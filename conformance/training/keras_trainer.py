"""Train in Keras as the article does: a `Sequential` of `Dense`, `compile` and `fit`.

Keras runs on whichever engine the adapter chose before it was imported.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import keras
import numpy as np

from actinit.adapters.base import resolve
from actinit.spec.experiment import Experiment

from .data import Data
from .optimizers import choose
from .results import Epoch

__all__ = ["build", "train"]


def build(experiment: Experiment, start: str) -> keras.Model:
    """Return the compiled network; activations and starts go by the names the article uses."""
    network = experiment.network
    entry, rates = choose(experiment.optimizer, "keras")
    binding = entry.backends["keras"]
    model = keras.Sequential([keras.Input((network.inputs,))])
    for layer in network.layers:
        model.add(
            keras.layers.Dense(
                layer.units,
                activation=layer.activation,
                kernel_initializer=layer.initializer_from(start),
            )
        )
    model.compile(
        optimizer=resolve(binding.function)(**binding.keywords(rates)),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def train(experiment: Experiment, start: str, data: Data, seed: int) -> Iterator[Epoch]:
    """Train from one start; see `actinit.conformance.training.numpy_trainer.train`."""
    epochs = experiment.training.epochs
    weights_seed, *epoch_seeds = np.random.SeedSequence(seed).generate_state(1 + epochs).tolist()
    keras.utils.set_random_seed(weights_seed)
    model = build(experiment, start)
    for epoch, epoch_seed in enumerate(epoch_seeds):
        begun = time.perf_counter()
        # Once seeded, Keras over TensorFlow feeds the batches in the same order in every epoch
        # (Keras 3.15.1, TensorFlow 2.21.0; over JAX and PyTorch it does not). The experiment
        # shuffles anew, so each epoch is a call of its own, with a seed of its own.
        keras.utils.set_random_seed(epoch_seed)
        history = model.fit(
            *data.train,
            batch_size=experiment.training.batch_size,
            initial_epoch=epoch,
            epochs=epoch + 1,
            validation_data=data.test,
            verbose=0,
        ).history
        seconds = time.perf_counter() - begun
        yield Epoch(**{name: float(value) for name, (value,) in history.items()}, seconds=seconds)
