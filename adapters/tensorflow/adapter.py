"""TensorFlow, eager and in graphs, with XLA or without."""

from __future__ import annotations

from typing import ClassVar

from ..tensors import Native
from . import engine

__all__ = ["TensorFlow"]


class TensorFlow(Native):
    """TensorFlow without Keras."""

    family = "tensorflow"
    engines: ClassVar = {
        "": engine.TensorFlow,
        "function": engine.TensorFlowFunction,
        "xla": engine.TensorFlowXLA,
    }
