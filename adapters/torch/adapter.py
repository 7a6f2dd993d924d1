"""PyTorch, eager and compiled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, ClassVar

import numpy as np

from actinit.spec import Initializer, Layer

from ..base import Array, Builder, Parameters, Source
from ..calls import accepts, resolve
from ..layouts import fitting, kernels
from ..propagation import Carried, Network
from ..tensors import Native
from ..training import EpochFigures, TrainerOf, Training
from . import engine as engines

__all__ = ["Torch"]


class Torch(Native):
    """PyTorch, on the CPU unless it is placed elsewhere."""

    family = "torch"
    engine: engines.Torch
    engines: ClassVar = {"": engines.Torch, "compile": engines.TorchCompile}

    def source(
        self, entry: Initializer, dtype: np.dtype[Any], seed: int, parameters: Parameters
    ) -> Source:
        import torch

        fill = self._filler(entry, seed, parameters)
        kind = getattr(torch, dtype.name)
        where = self.engine.where

        def draw(shape: tuple[int, ...]) -> Array:
            return self.engine.array(fill(torch.empty(shape, dtype=kind, device=where)))

        return draw

    def _filler(self, entry: Initializer, seed: int, parameters: Parameters) -> Callable[..., Any]:
        """Return the function of torch.nn.init, with a generator of its own."""
        import torch

        fill, options = self.function(entry), self.options(entry, parameters)
        if accepts(fill, "generator"):
            options["generator"] = torch.Generator(self.engine.where).manual_seed(seed)
        return partial(fill, **options)

    def builder(
        self, entry: Layer, dtype: np.dtype[Any], seed: int, start: Initializer | None = None
    ) -> Builder:
        import torch

        binding = self.layer_binding(entry)
        make = partial(
            resolve(binding.layer),
            **binding.constructor(entry.examples), dtype=getattr(torch, dtype.name),
        )  # fmt: skip
        fill = self._filler(start, seed, {}) if start else None
        where = self.engine.where
        on_cpu = where.type == "cpu"
        random: Any = torch if on_cpu else torch.get_device_module(where)
        state = torch.Generator(where).manual_seed(seed).get_state()

        def build() -> dict[str, Array]:
            # Layers take torch's own generator: lent for this, and given back as it was.
            nonlocal state
            others = [] if on_cpu else [where]
            with torch.random.fork_rng(others, device_type=where.type), self.engine.here():
                random.set_rng_state(state)
                held = make().state_dict()
                state = random.get_rng_state()
            names = {name: tensor.name for name, tensor in binding.weights.items()}
            if fill:
                names = {name: names[name] for name in kernels(entry, binding)}
                for place in dict.fromkeys(names.values()):  # one tensor may hold several kernels
                    fill(held[place])
            return {name: self.engine.array(held[place]) for name, place in names.items()}

        return build

    def fill(self, layer: Any, weights: Array, layout: str) -> None:
        import torch

        found = fitting(weights, layout, self.layouts, layer.weight.shape)
        with torch.no_grad():
            layer.weight.copy_(self.engine.tensor(found))

    def trainer(self) -> TrainerOf:
        self.require_eager("training")
        from .parity import Trainer

        return Trainer

    def train(self, training: Training) -> Iterator[EpochFigures]:
        self.require_eager("training")
        from .trainer import train

        return train(training)

    def propagate(self, network: Network) -> Carried:
        self.require_eager("a deep network")
        from .depth import propagate

        return propagate(network)
