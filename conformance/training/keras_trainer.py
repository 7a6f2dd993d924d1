"""Train in Keras as the article does: a `Sequential` of `Dense`, `compile` and `fit`.

Keras runs on whichever engine the adapter chose before it was imported.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import keras

from actinit.spec.experiment import Experiment

from .data import Data
from .results import Epoch

__all__ = ["build", "train"]


def build(experiment: Experiment, start: str) -> keras.Model:
    """Return the compiled network; activations and starts go by the names the article uses."""
    network, adam = experiment.network, experiment.optimizer
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
        optimizer=keras.optimizers.Adam(
            learning_rate=adam.learning_rate,
            beta_1=adam.beta_1,
            beta_2=adam.beta_2,
            epsilon=adam.epsilon,
        ),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def train(experiment: Experiment, start: str, data: Data, seed: int) -> Iterator[Epoch]:
    """Train from one start; see `actinit.conformance.training.numpy_trainer.train`."""
    keras.utils.set_random_seed(seed)
    model = build(experiment, start)
    for epoch in range(experiment.training.epochs):
        begun = time.perf_counter()
        # An epoch a call, to report as it goes; the figures are those of a single call.
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
