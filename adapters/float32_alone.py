"""Runtimes that compute in float32 and in nothing else."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from actinit.spec import Activation

from .base import Adapter, Array, Parameters
from .errors import NotOffered

__all__ = ["Float32Alone"]


class Float32Alone(Adapter):
    """An adapter of functions that take float32, forward only."""

    @abstractmethod
    def computed(self, entry: Activation, x: Array, parameters: Parameters) -> Array:
        """Return the activation of an array of float32 that is not empty, as `value` does."""

    def value(self, entry: Activation, x: Array, parameters: Parameters) -> Array:
        title = self.binding(entry).function
        assert title is not None
        if x.dtype != np.float32:
            family = title.partition(".")[0]
            raise NotOffered(f"{family} computes {entry.name} of float32, not of {x.dtype.name}")
        if not x.size:  # there are no empty arrays there: reading one may end the process
            return np.empty_like(x)
        return self.computed(entry, x, parameters)
