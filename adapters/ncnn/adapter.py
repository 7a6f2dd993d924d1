"""ncnn on the CPU, forward only: a network of one layer for each function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actinit.spec import Activation

from ..base import Array, Parameters
from ..float32_alone import Float32Alone
from ..kept import Kept

if TYPE_CHECKING:
    from .network import Network

__all__ = ["Ncnn"]


class Ncnn(Float32Alone):
    """ncnn on the CPU, with its own options and number of threads.

    Its layers see vectors and matrices, so an array of more dimensions is laid out as one before.
    """

    name = family = "ncnn"

    def __init__(self) -> None:
        import ncnn

        self._versions = {"ncnn": ncnn.__version__}
        self._networks: Kept[Network] = Kept()

    def versions(self) -> dict[str, str]:
        return self._versions

    def computed(self, entry: Activation, x: Array, parameters: Parameters) -> Array:
        rows = entry.shape != "elementwise" and x.ndim
        flat = x.reshape(-1, x.shape[-1]) if rows else x.reshape(-1)
        return self._network(entry, parameters).run(flat).reshape(x.shape)

    def _network(self, entry: Activation, parameters: Parameters) -> Network:
        key = (entry, *sorted(parameters.items()))
        return self._networks.get(key, lambda: self._loaded(entry, parameters))

    def _loaded(self, entry: Activation, parameters: Parameters) -> Network:
        from .network import Network

        path = self.binding(entry).function
        assert path is not None
        return Network(path.rpartition(".")[2], self.options(entry, parameters))
