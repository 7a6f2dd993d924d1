"""What a framework calls a kind of layer, where it keeps its weights, and what it starts them with.

Formulas here are in the sizes of the layer's entry: ``i`` input channels, ``o`` output channels ...
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from actinit.spec import Expression, evaluate
from actinit.spec.layer import Sizes
from actinit.spec.model import Struct

__all__ = ["Given", "LayerBinding", "Reading", "Start", "Tensor"]


class Reading(Struct, frozen=True, kw_only=True):
    """The fans that a framework takes a tensor to have."""

    fan_in: Expression
    fan_out: Expression


class Start(Struct, frozen=True, kw_only=True):
    """What a framework draws when nobody says anything: an entry, at these parameters."""

    initializer: str  #: Name of the initializer.
    parameters: dict[str, Expression] = {}
    choices: dict[str, str] = {}


class Given(Struct, frozen=True, kw_only=True):
    """A keyword of the layer for one of the entry's settings, and what it is if nothing is said."""

    keyword: str
    default: float | str  #: In words where it is no number.
    means: Expression | None = None  #: The entry's setting, in the keyword; by default the same.

    @property
    def setting(self) -> float | str:
        """The entry's setting that the layer has if nothing is said."""
        if self.means is None or isinstance(self.default, str):
            return self.default
        return evaluate(self.means, {self.keyword: self.default})


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
    """What a framework calls the layer, and what it keeps in it."""

    layer: str = ""  #: Dotted path; empty where there are kernels but no layers.
    arguments: dict[str, Expression] = {}  #: Of its constructor.
    tuples: dict[str, tuple[Expression, ...]] = {}  #: Those that are several numbers.
    inputs: tuple[tuple[Expression, ...], ...] = ()  #: Shapes of the inputs that it is built for.
    weights: dict[str, Tensor]
    settings: dict[str, Given] = {}
    gates: tuple[str, ...] = ()  #: Of the entry, in the order in which they lie along the outputs.
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
