"""MLX on the CPU."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any, ClassVar

import numpy as np

from actinit.spec import Initializer, Layer

from ..base import Array, Builder, Parameters, Source
from ..calls import accepts, resolve
from ..layouts import fitting, kernels
from ..tensors import Native
from . import engine

__all__ = ["Mlx"]


class Mlx(Native):
    """MLX, and the layers of mlx.nn."""

    family = "mlx"
    engines: ClassVar = {"": engine.Mlx}

    def source(
        self, entry: Initializer, dtype: np.dtype[Any], seed: int, parameters: Parameters
    ) -> Source:
        import mlx.core as mx

        draw = self._initializer(entry, dtype, parameters)
        generator = _Generator(seed)
        return lambda shape: generator.lend(lambda: self.engine.array(draw(mx.zeros(shape))))

    def _initializer(
        self, entry: Initializer, dtype: np.dtype[Any], parameters: Parameters
    ) -> Callable[..., Any]:
        """Return what draws an array like another one.

        The function of mlx.nn.init takes some of the arguments, what it makes takes the others.
        """
        import mlx.core as mx

        function, options = self.function(entry), self.options(entry, parameters)
        later = {name: options.pop(name) for name in [*options] if not accepts(function, name)}
        made = function(**options, dtype=getattr(mx, dtype.name))
        return lambda like: made(like, **later)

    def builder(
        self, entry: Layer, dtype: np.dtype[Any], seed: int, start: Initializer | None = None
    ) -> Builder:
        import mlx.core as mx
        from mlx.utils import tree_flatten

        binding = self.layer_binding(entry)
        make, arguments = resolve(binding.layer), binding.constructor(entry.examples)
        draw = self._initializer(start, dtype, {}) if start else None
        generator = _Generator(seed)

        def build() -> dict[str, Array]:
            layer = make(**arguments)
            layer.set_dtype(getattr(mx, dtype.name))
            held = dict(tree_flatten(layer.parameters()))
            names = {name: tensor.name for name, tensor in binding.weights.items()}
            if draw:
                names = {name: names[name] for name in kernels(entry, binding)}
                held |= {place: draw(held[place]) for place in names.values()}
            return {name: self.engine.array(held[place]) for name, place in names.items()}

        return lambda: generator.lend(build)

    def fill(self, layer: Any, weights: Array, layout: str) -> None:
        found = fitting(weights, layout, self.layouts, layer.weight.shape)
        layer.weight = self.engine.tensor(found).astype(layer.weight.dtype)


class _Generator:
    """A generator of one's own, where MLX has one for the thread, which cannot be passed on.

    Parameters
    ----------
    seed : int
        What it starts from.
    """

    _lock = Lock()

    def __init__(self, seed: int) -> None:
        self._state = seed

    def lend(self, draw: Callable[[], Any]) -> Any:
        """Return what is drawn from it, and keep where it then stands."""
        from mlx.core import random

        with self._lock:
            before = _state(random)
            random.seed(self._state)
            try:
                return draw()
            finally:
                self._state = _state(random)
                random.seed(before)


def _state(random: Any) -> int:
    """Return the seed from which MLX's generator goes on as it would: its key is its two halves."""
    (key,) = random.state
    high, low = map(int, key.tolist())
    return high << 32 | low
