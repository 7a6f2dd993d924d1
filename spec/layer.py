"""The classes of a layer's entry: its sizes, and the rule for the fans of its kernels.

Formulas here are in the layer's sizes, which have names: ``i`` input channels, ``o`` output
channels ...
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from .expression import Expression
from .model import Activation, Called, Initializer, Struct
from .network import Network
from .optimizer import Optimizer

__all__ = [
    "AnyEntry",
    "Layer",
    "Odd",
    "Setting",
    "Size",
    "Sizes",
    "Weight",
]


#: The sizes of a layer, by name.
Sizes = Mapping[str, int]


class Size(Struct, frozen=True, kw_only=True):
    """One of the numbers that a layer is made from."""

    what: str
    example: int  #: What the suite and the site take; no two readings of a shape come out alike.


class Weight(Struct, frozen=True, kw_only=True):
    """A tensor that the layer learns, and the rule for its fans."""

    what: str
    fan_in: Expression | None = None  #: How many numbers are added up for one output.
    fan_out: Expression | None = None  #: Into how many outputs one input goes.


class Setting(Struct, frozen=True, kw_only=True):
    """A number that the layer computes with, which frameworks set otherwise by default."""

    what: str


class Odd(Struct, frozen=True, kw_only=True):
    """A shape that is no kernel's, given to a distribution that depends on fans."""

    shape: tuple[int, ...]
    gives: Literal["error", "empty"]
    why: str


class Layer(Struct, frozen=True, kw_only=True, eq=False):
    """A kind of layer; compared and hashed by identity, as there is one of each."""

    name: str
    since: str
    summary: str
    text: str
    aliases: tuple[str, ...] = ()
    called: dict[str, Called] = {}  #: By name: the libraries that mean the entry by it.
    sizes: dict[str, Size]
    weights: dict[str, Weight]
    settings: dict[str, Setting] = {}
    gates: dict[str, str] = {}  #: What its kernels are side by side for, each with what it does.
    odd: dict[str, Odd] = {}
    references: tuple[str, ...] = ()

    family: ClassVar[Literal["layer"]] = "layer"

    @property
    def examples(self) -> dict[str, int]:
        """The sizes that the suite and the site take."""
        return {name: size.example for name, size in self.sizes.items()}


AnyEntry = Activation | Initializer | Layer | Network | Optimizer
