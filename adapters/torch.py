"""PyTorch, eager."""

from __future__ import annotations

from typing import Any

import numpy as np

from actinit.spec import Initializer

from ._engines import Torch as Engine
from ._framework import Framework
from .base import Array, Parameters, accepts, keywords

__all__ = ["BACKEND", "Torch"]


class Torch(Framework):
    """PyTorch on the CPU."""

    name = family = "torch"

    def __init__(self) -> None:
        self.engine = Engine()

    def versions(self) -> dict[str, str]:
        return {"torch": self.engine.version()}

    def draw(
        self,
        entry: Initializer,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        seed: int,
        parameters: Parameters,
    ) -> Array:
        import torch

        fill, options = self.function(entry), keywords(self.binding(entry), parameters)
        if accepts(fill, "generator"):
            options["generator"] = torch.Generator().manual_seed(seed)
        empty = torch.empty(shape, dtype=getattr(torch, dtype.name))
        return self.engine.array(fill(empty, **options))


BACKEND = Torch
