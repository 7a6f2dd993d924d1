"""Activation functions and their derivatives: every one that a file of this folder defines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from actinit.spec.loader import ACTIVATIONS

from .._registry import registered
from ._kinds import Activation

if TYPE_CHECKING:

    def __getattr__(name: str) -> Activation: ...


#: The activations by name.
activations: Mapping[str, Activation] = registered(
    "activation", __name__, Activation, ACTIVATIONS.files, ACTIVATIONS
)
# Each under its own name too, as ``from actinit.reference.activations import gelu`` expects.
globals().update(activations)

__all__ = ["activations", *activations]
