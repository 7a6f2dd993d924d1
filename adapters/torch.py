"""PyTorch, eager and compiled."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from actinit.spec import Initializer

from . import _engines
from ._framework import Native
from .base import Array, Parameters, accepts

__all__ = ["BACKEND", "Torch"]


class Torch(Native):
    """PyTorch on the CPU."""

    family = "torch"
    engines: ClassVar = {"": _engines.Torch, "compile": _engines.TorchCompile}

    def draw(
        self,
        entry: Initializer,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        seed: int,
        parameters: Parameters,
    ) -> Array:
        import torch

        fill, options = self.function(entry), self.options(entry, parameters)
        if accepts(fill, "generator"):
            options["generator"] = torch.Generator().manual_seed(seed)
        empty = torch.empty(shape, dtype=getattr(torch, dtype.name))
        return self.engine.array(fill(empty, **options))


BACKEND = Torch
