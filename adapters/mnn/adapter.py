"""MNN on the CPU, forward only: the functions of its expressions."""

from __future__ import annotations

import numpy as np

from actinit.spec import Activation

from ..base import Array, Parameters
from ..float32_alone import Float32Alone
from ..quiet import OUTPUT, silenced

__all__ = ["Mnn"]


class Mnn(Float32Alone):
    """MNN on the CPU, with its own precision and number of threads."""

    name = family = "mnn"

    def __init__(self) -> None:
        with silenced(OUTPUT):  # it says there what the processor has
            import MNN
            import MNN.expr

        self._expr = MNN.expr
        self._versions = {"mnn": MNN.version()}

    def versions(self) -> dict[str, str]:
        return self._versions

    def computed(self, entry: Activation, x: Array, parameters: Parameters) -> Array:
        function, options = self.function(entry), self.options(entry, parameters)
        given = self._expr.const(np.ascontiguousarray(x), [*x.shape], self._expr.NCHW)
        y = function(given, **options)  # keeps the memory that `read` shows
        return np.array(y.read()).reshape(x.shape)
