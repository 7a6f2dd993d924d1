"""OpenVINO's CPU plugin, forward only: a model of one operator for each function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from actinit.spec import Activation

from ..base import Adapter, Array, Parameters
from ..kept import Kept

if TYPE_CHECKING:
    from .model import Model

__all__ = ["OpenVino"]


class OpenVino(Adapter):
    """OpenVINO on the CPU, with its own number of threads.

    Parameters
    ----------
    mode : {"", "default"}, optional
        By default models of one operator, with the inference precision stated: float32. In the
        mode ``"default"`` the operator follows a dense layer of the weight 1, and the precision is
        left to OpenVINO: it is from a matrix product on that OpenVINO changes it.
    """

    family = "openvino"

    def __init__(self, mode: str = "") -> None:
        import openvino

        self.name = f"{self.family}-{mode}" if mode else self.family
        self._hint: str | None = None if mode == "default" else "f32"
        self._dense = mode == "default"
        self._versions = {"openvino": openvino.__version__.partition("-")[0]}
        self._models: Kept[Model] = Kept()

    def versions(self) -> dict[str, str]:
        return self._versions

    def value(self, entry: Activation, x: Array, parameters: Parameters) -> Array:
        return self._model(entry, x.dtype, x.ndim, parameters).run(x)

    def operators(
        self, entry: Activation, dtype: np.dtype[Any], parameters: Parameters
    ) -> dict[str, tuple[str, ...]]:
        rank = 1 if entry.shape == "elementwise" else 2
        return {"run": self._model(entry, dtype, rank, parameters).operators()}

    def _model(
        self, entry: Activation, dtype: np.dtype[Any], rank: int, parameters: Parameters
    ) -> Model:
        """Return the model of a function; compiling one is slow."""
        key = (entry, dtype, rank, *sorted(parameters.items()))
        return self._models.get(key, lambda: self._compiled(entry, dtype, rank, parameters))

    def _compiled(
        self, entry: Activation, dtype: np.dtype[Any], rank: int, parameters: Parameters
    ) -> Model:
        from .model import Model

        function, options = self.function(entry), self.options(entry, parameters)
        return Model(function, dtype, rank, options, self._hint, dense=self._dense)
