"""MLX, on the CPU."""

from __future__ import annotations

from typing import Any

import ml_dtypes  # noqa: F401 - gives NumPy the dtypes that it lacks, by name
import numpy as np

from ..engine import Array, Call, Engine

__all__ = ["Mlx"]


class Mlx(Engine):
    """MLX, as people call it.

    Most functions of `mlx.nn` are compiled by MLX itself where there is g++, and run eagerly where
    there is none, to the same bits.
    """

    def __init__(self) -> None:
        import mlx.core

        self._mx: Any = mlx.core
        # On a Mac it would be the GPU, which has no float64.
        self._mx.set_default_device(self._mx.cpu)

    def version(self) -> str:
        return str(self._mx.__version__)

    def tensor(self, array: Array) -> Any:
        if any(stride < 0 for stride in array.strides):  # which MLX refuses
            array = array.copy()
        if not hasattr(np, array.dtype.name):
            integers = self._mx.array(array.view(f"u{array.dtype.itemsize}"))
            return integers.view(getattr(self._mx, array.dtype.name))
        # Unless it is told otherwise, MLX makes float32 of float64.
        return self._mx.array(array, self._mx.float64 if array.dtype == np.float64 else None)

    def array(self, tensor: Any) -> Array:
        name = str(tensor.dtype).removeprefix("mlx.core.")
        if hasattr(np, name):
            return np.array(tensor)
        integers = getattr(self._mx, f"uint{8 * tensor.itemsize}")
        return np.array(tensor.view(integers)).view(np.dtype(name))

    def device(self, tensor: Any) -> str:
        return "cpu"

    def gradient(self, call: Call, x: Any, upstream: Any) -> Any:
        _, (gradient,) = self._mx.vjp(call, [x], [upstream])
        return gradient

    def forward(self, call: Call, x: Any, tangent: Any) -> Any:
        _, (result,) = self._mx.jvp(call, [x], [tangent])
        return result

    def second(self, call: Call, x: Any, upstream: Any) -> Any:
        def first(x: Any) -> Any:
            return self.gradient(call, x, self._mx.ones_like(x))

        return self.gradient(first, x, upstream)
