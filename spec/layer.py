"""The classes of a layer's entry: its kernels' fans, and what each framework starts it with.

Formulas here are in the layer's sizes, which have names: ``i`` input channels, ``o`` output
channels ... The rule for the fans is the spec's own; names, shapes, readings and starts are what
each framework has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal

from .expression import Expression
from .floats import evaluate
from .model import Activation, Initializer, Struct
from .network import Network
from .optimizer import Optimizer

__all__ = [
    "AnyEntry",
    "Layer",
    "LayerBinding",
    "Odd",
    "Reading",
    "Size",
    "Sizes",
    "Start",
    "Tensor",
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


class Reading(Struct, frozen=True, kw_only=True):
    """The fans that a framework takes a tensor to have."""

    fan_in: Expression
    fan_out: Expression


class Start(Struct, frozen=True, kw_only=True):
    """What a framework draws when nobody says anything: an entry, at these parameters."""

    law: str  #: Name of the initializer.
    parameters: dict[str, Expression] = {}
    choices: dict[str, str] = {}


class Tensor(Struct, frozen=True, kw_only=True):
    """Where a framework keeps a weight, and how."""

    name: str = ""  #: The end of its path in the layer; empty where the framework has no layers.
    shape: tuple[Expression, ...]
    layout: str = ""  #: A letter a dimension, as `actinit.reference.fans` reads it.
    groups: Expression | None = None  #: Kernels of their own along the outputs; by default 1.
    parts: tuple[int, ...] = ()  #: Which of the groups are meant; by default all.
    argument: str = ""  #: The layer's keyword that takes an initializer.
    reads: Reading | None = None  #: Where it is not the rule.
    start: Start | None = None

    def dimensions(self, sizes: Sizes) -> tuple[int, ...]:
        """Return its shape in a layer of these sizes."""
        return _whole(self.shape, sizes)

    def count(self, sizes: Sizes) -> int:
        """Return how many kernels of their own lie along its outputs."""
        return _whole([self.groups], sizes)[0] if self.groups else 1


class LayerBinding(Struct, frozen=True, kw_only=True):
    """What a backend calls the layer, and what it keeps in it."""

    layer: str = ""  #: Dotted path; empty where there are kernels but no layers.
    arguments: dict[str, Expression] = {}  #: Of its constructor.
    tuples: dict[str, tuple[Expression, ...]] = {}  #: Those that are several numbers.
    inputs: tuple[tuple[Expression, ...], ...] = ()  #: Shapes of the inputs that it is built for.
    weights: dict[str, Tensor]
    source: str = ""  #: Where the framework documents it.
    note: str = ""

    def constructor(self, sizes: Sizes) -> dict[str, Any]:
        """Return the arguments that make a layer of these sizes."""
        numbers = {name: _whole([one], sizes)[0] for name, one in self.arguments.items()}
        return numbers | {name: _whole(several, sizes) for name, several in self.tuples.items()}

    def built_for(self, sizes: Sizes) -> list[tuple[int, ...]]:
        """Return the shapes of the inputs that a layer of these sizes is built for."""
        return [_whole(shape, sizes) for shape in self.inputs]


def _whole(expressions: Iterable[Expression], sizes: Sizes) -> tuple[int, ...]:
    """Evaluate formulas that must come to integers."""
    found = []
    for expression in expressions:
        value = evaluate(expression, sizes)
        if value != int(value):
            raise ValueError(f"{expression.text} is {value:g} for {dict(sizes)}, no integer")
        found.append(int(value))
    return tuple(found)


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
    sizes: dict[str, Size]
    weights: dict[str, Weight]
    odd: dict[str, Odd] = {}
    backends: dict[str, LayerBinding]
    references: tuple[str, ...] = ()

    family: ClassVar[Literal["layer"]] = "layer"

    @property
    def examples(self) -> dict[str, int]:
        """The sizes that the suite and the site take."""
        return {name: size.example for name, size in self.sizes.items()}


AnyEntry = Activation | Initializer | Layer | Network | Optimizer
