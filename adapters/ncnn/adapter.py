"""ncnn on the CPU, forward only: a network of one layer for each function."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from actinit.spec import Activation

from ..base import Adapter, Array, Parameters
from ..errors import NotOffered
from ..kept import Kept

if TYPE_CHECKING:
    from .network import Network

__all__ = ["Ncnn"]


class Ncnn(Adapter):
    """ncnn on the CPU, with its own options and number of threads.

    Its layers take float32. They see vectors and matrices, so an array of more dimensions is laid
    out as one before.
    """

    name = family = "ncnn"

    def __init__(self) -> None:
        import ncnn

        self._versions = {"ncnn": ncnn.__version__}
        self._networks: Kept[Network] = Kept()

    def versions(self) -> dict[str, str]:
        return self._versions

    def value(self, entry: Activation, x: Array, parameters: Parameters) -> Array:
        network = self._network(entry, parameters)
        if x.dtype != np.float32:
            raise NotOffered(f"ncnn computes {entry.name} of float32, not of {x.dtype.name}")
        if not x.size:  # ncnn has no empty matrices: reading one ends the process
            return np.empty_like(x)
        rows = entry.shape != "elementwise"
        y = network.run(x.reshape(-1, x.shape[-1]) if rows and x.ndim else x.reshape(-1))
        return y.reshape(x.shape)

    def _network(self, entry: Activation, parameters: Parameters) -> Network:
        key = (entry, *sorted(parameters.items()))
        return self._networks.get(key, lambda: self._loaded(entry, parameters))

    def _loaded(self, entry: Activation, parameters: Parameters) -> Network:
        from .network import Network

        path = self.binding(entry).function
        assert path is not None
        return Network(path.rpartition(".")[2], self.options(entry, parameters))
