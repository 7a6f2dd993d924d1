"""JAX, eager and compiled."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any, ClassVar

import numpy as np

from actinit.spec import Initializer

from ..base import Array, Parameters, Source
from ..calls import accepts
from ..propagation import Carried, Network
from ..tensors import Native
from ..training import EpochFigures, TrainerOf, Training
from . import engine

__all__ = ["Jax"]


class Jax(Native):
    """JAX without Keras."""

    family = "jax"
    engines: ClassVar = {"": engine.Jax, "jit": engine.JaxJit}

    def source(
        self, entry: Initializer, dtype: np.dtype[Any], seed: int, parameters: Parameters
    ) -> Source:
        import jax

        initializer = self.function(entry)
        if not accepts(initializer, "key"):  # but makes what does
            initializer = initializer(**self.options(entry, parameters))
        keys = (jax.random.fold_in(jax.random.key(seed), place) for place in count())

        def draw(shape: tuple[int, ...]) -> Array:
            with self.engine.here():
                return self.engine.array(initializer(next(keys), shape, dtype))

        return draw

    def trainer(self) -> TrainerOf:
        self.require_eager("training")
        from .parity import Trainer

        return Trainer

    def train(self, training: Training) -> Iterator[EpochFigures]:
        self.require_eager("training")
        from .trainer import train

        return train(training, self.draw)

    def propagate(self, network: Network) -> Carried:
        self.require_eager("a deep network")
        from .depth import propagate

        return propagate(network)
