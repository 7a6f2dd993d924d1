"""What a framework calls the entries of the spec: the classes of a folder's ``bindings.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args, overload

import msgspec

from actinit.spec import (
    Activation,
    AnyEntry,
    Expression,
    Function,
    Initializer,
    Layer,
    Network,
    Optimizer,
    evaluate,
)
from actinit.spec.model import Struct

from .layer_binding import LayerBinding

__all__ = [
    "KINDS",
    "AnyBinding",
    "Binding",
    "Bindings",
    "NetworkBinding",
    "OptimizerBinding",
    "table_of",
]


class Binding(Struct, frozen=True, kw_only=True):
    """The framework's own name of a function or initializer, and how parameters reach it.

    The name may mean another entry in the framework's own words, as Keras's GlorotNormal draws from
    glorot_truncated_normal: both entries then have a binding with that name, and of the one that
    it does not mean `instead` says how the framework comes by it all the same.
    """

    function: str | None = None  #: Dotted path.
    layer: str | None = None  #: Dotted path of the layer, where there is one.
    in_place: str | None = None  #: Dotted path of the form that writes to its input, if any.
    arguments: dict[str, bool | int | float | str] = {}  #: Fixed, always passed.
    usual: bool = False  #: Whether the function takes these arguments if nothing is said.
    in_place_arguments: dict[str, bool | int | float | str] = {}  #: Passed to that form alone.
    axis: str | None = None  #: Keyword of the axis that rows lie along, if the function has one.
    parameters: dict[str, Expression] = {}  #: Keyword of the backend: in the spec's parameters.
    choices: dict[
        str, dict[str, bool | str]
    ] = {}  #: Choice, and keyword: option: the backend's word.
    fixed: dict[str, float] = {}  #: Parameters that the function has no keyword for, at its value.
    defaults: dict[str, float] = {}  #: The function's own defaults where they are not the spec's.
    layer_defaults: dict[str, float] = {}  #: The same for the layer.
    required: tuple[str, ...] = ()  #: Parameters for which the function has no default.
    instead: Binding | None = None  #: What is the entry indeed, where the name means another.
    note: str = ""

    @property
    def own(self) -> Binding:
        """How the framework comes by the entry itself, whatever has its name."""
        return self.instead or self


class OptimizerBinding(Struct, frozen=True, kw_only=True):
    """What a framework calls an optimizer."""

    function: str  #: Dotted path of its class.
    arguments: dict[str, Expression] = {}  #: Keyword: in the spec's parameters.
    tuples: dict[str, tuple[Expression, ...]] = {}  #: Those that are several numbers.
    defaults: dict[str, float] = {}  #: The framework's own, where they are not the spec's.
    source: str = ""  #: Where the framework documents it.

    def keywords(self, rates: Mapping[str, float]) -> dict[str, Any]:
        """Return the arguments for a value of each of the entry's parameters."""
        told: dict[str, Any] = {name: evaluate(one, rates) for name, one in self.arguments.items()}
        return told | {
            name: tuple(evaluate(one, rates) for one in several)
            for name, several in self.tuples.items()
        }


class NetworkBinding(Struct, frozen=True, kw_only=True):
    """What a framework calls the loss of a network."""

    loss: str  #: Dotted path.
    source: str  #: Where the framework documents it.


#: A binding of any family of entries.
AnyBinding = Binding | LayerBinding | NetworkBinding | OptimizerBinding


class Bindings(Struct, frozen=True, kw_only=True):
    """The bindings of a framework, by family and name of the entry.

    In the file each is a table, such as ``[activations.gelu]`` or ``[layers.dense]``; what a
    framework lacks is left out.
    """

    activations: dict[str, Binding] = {}
    initializers: dict[str, Binding] = {}
    layers: dict[str, LayerBinding] = {}
    networks: dict[str, NetworkBinding] = {}
    optimizers: dict[str, OptimizerBinding] = {}

    @overload
    def of(self, entry: Function) -> Binding | None: ...
    @overload
    def of(self, entry: Layer) -> LayerBinding | None: ...
    @overload
    def of(self, entry: Network) -> NetworkBinding | None: ...
    @overload
    def of(self, entry: Optimizer) -> OptimizerBinding | None: ...
    @overload
    def of(self, entry: AnyEntry) -> AnyBinding | None: ...
    def of(self, entry: AnyEntry) -> AnyBinding | None:
        """Return the binding of an entry; None if the framework has no such thing."""
        table: Mapping[str, AnyBinding] = getattr(self, table_of(entry))
        return table.get(entry.name)


#: Table of `Bindings`: the class of its rows.
KINDS: Mapping[str, type[AnyBinding]] = {
    field.name: get_args(field.type)[1] for field in msgspec.structs.fields(Bindings)
}


def table_of(entry: AnyEntry) -> str:
    """Return the table of `Bindings` that an entry's binding stands in."""
    match entry:
        case Activation():
            return "activations"
        case Initializer():
            return "initializers"
        case Layer():
            return "layers"
        case Network():
            return "networks"
        case Optimizer():
            return "optimizers"
