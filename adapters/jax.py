"""JAX, eager and compiled."""

from __future__ import annotations

from itertools import count
from typing import Any, ClassVar

import numpy as np

from actinit.spec import Initializer

from . import _engines
from ._framework import Native
from .base import Parameters, Source, accepts

__all__ = ["BACKEND", "Jax"]


class Jax(Native):
    """JAX without Keras."""

    family = "jax"
    engines: ClassVar = {"": _engines.Jax, "jit": _engines.JaxJit}

    def source(
        self, entry: Initializer, dtype: np.dtype[Any], seed: int, parameters: Parameters
    ) -> Source:
        import jax

        initializer = self.function(entry)
        if not accepts(initializer, "key"):  # but makes what does
            initializer = initializer(**self.options(entry, parameters))
        keys = (jax.random.fold_in(jax.random.key(seed), place) for place in count())
        return lambda shape: self.engine.array(initializer(next(keys), shape, dtype))


BACKEND = Jax
