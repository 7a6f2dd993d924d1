"""TensorFlow, eager and in graphs."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ..engine import Array, Call, Engine

__all__ = ["TensorFlow", "TensorFlowFunction", "TensorFlowXLA"]

# Not its hints on how to build it. Set here, since Keras may be the one who imports it.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


class TensorFlow(Engine):
    """TensorFlow, eager."""

    def __init__(self) -> None:
        import tensorflow

        self._tf: Any = tensorflow

    def version(self) -> str:
        return str(self._tf.__version__)

    def tensor(self, array: Array) -> Any:
        return self._tf.constant(array)

    def array(self, tensor: Any) -> Array:
        return np.array(tensor.numpy())

    def device(self, tensor: Any) -> str:
        return str(self._tf.DeviceSpec.from_string(tensor.device).device_type).lower()

    def gradient(self, call: Call, x: Any, upstream: Any) -> Any:
        with self._tf.GradientTape() as tape:
            tape.watch(x)
            y = call(x)
        return tape.gradient(y, x, output_gradients=upstream)

    def forward(self, call: Call, x: Any, tangent: Any) -> Any:
        with self._tf.autodiff.ForwardAccumulator(x, tangent) as accumulator:
            y = call(x)
        zero = self._tf.UnconnectedGradients.ZERO
        return accumulator.jvp(y, unconnected_gradients=zero)

    def second(self, call: Call, x: Any, upstream: Any) -> Any:
        with self._tf.GradientTape() as outer:
            outer.watch(x)
            with self._tf.GradientTape() as inner:
                inner.watch(x)
                y = call(x)
            first = inner.gradient(y, x)
        zero = self._tf.UnconnectedGradients.ZERO
        return outer.gradient(first, x, output_gradients=upstream, unconnected_gradients=zero)


class TensorFlowFunction(TensorFlow):
    """TensorFlow in graphs, through ``tf.function``."""

    xla = False

    def program(self, ask: Callable[..., Any], call: Call) -> Callable[..., Any]:
        # From the second length on, one graph serves them all.
        program: Callable[..., Any] = self._tf.function(
            partial(ask, call), jit_compile=self.xla, reduce_retracing=True, autograph=False
        )
        return program


class TensorFlowXLA(TensorFlowFunction):
    """TensorFlow in graphs that XLA compiles, through ``tf.function(jit_compile=True)``."""

    xla = True
