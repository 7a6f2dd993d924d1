"""TensorFlow, eager and in graphs."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

import numpy as np

from ..engine import Array, Call, Engine
from ..errors import BackendMissingError

__all__ = ["TensorFlow", "TensorFlowFunction", "TensorFlowXLA"]

# Not its hints on how to build it. Set here, since Keras may be the one who imports it.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


class TensorFlow(Engine):
    """TensorFlow, eager."""

    def __init__(self) -> None:
        import tensorflow

        self._tf: Any = tensorflow
        self._where: str | None = None  # where TensorFlow computes by itself

    def place(self, device: str) -> None:
        kind, _, number = device.partition(":")
        name = f"{kind.upper()}:{number or 0}"
        there = [
            one.name.removeprefix("/device:") for one in self._tf.config.list_logical_devices()
        ]
        if name not in there:
            raise BackendMissingError(
                f"tensorflow computes on no device {device!r} here; it has "
                + ", ".join(there).lower()
            )
        self._where = f"/device:{name}"

    def here(self) -> AbstractContextManager[Any]:
        return self._tf.device(self._where) if self._where else nullcontext()

    def program(self, ask: Callable[..., Any], call: Call) -> Callable[..., Any]:
        return self._there(partial(ask, call))

    def _there(self, program: Callable[..., Any]) -> Callable[..., Any]:
        """Return a program whose operations are on the device, and not only what it is given."""
        if self._where is None:
            return program

        def placed(*tensors: Any) -> Any:
            with self.here():
                return program(*tensors)

        return placed

    def version(self) -> str:
        return str(self._tf.__version__)

    def tensor(self, array: Array) -> Any:
        with self.here():
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
        return self._there(program)


class TensorFlowXLA(TensorFlowFunction):
    """TensorFlow in graphs that XLA compiles, through ``tf.function(jit_compile=True)``."""

    xla = True
    each_shape = True
