"""Train in Keras, on whichever engine runs it: `compile` and `train_on_batch`.

Everything is told to be of the problem's dtype: the layers, and Keras's default, which decides what
the optimizer keeps its rates in. What Keras then still holds in float32 is for the comparison to
find, and so is what else it computes in another way; what of that can be helped is in `remedies`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, ClassVar

import keras
import numpy as np
from keras.src.backend.common import dtypes
from numpy.typing import NDArray

from ..calls import resolve
from ..lookup import bindings
from ..training import Problem, Step

__all__ = ["LOGITS", "PROMOTION", "Trainer"]

#: Keras over any engine but TensorFlow says that float64 and float64 make float32, as JAX has it
#: unless told otherwise. Over PyTorch what multiplies matrices and what averages a loss goes by it.
PROMOTION = "float64 kept in float64"
#: Of probabilities the loss is clipped, over some engines; Keras advises to leave it the softmax.
LOGITS = "softmax left to the loss"


class Trainer:
    """Trains in Keras.

    Parameters
    ----------
    problem : Problem
        What to train.
    matched : collection of str, optional
        Which of the `remedies` to take.
    """

    #: With the kind of finding that each is the remedy of.
    remedies: ClassVar[Mapping[str, str]] = {
        **({PROMOTION: "accuracy"} if keras.backend.result_type("float64") != "float64" else {}),
        LOGITS: "definition",
    }

    def __init__(self, problem: Problem, matched: Collection[str] = ()) -> None:
        kernels = problem.start[::2]
        self.dtype, self.kept = problem.dtype.name, PROMOTION in matched
        logits = LOGITS in matched
        with self._told():
            self.model = keras.Sequential([keras.Input((kernels[0].shape[0],))])
            for place, kernel in enumerate(kernels, 1):
                activation = "relu" if place < len(kernels) else None if logits else "softmax"
                self.model.add(keras.layers.Dense(kernel.shape[1], activation=activation))
            self.model.set_weights(problem.start)
            loss: Any = resolve(bindings(problem.network)["keras"].loss)
            optimizer: Any = resolve(bindings(problem.optimizer)["keras"].function)
            self.model.compile(
                optimizer=optimizer(**problem.keywords("keras")),
                loss=loss(from_logits=logits),
            )

    def step(self, x: NDArray[Any], y: NDArray[Any]) -> Step:
        """Take a step."""
        with self._told():
            # What train_on_batch gives back went through a mean of its own precision.
            loss = self.model.compute_loss(x=x, y=y, y_pred=self.model(x, training=True))
            self.model.train_on_batch(x, y)
        parameters = [np.array(part) for part in self.model.get_weights()]
        return Step(float(keras.ops.convert_to_numpy(loss)), None, parameters)

    @contextmanager
    def _told(self) -> Iterator[None]:
        with ExitStack() as stack:
            stack.enter_context(_default(self.dtype))
            if self.kept:
                stack.enter_context(_promotion())
            yield


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


@contextmanager
def _promotion() -> Iterator[None]:
    """Let float64 and float64 make float64, by the table's entry that says so over TensorFlow."""
    narrowed: dict[str, str] = dtypes.BIT64_TO_BIT32_DTYPE
    before = narrowed["float64"]
    narrowed["float64"] = "float64"
    try:
        yield
    finally:
        narrowed["float64"] = before
