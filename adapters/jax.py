"""JAX, eager and compiled."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from actinit.spec import Initializer

from . import _engines
from ._framework import Native
from .base import Array, Parameters, accepts

__all__ = ["BACKEND", "Jax"]


class Jax(Native):
    """JAX without Keras."""

    family = "jax"
    engines: ClassVar = {"": _engines.Jax, "jit": _engines.JaxJit}

    def draw(
        self,
        entry: Initializer,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        seed: int,
        parameters: Parameters,
    ) -> Array:
        import jax

        initializer = self.function(entry)
        if not accepts(initializer, "key"):  # but makes what does
            initializer = initializer(**self.options(entry, parameters))
        return self.engine.array(initializer(jax.random.key(seed), shape, dtype))


BACKEND = Jax
