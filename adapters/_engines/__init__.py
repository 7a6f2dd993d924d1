"""Tensor libraries, each imported when its engine is made. Keras runs on any of them."""

from __future__ import annotations

from .base import Array, Call, Engine
from .jax import Jax, JaxJit
from .tensorflow import TensorFlow, TensorFlowFunction, TensorFlowXLA
from .torch import Torch, TorchCompile

__all__ = [
    "ENGINES", "Array", "Call", "Engine", "Jax", "JaxJit", "TensorFlow", "TensorFlowFunction",
    "TensorFlowXLA", "Torch", "TorchCompile",
]  # fmt: skip

#: By the names that Keras gives them.
ENGINES: dict[str, type[Engine]] = {"tensorflow": TensorFlow, "jax": Jax, "torch": Torch}
