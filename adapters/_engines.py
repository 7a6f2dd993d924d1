"""Tensor libraries: arrays in and out bit for bit, and their autograd.

Each engine imports its library when it is made. Keras runs on any of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

__all__ = ["ENGINES", "Engine", "Jax", "TensorFlow", "Torch"]

Array = NDArray[Any]
Call = Callable[[Any], Any]

_BFLOAT16 = np.dtype(ml_dtypes.bfloat16)


class Engine(ABC):
    """A tensor library."""

    @abstractmethod
    def version(self) -> str:
        """Return the library's version."""

    @abstractmethod
    def tensor(self, array: Array) -> Any:
        """Return the tensor of these bits; it may share the array's memory."""

    @abstractmethod
    def array(self, tensor: Any) -> Array:
        """Return the array of these bits, in memory of its own."""

    @abstractmethod
    def gradient(self, call: Call, x: Any, upstream: Any) -> Any:
        """Return the gradient of ``sum(upstream * call(x))``."""

    @abstractmethod
    def second(self, call: Call, x: Any, upstream: Any) -> Any:
        """Return the gradient of ``sum(upstream * g)``, g being the gradient of ``sum(call(x))``.

        What does not depend on `x` has the gradient zero.
        """

    @abstractmethod
    def device(self, tensor: Any) -> str:
        """Return where a tensor lives, such as ``"cpu"``."""


class Torch(Engine):
    """PyTorch."""

    def __init__(self) -> None:
        import torch

        self._torch: Any = torch

    def version(self) -> str:
        return str(self._torch.__version__)

    def tensor(self, array: Array) -> Any:
        # torch can see an array as it lies, strides and all, unless it is read-only or runs
        # backwards; and it does not know NumPy's bfloat16, so that goes as 16-bit integers.
        if not array.flags.writeable or any(stride < 0 for stride in array.strides):
            array = array.copy()
        if array.dtype == _BFLOAT16:
            return self._torch.from_numpy(array.view(np.int16)).view(self._torch.bfloat16)
        return self._torch.from_numpy(array)

    def array(self, tensor: Any) -> Array:
        tensor = tensor.detach().cpu()
        if tensor.dtype == self._torch.bfloat16:
            return np.array(tensor.view(self._torch.int16).numpy()).view(_BFLOAT16)
        return np.array(tensor.numpy())

    def gradient(self, call: Call, x: Any, upstream: Any) -> Any:
        x.requires_grad_()
        y = call(x)
        # Keras moves its input to a GPU where there is one.
        return self._torch.autograd.grad(y, x, upstream.to(y.device))[0]

    def second(self, call: Call, x: Any, upstream: Any) -> Any:
        x.requires_grad_()
        y = call(x)
        # The ones are differentiable so that the first gradient always has a graph, also where it
        # is constant in x.
        ones = self._torch.ones_like(y, requires_grad=True)
        (first,) = self._torch.autograd.grad(y, x, ones, create_graph=True)
        upstream = upstream.to(first.device)
        return self._torch.autograd.grad(first, x, upstream, materialize_grads=True)[0]

    def device(self, tensor: Any) -> str:
        return str(tensor.device.type)


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

    def gradient(self, call: Call, x: Any, upstream: Any) -> Any:
        with self._tf.GradientTape() as tape:
            tape.watch(x)
            y = call(x)
        return tape.gradient(y, x, output_gradients=upstream)

    def second(self, call: Call, x: Any, upstream: Any) -> Any:
        with self._tf.GradientTape() as outer:
            outer.watch(x)
            with self._tf.GradientTape() as inner:
                inner.watch(x)
                y = call(x)
            first = inner.gradient(y, x)
        zero = self._tf.UnconnectedGradients.ZERO
        return outer.gradient(first, x, output_gradients=upstream, unconnected_gradients=zero)

    def device(self, tensor: Any) -> str:
        return str(self._tf.DeviceSpec.from_string(tensor.device).device_type).lower()


class Jax(Engine):
    """JAX, eager."""

    def __init__(self) -> None:
        import jax

        # Without it JAX makes float32 of float64 without a word. The setting is the process's,
        # not the thread's, and arrays of the other dtypes are computed as before.
        self._jax: Any = jax
        self._jax.config.update("jax_enable_x64", True)

    def version(self) -> str:
        return str(self._jax.__version__)

    def tensor(self, array: Array) -> Any:
        return self._jax.numpy.asarray(array)

    def array(self, tensor: Any) -> Array:
        return np.array(tensor)

    def gradient(self, call: Call, x: Any, upstream: Any) -> Any:
        _, pull_back = self._jax.vjp(call, x)
        return pull_back(upstream)[0]

    def second(self, call: Call, x: Any, upstream: Any) -> Any:
        def first(x: Any) -> Any:
            y, pull_back = self._jax.vjp(call, x)
            return pull_back(self._jax.numpy.ones_like(y))[0]

        return self.gradient(first, x, upstream)

    def device(self, tensor: Any) -> str:
        return str(tensor.device.platform)


#: By the names that Keras gives them.
ENGINES: dict[str, type[Engine]] = {"tensorflow": TensorFlow, "jax": Jax, "torch": Torch}
