"""PyTorch, eager and compiled."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from actinit.spec import Initializer

from . import _engines
from ._framework import Native
from .base import Array, Parameters, Source, accepts, fitting

__all__ = ["BACKEND", "Torch"]


class Torch(Native):
    """PyTorch on the CPU."""

    family = "torch"
    engines: ClassVar = {"": _engines.Torch, "compile": _engines.TorchCompile}

    def source(
        self, entry: Initializer, dtype: np.dtype[Any], seed: int, parameters: Parameters
    ) -> Source:
        import torch

        fill, options = self.function(entry), self.options(entry, parameters)
        if accepts(fill, "generator"):
            options["generator"] = torch.Generator().manual_seed(seed)
        kind = getattr(torch, dtype.name)
        return lambda shape: self.engine.array(fill(torch.empty(shape, dtype=kind), **options))

    def fill(self, layer: Any, weights: Array, layout: str) -> None:
        import torch

        found = fitting(weights, layout, self.layouts, layer.weight.shape)
        with torch.no_grad():
            layer.weight.copy_(self.engine.tensor(found))


BACKEND = Torch
