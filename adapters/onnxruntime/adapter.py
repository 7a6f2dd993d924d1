"""ONNX Runtime on the CPU, forward only: a model of one node for each function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from actinit.spec import Activation

from ..base import Adapter, Array, Parameters
from ..kept import Kept

if TYPE_CHECKING:
    from .session import Session

__all__ = ["OnnxRuntime"]


class OnnxRuntime(Adapter):
    """ONNX Runtime's CPU provider, with its own number of threads.

    A format is offered where a session can be made: what the operator's definition excludes, and
    what the provider has no kernel for, is not.
    """

    name = family = "onnxruntime"

    def __init__(self) -> None:
        from .session import versions

        self._versions = versions()
        self._sessions: Kept[Session] = Kept()

    def versions(self) -> dict[str, str]:
        return self._versions

    def value(self, entry: Activation, x: Array, parameters: Parameters) -> Array:
        return self._session(entry, x.dtype, parameters).run(x)

    def operators(
        self, entry: Activation, dtype: np.dtype[Any], parameters: Parameters
    ) -> dict[str, tuple[str, ...]]:
        return {"run": self._session(entry, dtype, parameters).operators()}

    def _session(self, entry: Activation, dtype: np.dtype[Any], parameters: Parameters) -> Session:
        """Return the session of a function; making one is slow."""
        key = (entry, dtype, *sorted(parameters.items()))
        return self._sessions.get(key, lambda: self._opened(entry, dtype, parameters))

    def _opened(self, entry: Activation, dtype: np.dtype[Any], parameters: Parameters) -> Session:
        from .session import Session, one_node

        path = self.binding(entry).function
        assert path is not None
        operator, attributes = path.rpartition(".")[2], self.options(entry, parameters)
        return Session(one_node(operator, dtype, attributes), operator)
