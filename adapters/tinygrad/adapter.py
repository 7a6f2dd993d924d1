"""tinygrad on the CPU."""

from __future__ import annotations

from typing import ClassVar

from ..tensors import Native
from . import engine

__all__ = ["Tinygrad"]


class Tinygrad(Native):
    """tinygrad's own functions, each a method of its tensors."""

    family = "tinygrad"
    engines: ClassVar = {"": engine.Tinygrad}
