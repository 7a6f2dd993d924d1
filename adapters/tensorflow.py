"""TensorFlow, eager and in graphs, with XLA or without."""

from __future__ import annotations

from typing import ClassVar

from . import _engines
from ._framework import Native

__all__ = ["BACKEND", "TensorFlow"]


class TensorFlow(Native):
    """TensorFlow without Keras."""

    family = "tensorflow"
    engines: ClassVar = {
        "": _engines.TensorFlow,
        "function": _engines.TensorFlowFunction,
        "xla": _engines.TensorFlowXLA,
    }


BACKEND = TensorFlow
