"""The class of a network's entry: how it computes its loss and the gradient, as formulas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

import msgspec

from .breach import Breach, undefined, unknown
from .expression import Expression
from .model import Called, Struct

__all__ = ["Formula", "Network", "Symbol", "network_breaches"]


class Symbol(Struct, frozen=True, kw_only=True):
    """What a name means in the formulas."""

    symbol: str  #: LaTeX.
    what: str


class Formula(Struct, frozen=True, kw_only=True):
    """One step of the computation."""

    is_: Expression = msgspec.field(name="is")
    over: Literal["inputs", "outputs", "classes", "examples"]  #: What its sum runs over.
    what: str


class Network(Struct, frozen=True, kw_only=True, eq=False):
    """A network with its loss: what is trained, whatever the optimizer."""

    name: str
    since: str
    summary: str
    text: str
    aliases: tuple[str, ...] = ()
    called: dict[str, Called] = {}  #: By name: the libraries that mean the entry by it.
    layer: str  #: Name of the entry of its layers.
    hidden: str  #: Activation of all layers but the last.
    output: str  #: Activation of the last one, which the loss has in it.
    symbols: dict[str, Symbol]
    formulas: dict[str, Formula]  #: In the order of computation.
    references: tuple[str, ...]

    family: ClassVar[Literal["training"]] = "training"


def network_breaches(
    entry: Network, activations: Mapping[str, Any], layers: Mapping[str, Any]
) -> Iterator[Breach]:
    """Yield the key and the reason of each rule that a network's entry breaks."""
    yield from unknown("layer", entry.layer, set(layers), "the layers")
    for key in ("hidden", "output"):
        yield from unknown(key, getattr(entry, key), set(activations), "the activations")
    for name, formula in entry.formulas.items():
        yield from undefined(f"formulas.{name}.is", formula.is_, entry.symbols)
