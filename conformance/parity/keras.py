"""Train in Keras, on whichever engine runs it: `compile` and `train_on_batch`.

Everything is told to be of the problem's dtype: the layers, and Keras's default, which decides what
the optimizer keeps its rates in. What Keras then still holds in float32 is for the comparison to
find.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from actinit.adapters.base import resolve

from .problem import Problem, Step

__all__ = ["Trainer"]


class Trainer:
    """Trains in Keras.

    Parameters
    ----------
    problem : Problem
        What to train.
    logits : bool, optional
        Whether the network ends before the softmax, which is then the loss's. Keras advises it:
        of probabilities the loss is clipped, over some engines.
    """

    def __init__(self, problem: Problem, logits: bool = False) -> None:
        kernels = problem.start[::2]
        self.dtype = problem.dtype.name
        with _default(self.dtype):
            self.model = keras.Sequential([keras.Input((kernels[0].shape[0],))])
            for place, kernel in enumerate(kernels, 1):
                activation = "relu" if place < len(kernels) else None if logits else "softmax"
                self.model.add(keras.layers.Dense(kernel.shape[1], activation=activation))
            self.model.set_weights(problem.start)
            optimizer: Any = resolve(problem.optimizer.backends["keras"].function)
            self.model.compile(
                optimizer=optimizer(**problem.keywords("keras")),
                loss=keras.losses.SparseCategoricalCrossentropy(from_logits=logits),
            )

    def step(self, x: NDArray[Any], y: NDArray[Any]) -> Step:
        """Take a step."""
        with _default(self.dtype):
            # What train_on_batch gives back went through a mean of its own precision.
            loss = self.model.compute_loss(x=x, y=y, y_pred=self.model(x, training=True))
            self.model.train_on_batch(x, y)
        parameters = [np.array(part) for part in self.model.get_weights()]
        return Step(float(keras.ops.convert_to_numpy(loss)), None, parameters)


@contextmanager
def _default(dtype: str) -> Iterator[None]:
    """Make a dtype Keras's default, and what it was again.

    There are two: layers go by the policy, which is settled when it is first asked for.
    """
    before, policy = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    try:
        yield
    finally:
        keras.config.set_floatx(before)
        keras.config.set_dtype_policy(policy)
