"""Weight initializers, each with its distribution: every one that a file of this folder defines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from actinit.spec.loader import INITIALIZERS

from .._registry import registered
from ._initializer import Initializer

if TYPE_CHECKING:

    def __getattr__(name: str) -> Initializer: ...


#: The initializers by name.
initializers: Mapping[str, Initializer] = registered(
    "initializer", __name__, Initializer, INITIALIZERS.files, INITIALIZERS
)
# Each under its own name too, as ``from actinit.reference.initializers import eye`` expects.
globals().update(initializers)

__all__ = ["initializers", *initializers]
