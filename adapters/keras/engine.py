"""The tensor libraries that Keras runs on, each imported when its engine is made."""

from __future__ import annotations

from ..engine import Engine
from ..jax.engine import Jax
from ..tensorflow.engine import TensorFlow
from ..torch.engine import Torch

__all__ = ["ENGINES"]

#: By the names that Keras gives them.
ENGINES: dict[str, type[Engine]] = {"tensorflow": TensorFlow, "jax": Jax, "torch": Torch}
