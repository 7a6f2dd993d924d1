"""Backends as the suite sees them: one folder per framework, imported only when asked for.

>>> from actinit import adapters
>>> adapters.load("numpy").name
'numpy'

To check your own kernels, write an adapter and name it: ``actinit check my_kernels.py:Mine``::

    import numpy as np

    from actinit.adapters import Adapter, NotOffered

    KERNELS = {"relu": lambda x: np.maximum(x, 0), "tanh": np.tanh}


    class Mine(Adapter):
        name = "mine"

        def versions(self):
            return {"mine": "1.0"}

        def value(self, entry, x, parameters):
            if entry.name not in KERNELS:
                raise NotOffered(f"no kernel for {entry.name}")
            return KERNELS[entry.name](x, **parameters)

Its checks of layers, gradients and initializers are reported as not offered until it has them.
"""

from __future__ import annotations

from typing import Any

from .base import Adapter
from .binding import Binding, Bindings, NetworkBinding, OptimizerBinding
from .discovery import broken, frameworks, names
from .errors import AdapterError, BackendMissingError, NotOffered
from .framework import Framework
from .layer_binding import Given, LayerBinding, Start, Tensor
from .lookup import bindings
from .registry import load

__all__ = [
    "Adapter",
    "AdapterError",
    "BackendMissingError",
    "Binding",
    "Bindings",
    "Framework",
    "Given",
    "LayerBinding",
    "NetworkBinding",
    "NotOffered",
    "OptimizerBinding",
    "Start",
    "Tensor",
    "bindings",
    "broken",
    "frameworks",
    "load",
    "names",
]


def __getattr__(name: str) -> Any:
    """Look the names of backends up when somebody asks for ``NAMES``, the former constant."""
    if name == "NAMES":
        return names()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
