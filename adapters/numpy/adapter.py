"""The reference as a backend like any other, so that it is checked like any other."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import numpy as np

from actinit import reference
from actinit.spec import Activation, Initializer, Layer

from ..base import Adapter, Array, Builder, Parameters, Source
from ..errors import NotOffered
from ..layer_binding import Tensor

__all__ = ["NumPy"]


class NumPy(Adapter):
    """The reference."""

    name = family = "numpy"

    def versions(self) -> dict[str, str]:
        return {name: version(name) for name in ("numpy", "scipy")}

    def value(self, entry: Activation, x: Array, parameters: Parameters) -> Array:
        return np.asarray(self.function(entry)(x, **self.options(entry, parameters)))

    def gradient(
        self, entry: Activation, x: Array, upstream: Array, parameters: Parameters
    ) -> Array:
        function: Any = self.function(entry)
        return np.asarray(function.vjp(x, upstream, **self.options(entry, parameters)))

    def source(
        self, entry: Initializer, dtype: np.dtype[Any], seed: int, parameters: Parameters
    ) -> Source:
        rng = np.random.Generator(np.random.PCG64(seed))
        draw, options = self.function(entry), self.options(entry, parameters)
        return lambda shape: np.asarray(draw(shape, rng=rng, dtype=dtype, **options))

    def builder(
        self, entry: Layer, dtype: np.dtype[Any], seed: int, start: Initializer | None = None
    ) -> Builder:
        binding = self.layer_binding(entry)
        if start is None:
            raise NotOffered("the reference has no layers, so it starts none")
        rng = np.random.Generator(np.random.PCG64(seed))
        draw: Any = self.function(start)

        def kernel(tensor: Tensor) -> Array:
            shape = tensor.dimensions(entry.examples)
            fans = reference.fans(shape, tensor.layout, groups=tensor.count(entry.examples))
            return np.asarray(draw(shape, rng=rng, dtype=dtype, fans=fans))

        return lambda: {name: kernel(tensor) for name, tensor in binding.weights.items()}
