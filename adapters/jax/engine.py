"""JAX, eager and compiled."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

import numpy as np

from ..engine import Array, Call, Engine
from ..errors import BackendMissingError

__all__ = ["Jax", "JaxJit"]


class Jax(Engine):
    """JAX, eager; each of its operations is compiled."""

    each_shape = True

    def __init__(self) -> None:
        import jax

        # Without it JAX makes float32 of float64 without a word. The setting is the process's,
        # not the thread's, and arrays of the other dtypes are computed as before.
        self._jax: Any = jax
        self._jax.config.update("jax_enable_x64", True)
        self._where: Any = None  # where JAX computes by itself

    def place(self, device: str) -> None:
        kind, _, number = device.partition(":")
        try:
            self._where = self._jax.devices(kind)[int(number or 0)]
        except (RuntimeError, ValueError, IndexError) as error:
            found = ", ".join(f"{one.platform}:{one.id}" for one in self._jax.devices())
            raise BackendMissingError(
                f"jax computes on no device {device!r} here; it has {found}"
            ) from error

    def here(self) -> AbstractContextManager[Any]:
        return self._jax.default_device(self._where) if self._where else nullcontext()

    def version(self) -> str:
        return str(self._jax.__version__)

    def tensor(self, array: Array) -> Any:
        tensor = self._jax.numpy.asarray(array)
        # What is only made on a device is computed with on JAX's own; what was put there stays.
        return self._jax.device_put(tensor, self._where) if self._where else tensor

    def array(self, tensor: Any) -> Array:
        return np.array(tensor)

    def device(self, tensor: Any) -> str:
        kind = str(tensor.device.platform)
        return kind if kind == "cpu" else f"{kind} ({tensor.device.device_kind})"

    def gradient(self, call: Call, x: Any, upstream: Any) -> Any:
        _, pull_back = self._jax.vjp(call, x)
        return pull_back(upstream)[0]

    def forward(self, call: Call, x: Any, tangent: Any) -> Any:
        return self._jax.jvp(call, (x,), (tangent,))[1]

    def second(self, call: Call, x: Any, upstream: Any) -> Any:
        def first(x: Any) -> Any:
            y, pull_back = self._jax.vjp(call, x)
            return pull_back(self._jax.numpy.ones_like(y))[0]

        return self.gradient(first, x, upstream)


class JaxJit(Jax):
    """JAX, compiled as a whole, through ``jax.jit``; anew for each shape."""

    def program(self, ask: Callable[..., Any], call: Call) -> Callable[..., Any]:
        program: Callable[..., Any] = self._jax.jit(partial(ask, call))
        return program
