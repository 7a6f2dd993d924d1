"""What PyTorch and Keras have in common: calls on tensors, between arrays."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from actinit.spec import Activation

from ._engines import Call, Engine
from .base import Adapter, Array, NotOffered, Parameters, keywords, resolve

__all__ = ["Framework"]


class Framework(Adapter):
    """An adapter over a tensor library.

    Attributes
    ----------
    engine : Engine
        The library.
    """

    engine: Engine

    def value(self, entry: Activation, x: Array, parameters: Parameters) -> Array:
        return self._run(self._call(entry, x.dtype, parameters), x)

    def layer(self, entry: Activation, x: Array, parameters: Parameters) -> Array:
        return self._run(self._layer(entry, x.dtype, parameters), x)

    def gradient(
        self, entry: Activation, x: Array, upstream: Array, parameters: Parameters
    ) -> Array:
        call, tensor = self._call(entry, x.dtype, parameters), self.engine.tensor
        return self.engine.array(self.engine.gradient(call, tensor(x), tensor(upstream)))

    def second(self, entry: Activation, x: Array, upstream: Array, parameters: Parameters) -> Array:
        call, tensor = self._call(entry, x.dtype, parameters), self.engine.tensor
        if entry.shape != "elementwise":
            raise NotOffered(f"{entry.name} has no second derivative here: it is not elementwise")
        return self.engine.array(self.engine.second(call, tensor(x), tensor(upstream)))

    def in_place(self, entry: Activation, x: Array, parameters: Parameters) -> Array:
        binding = self.binding(entry)
        if binding.in_place is None:
            raise NotOffered(f"{self.name} has no in-place form of {entry.name}")
        tensor = self.engine.tensor(x)
        options = keywords(binding, parameters) | binding.in_place_arguments
        resolve(binding.in_place)(tensor, **options)
        return self.engine.array(tensor)

    def layer_options(self, dtype: np.dtype[Any]) -> dict[str, Any]:
        """Return what every layer is made with, so that it computes in this dtype."""
        return {}

    def _run(self, call: Call, x: Array) -> Array:
        return self.engine.array(call(self.engine.tensor(x)))

    def _call(self, entry: Activation, dtype: np.dtype[Any], parameters: Parameters) -> Call:
        """Return the function, or the layer where there is only that."""
        binding = self.binding(entry)
        if binding.function is None:
            return self._layer(entry, dtype, parameters)
        return partial(self.function(entry), **keywords(binding, parameters))

    def _layer(self, entry: Activation, dtype: np.dtype[Any], parameters: Parameters) -> Call:
        binding = self.binding(entry)
        if binding.layer is None:
            raise NotOffered(f"{self.name} has no layer for {entry.name}")
        layer: Call = resolve(binding.layer)(
            **keywords(binding, parameters), **self.layer_options(dtype)
        )
        return layer
