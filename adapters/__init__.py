"""Backends as the suite sees them: one file per framework, imported only when asked for.

>>> from actinit import adapters
>>> adapters.load("numpy").name
'numpy'
"""

from __future__ import annotations

from .base import Adapter, BackendMissingError, NotOffered
from .registry import NAMES, load

__all__ = ["NAMES", "Adapter", "BackendMissingError", "NotOffered", "load"]
