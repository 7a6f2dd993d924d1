"""What changes when a model goes from one framework to another, and the lines that keep it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations

from actinit import spec
from actinit.adapters import (
    Binding,
    Given,
    LayerBinding,
    OptimizerBinding,
    Start,
    Tensor,
    bindings,
    frameworks,
)
from actinit.adapters.calls import keywords, takes
from actinit.conformance.initializers.distributions import defaults
from actinit.conformance.porting.taken import KINDS, NO_DEFAULT, default_of, started
from actinit.spec import Activation, AnyEntry, Function, Layer

from ..results import Results
from .view import other_distribution

__all__ = ["Difference", "Pair", "pairs", "start_line"]


@dataclass(frozen=True)
class Difference:
    """One thing that is otherwise in the other framework if nothing is said."""

    entry: AnyEntry
    what: str  #: Such as a parameter, or a weight.
    before: str
    after: str
    line: str  #: Of the other framework, that makes it as before; empty where there is none.


@dataclass(frozen=True)
class Pair:
    """From one framework to another."""

    source: str
    target: str
    differences: list[Difference]

    @property
    def id(self) -> str:
        """Its anchor."""
        return f"{self.source}-to-{self.target}"

    @property
    def titles(self) -> tuple[str, str]:
        """The names of both, for people."""
        known = frameworks()
        before, after = (known[key].title.partition(" (")[0] for key in (self.source, self.target))
        return before, after


def pairs(results: Results) -> list[Pair]:
    """Return all pairs of frameworks between which something differs; the reference is none."""
    keys = [key for key in frameworks() if key != "numpy"]
    found = [
        Pair(source, target, list(_differences(results, source, target)))
        for source, target in permutations(keys, 2)
    ]
    return [one for one in found if one.differences]


def _differences(results: Results, source: str, target: str) -> Iterator[Difference]:
    functions = [*spec.activations.values(), *spec.initializers.values()]
    yield from _forms(functions, source, target)
    for entry in functions:
        both = bindings(entry)
        if source in both and target in both:
            yield from _parameters(entry, both[source], both[target])
            yield from _distributions(results, entry, source, target)
    for layer in spec.layers.values():
        told = bindings(layer)
        if source in told and target in told:
            yield from _settings(layer, told[source], told[target])
            yield from _gates(layer, told[source], told[target])
            yield from _starts(layer, told[source], told[target], target)
    yield from _optimizers(source, target)


# -- Functions -------------------------------------------------------------------------------


def _forms(functions: Iterable[Function], source: str, target: str) -> Iterator[Difference]:
    """Yield the names that mean another function in the other framework if nothing is said."""
    before, after = _by_name(functions, source), _by_name(functions, target)
    for name, entry in before.items():
        other = after.get(name)
        if other and other is not entry:
            binding = bindings(entry).get(target)
            line = _call(entry, binding, {}) if binding else ""
            yield Difference(entry, name, _plainly(entry), _plainly(other), line)


def _by_name(functions: Iterable[Function], key: str) -> dict[str, Function]:
    """Return what each bare name of a framework means if it is called without arguments."""
    return {
        (binding.function or "").rpartition(".")[2].lower(): entry
        for entry in functions
        if isinstance(entry, Activation)
        and (binding := bindings(entry).get(key))
        and (binding.usual or not binding.arguments)
    }


def _plainly(entry: AnyEntry) -> str:
    return f"{entry.name}: {entry.summary}"


def _parameters(entry: Function, before: Binding, after: Binding) -> Iterator[Difference]:
    """Yield the parameters that have other defaults: of the functions, and of the layers."""
    for kind in KINDS:
        called = getattr(after, kind)
        if not (getattr(before, kind) and called):
            continue
        was, is_ = {}, {}
        for name, parameter in entry.parameters.items():
            old, new = (default_of(one, name, parameter.default, kind) for one in (before, after))
            if old is not None and old != new:
                was[name], is_[name] = old, new
        if was:
            line = _call(entry, after, was, kind) if all(takes(after, one) for one in was) else ""
            what = f"{', '.join(was)} of {called}"
            yield Difference(entry, what, _numbers(was), _numbers(is_), line)


def _numbers(found: Mapping[str, float | None]) -> str:
    return ", ".join(NO_DEFAULT if one is None else f"{one:g}" for one in found.values())


def _call(
    entry: Function, binding: Binding, numbers: Mapping[str, float], kind: str = "function"
) -> str:
    """Write a call of the framework with some parameters given and the others left out."""
    # Of a keyword that needs several parameters, those that nobody named keep their defaults.
    given = {*numbers, *binding.required}
    touched = {
        name
        for expression in binding.parameters.values()
        if expression.names & given
        for name in expression.names
    }
    usual = {name: entry.parameters[name].default for name in touched if name in entry.parameters}
    passed = keywords(entry, binding, {**usual, **binding.defaults, **numbers} if touched else {})
    if binding.usual and not touched:
        passed = dict(binding.arguments)
    inside = [f"{word}={value!r}" for word, value in passed.items()]
    path = getattr(binding, kind) or binding.function or binding.layer or ""
    if isinstance(entry, Activation) and kind == "function" and binding.function:
        inside.insert(0, "x")
    elif path.endswith("_"):  # fills a tensor in place
        inside.insert(0, "weights")
    return f"{path}({', '.join(inside)})"


def _distributions(
    results: Results, entry: Function, source: str, target: str
) -> Iterator[Difference]:
    """Yield the initializers whose name draws another distribution in one of the two."""
    before, after = (other_distribution(results, entry, key) for key in (source, target))
    if {one.what for one in before} == {one.what for one in after}:
        return
    told = [
        f"{bindings(entry)[key].function or ''}: "
        + ((causes[0].what if causes else "") or f"draws {entry.name}.")
        for key, causes in ((source, before), (target, after))
    ]
    yield Difference(entry, "what is drawn", told[0], told[1], "")


# -- Layers ----------------------------------------------------------------------------------


def _settings(layer: Layer, before: LayerBinding, after: LayerBinding) -> Iterator[Difference]:
    """Yield the settings that are others, whatever the names and signs that they go by."""
    for name, was in before.settings.items():
        is_ = after.settings.get(name)
        if is_ is None or (was.default == is_.default and was.setting == is_.setting):
            continue
        value = _keeping(was, is_)
        line = "" if value is None else f"{after.layer}(…, {is_.keyword}={value:g})"
        what = f"{name} of {after.layer}"
        yield Difference(layer, what, _given(was), _given(is_), line)


def _gates(layer: Layer, before: LayerBinding, after: LayerBinding) -> Iterator[Difference]:
    """Yield the order of the gates in a kernel, with the line that brings it into the other."""
    if not (before.gates and after.gates) or before.gates == after.gates:
        return
    order = ", ".join(str(before.gates.index(gate)) for gate in after.gates)
    was, is_ = (one.weights["kernel"].layout for one in (before, after))
    axis = was.index("o")
    line = (
        f"numpy.concatenate([numpy.split(kernel, {len(before.gates)}, axis={axis})[at]"
        f" for at in ({order})], axis={axis})"
    )
    what = f"order of the gates of {after.layer}"
    both = (", ".join(one.gates) for one in (before, after))
    yield Difference(layer, what, *both, line if was == is_ else f"{line}.T")


def _given(one: Given) -> str:
    if isinstance(one.default, str):
        return f"{one.keyword}: {one.default}"
    return f"{one.keyword}={one.default:g}"


def _keeping(was: Given, is_: Given) -> float | None:
    """Return what a keyword has to be for a setting to stay what it was; None if unknown."""
    if isinstance(was.setting, str):
        return None
    if is_.means is None:
        return was.setting
    # What is 1 less the setting gives the setting, and the other way round.
    value = spec.evaluate(is_.means, {is_.keyword: was.setting})
    back = spec.evaluate(is_.means, {is_.keyword: value})
    return value if math.isclose(back, was.setting) else None


def _starts(
    layer: Layer, before: LayerBinding, after: LayerBinding, target: str
) -> Iterator[Difference]:
    """Yield the weights that are initialized otherwise, and those that are read otherwise."""
    for weight in layer.weights:
        was, is_ = before.weights.get(weight), after.weights.get(weight)
        if not (was and is_ and was.start and is_.start) or was.start == is_.start:
            continue
        line = start_line(was.start, is_, after, target)
        what = f"{weight} of {after.layer}"
        yield Difference(layer, what, started(was.start), started(is_.start), line)


def start_line(start: Start, tensor: Tensor, layer: LayerBinding, target: str) -> str:
    """Write how the other framework initializes a weight so; empty where it takes more."""
    entry = spec.initializers[start.initializer]
    named = bindings(entry).get(target)
    binding = named and named.own
    sized = any(one.names for one in start.parameters.values())
    packed = tensor.groups is not None or tensor.reads is not None or tensor.parts
    if binding is None or not binding.function or sized or packed or not tensor.name:
        return ""
    numbers = {name: float(spec.evaluate(one, {})) for name, one in start.parameters.items()}
    # What has another name than the entry has other defaults, too.
    usual = {} if binding is named else defaults(entry)
    passed = keywords(entry, binding, {**usual, **numbers, **start.choices})
    inside = ", ".join(f"{word}={value!r}" for word, value in passed.items())
    if tensor.argument:
        return f"{layer.layer}(…, {tensor.argument}={binding.function}({inside}))"
    if binding.function.endswith("_"):
        return f"{binding.function}({', '.join(filter(None, (f'layer.{tensor.name}', inside)))})"
    return f"layer.{tensor.name} = {binding.function}({inside})(layer.{tensor.name})"


# -- Optimizers ------------------------------------------------------------------------------


def _optimizers(source: str, target: str) -> Iterator[Difference]:
    """Yield the optimizers whose name means another update in the other framework."""
    before, after = _updates(source), _updates(target)
    for name, entries in before.items():
        others = after.get(name, [])
        if others and others[0] is not entries[0]:
            told = (f"{one[0].name}: {one[0].summary}" for one in (entries, others))
            yield Difference(entries[0], f"the update of {name}", *told, "")


def _updates(key: str) -> dict[str, list[spec.Optimizer]]:
    found: dict[str, list[spec.Optimizer]] = {}
    for entry in spec.optimizers.values():
        binding = bindings(entry).get(key)
        if isinstance(binding, OptimizerBinding):
            found.setdefault(binding.function.rpartition(".")[2], []).append(entry)
    return found
