"""Keras 3, on TensorFlow, JAX or PyTorch."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from actinit.spec import Initializer, Layer, UnknownNameError

from ..base import Array, Builder, Parameters, Source
from ..calls import accepts, resolve
from ..engine import Engine
from ..errors import AdapterError
from ..layouts import fitting, kernels
from ..tensors import TensorAdapter
from ..training import EpochFigures, TrainerOf, Training
from .engine import ENGINES

__all__ = ["Keras"]


class Keras(TensorAdapter):
    """Keras on one of its engines; a process has only one.

    Parameters
    ----------
    engine : {"tensorflow", "jax", "torch"}, optional
        By default the one that ``KERAS_BACKEND`` names, or else Keras's own choice.

    Raises
    ------
    UnknownNameError
        If there is no such engine here.
    AdapterError
        If Keras already runs on another one in this process.
    ModuleNotFoundError
        If Keras or the engine is not installed.
    """

    family = "keras"

    def __init__(self, engine: str | None = None) -> None:
        asked = engine or os.environ.get("KERAS_BACKEND")
        if asked and "keras" not in sys.modules:
            # The engine first: an import of Keras that fails for want of its engine leaves parts
            # of Keras behind, which would keep to that engine.
            _engine(asked)
            os.environ["KERAS_BACKEND"] = asked
        import keras

        running = keras.config.backend()
        if asked and asked != running:
            raise AdapterError(
                f"Keras already runs on {running} in this process and cannot change; "
                f"run keras-{asked} in a fresh process"
            )
        super().__init__(_engine(running))
        self.name = f"keras-{running}"
        self._keras: Any = keras

    def versions(self) -> dict[str, str]:
        return {
            "keras": self._keras.__version__,
            self.name.removeprefix("keras-"): self.engine.version(),
        }

    @property
    def device(self) -> str:
        return self.engine.device(self._keras.ops.zeros(()))

    def layer_options(self, dtype: np.dtype[Any]) -> dict[str, Any]:
        # A layer casts its input to its own dtype, which is float32 unless it is told.
        return {"dtype": dtype.name}

    def source(
        self, entry: Initializer, dtype: np.dtype[Any], seed: int, parameters: Parameters
    ) -> Source:
        held = self._initializer(entry, seed, parameters)
        return lambda shape: self.engine.array(held(shape, dtype=dtype.name))

    def _initializer(self, entry: Initializer, seed: int, parameters: Parameters) -> Any:
        initializer, options = self.function(entry), self.options(entry, parameters)
        if accepts(initializer, "seed"):
            options["seed"] = seed
        return initializer(**options)

    def builder(
        self, entry: Layer, dtype: np.dtype[Any], seed: int, start: Initializer | None = None
    ) -> Builder:
        binding = self.layer_binding(entry)
        make, arguments = resolve(binding.layer), binding.constructor(entry.examples)
        wanted = list(binding.weights)
        if start:
            wanted, held = kernels(entry, binding), self._initializer(start, seed, {})
            arguments |= {binding.weights[name].argument: held for name in wanted}
        # Initializers that are given no seed take one from here.
        self._keras.utils.set_random_seed(seed)

        def build() -> dict[str, Array]:
            layer = make(**arguments, **self.layer_options(dtype))
            layer.build(*binding.built_for(entry.examples))
            found = {f"/{weight.path}": weight for weight in layer.weights}
            return {name: self._kept(found, binding.weights[name].name) for name in wanted}

        return build

    def _kept(self, weights: dict[str, Any], name: str) -> Array:
        (found,) = (weight for path, weight in weights.items() if path.endswith(f"/{name}"))
        return np.asarray(self._keras.ops.convert_to_numpy(found))

    def fill(self, layer: Any, weights: Array, layout: str) -> None:
        if not layer.built:
            raise ValueError("the layer has no kernel yet; call build, or the layer, before")
        layer.kernel.assign(fitting(weights, layout, self.layouts, layer.kernel.shape))

    def trainer(self) -> TrainerOf:
        from .parity import Trainer

        return Trainer

    def train(self, training: Training) -> Iterator[EpochFigures]:
        from .trainer import train

        return train(training)


def _engine(name: str) -> Engine:
    if name not in ENGINES:
        raise UnknownNameError("Keras engine", name, ENGINES)
    return ENGINES[name]()
