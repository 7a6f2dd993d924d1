"""How the frameworks' defaults differ, row by row, for someone who ports a model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from actinit import adapters, spec
from actinit.adapters import Binding, Start, bindings
from actinit.conformance.known.causes import Cause
from actinit.spec import Function, Layer

from ..results import Results
from .view import other_distribution

__all__ = [
    "Default",
    "LayerStart",
    "Name",
    "PlainName",
    "Told",
    "binding",
    "called",
    "frameworks",
    "layer_starts",
    "parameters",
    "plain_names",
    "shared_names",
    "starting",
]


def frameworks(entries: Iterable[Function | Layer]) -> list[str]:
    """Return the frameworks that bind any of the entries, the reference left out."""
    return [key for key in binding(entries) if key != "numpy"]


def binding(entries: Iterable[Function | Layer]) -> list[str]:
    """Return the frameworks that bind any of the entries, the reference too."""
    bound = {key for entry in entries for key in bindings(entry)}
    return [key for key in adapters.frameworks() if key in bound]


@dataclass(frozen=True)
class Told:
    """What a framework takes if nothing is said, in words."""

    text: str
    differs: bool  #: From the spec's own default.


@dataclass(frozen=True)
class Default:
    """One parameter or choice, with what it is by default in each framework."""

    entry: Function
    name: str
    stated: str  #: The spec's own.
    by_framework: dict[str, Told]  #: Absent where the framework lacks the entry.

    @property
    def differ(self) -> list[str]:
        """The frameworks in which something else than the spec's default is meant."""
        return [key for key, told in self.by_framework.items() if told.differs]


def parameters(entries: Iterable[Function]) -> Iterator[Default]:
    """Yield every parameter and choice of the entries."""
    for entry in entries:
        theirs = {key: one for key, one in bindings(entry).items() if key != "numpy"}
        for name, parameter in entry.parameters.items():
            own = parameter.default
            told = {key: _default(one, name, own) for key, one in theirs.items()}
            yield Default(entry, name, repr(own), told)
        for name, choice in getattr(entry, "choices", {}).items():
            told = {key: _chosen(one, name, choice.default) for key, one in theirs.items()}
            yield Default(entry, name, choice.default, told)


def _default(binding: Binding, name: str, stated: float) -> Told:
    """Tell the default of a function and, where it is another, of the layer."""
    if name in binding.required:
        return _REQUIRED
    function = binding.defaults.get(name, binding.fixed.get(name, stated))
    layer = binding.layer_defaults.get(name, function)
    text = repr(function)
    if not any(name in expression.names for expression in binding.parameters.values()):
        text += ", always"
    if layer != function:
        text += f"; the layer {layer!r}"
    return Told(text, function != stated or layer != stated)


def _chosen(binding: Binding, name: str, stated: str) -> Told:
    if name in binding.required:
        return _REQUIRED
    return Told(stated if name in binding.choices else f"{stated}, always", differs=False)


_REQUIRED = Told("none: it must be given", differs=True)


@dataclass(frozen=True)
class Name:
    """One name of a framework that means several entries, by its arguments."""

    framework: str
    function: str
    meant: list[tuple[Function, str]]  #: An entry with the arguments that it takes to mean it.


def called(arguments: dict[str, bool | int | float | str]) -> str:
    """Write arguments as a call has them."""
    return ", ".join(f"{name}={value!r}" for name, value in arguments.items())


def shared_names(entries: Iterable[Function]) -> list[Name]:
    """Return the names that mean several entries, told apart by arguments."""
    found: dict[tuple[str, str], list[tuple[Function, str]]] = {}
    for entry in entries:
        for key, binding in bindings(entry).items():
            if binding.function:
                meant = found.setdefault((key, binding.function), [])
                meant.append((entry, called(binding.arguments)))
    return [
        Name(*place, meant)
        for place, meant in found.items()
        if len({arguments for _, arguments in meant}) > 1
    ]


@dataclass(frozen=True)
class PlainName:
    """An initializer that a framework offers by name and draws from another distribution."""

    entry: Function
    framework: str
    function: str
    causes: list[Cause]


def plain_names(results: Results, entries: Iterable[Function]) -> list[PlainName]:
    """Return the initializers whose name means another distribution in a framework."""
    return [
        PlainName(entry, key, binding.function or binding.layer or "", told)
        for entry in entries
        for key, binding in bindings(entry).items()
        if (told := other_distribution(results, entry, key))
    ]


@dataclass(frozen=True)
class LayerStart:
    """What a weight of a layer starts with, framework by framework."""

    layer: Layer
    weight: str
    by_framework: dict[str, Start]

    @property
    def differ(self) -> bool:
        """Whether two frameworks start it from other distributions or at other parameters."""
        first, *others = self.by_framework.values()
        return any(one != first for one in others)


def layer_starts() -> Iterator[LayerStart]:
    """Yield every weight of every kind of layer that a framework starts."""
    for layer in spec.layers.values():
        for weight in layer.weights:
            told = {
                key: start
                for key, binding in bindings(layer).items()
                if weight in binding.weights and (start := binding.weights[weight].start)
            }
            if told:
                yield LayerStart(layer, weight, told)


def starting() -> list[str]:
    """Return the frameworks that say what a layer starts with."""
    found = {key for one in layer_starts() for key in one.by_framework}
    return [key for key in adapters.frameworks() if key in found]
