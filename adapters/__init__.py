"""Backends as the suite sees them: one file per framework, imported only when asked for.

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

from .base import Adapter, AdapterError, BackendMissingError, NotOffered
from .registry import NAMES, load

__all__ = ["NAMES", "Adapter", "AdapterError", "BackendMissingError", "NotOffered", "load"]
