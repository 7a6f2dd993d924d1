"""Faults planted in layers and in training."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from actinit.spec import Initializer, Layer

from ..backend.copy import Array, Copy

__all__ = ["Alike", "OddShapes", "Scaled", "Shifted", "Trained"]


class _Built(Copy):
    """Layers whose weights are changed after they were built."""

    def change(self, weights: Array) -> Array:
        """Return other weights."""
        raise NotImplementedError

    def builder(
        self, entry: Layer, dtype: np.dtype[Any], seed: int, start: Initializer | None = None
    ) -> Callable[[], dict[str, Array]]:
        build = super().builder(entry, dtype, seed, start)
        return lambda: {
            name: self.change(weights).astype(weights.dtype) for name, weights in build().items()
        }


class Scaled(_Built):
    """Kernels drawn as if of half the fans."""

    def change(self, weights: Array) -> Array:
        return weights * np.sqrt(2)


class Shifted(_Built):
    """Weights half again as large, and one more."""

    def change(self, weights: Array) -> Array:
        return 1.5 * weights + 1


class Alike(Copy):
    """The same layer again and again."""

    def builder(
        self, entry: Layer, dtype: np.dtype[Any], seed: int, start: Initializer | None = None
    ) -> Callable[[], dict[str, Array]]:
        built = super().builder(entry, dtype, seed, start)()
        return lambda: built


class OddShapes(Copy):
    """Ones for any shape, where an error or an empty tensor is right."""

    def draw(
        self,
        entry: Initializer,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        seed: int,
        parameters: Any,
    ) -> Array:
        if 0 in shape:
            raise ValueError("no fans")
        return np.ones(shape, dtype)


class Trained(Copy):
    """Parameters that are off by a millionth after each step."""

    def trainer(self) -> Callable[..., Any]:
        train = self.inner.trainer()

        class Faulty:
            remedies = getattr(train, "remedies", {})

            def __init__(self, problem: Any, *matched: Any) -> None:
                self._inner = train(problem, *matched)

            def step(self, x: Array, y: Array) -> Any:
                step = self._inner.step(x, y)
                return replace(step, parameters=[part * (1 + 1e-6) for part in step.parameters])

        return Faulty
