"""Two frameworks side by side, entry by entry: what each takes if nothing is said.

All of it stands in their bindings, which the suite's checks hold to what the frameworks do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

from actinit.adapters import (
    Binding,
    Given,
    LayerBinding,
    OptimizerBinding,
    Tensor,
    bindings,
    frameworks,
)
from actinit.adapters.binding import AnyBinding
from actinit.spec import (
    CATALOGUES,
    Activation,
    AnyEntry,
    Catalogue,
    Function,
    Initializer,
    Layer,
    Optimizer,
    UnknownNameError,
    activations,
    initializers,
    optimizers,
)
from actinit.spec.names import all_names, squashed

from .taken import KINDS, NO_DEFAULT, default_of, started

__all__ = ["Comparison", "Row", "compare", "framework_of", "named"]

_NONE = "none"


class Row(NamedTuple):
    """One thing that is otherwise.

    Attributes
    ----------
    what : str
        Such as ``kernel, initialization``.
    before, after : str
        What the first framework takes, and the second.
    """

    what: str
    before: str
    after: str


class Comparison(NamedTuple):
    """An entry in two frameworks.

    Attributes
    ----------
    entry : str
        Its name.
    family : str
        Layer, activation, initializer or training.
    before, after : str
        What each calls it, as a call; ``none`` where it has no such thing.
    rows : tuple of Row
        What is otherwise; empty if nothing is known to be.
    """

    entry: str
    family: str
    before: str
    after: str
    rows: tuple[Row, ...]

    @property
    def differs(self) -> bool:
        """Whether anything has to be changed: a difference, or that one of them lacks it."""
        return bool(self.rows) or _NONE in (self.before, self.after)


def framework_of(name: str) -> str:
    """Return the framework that somebody named: by its own name or that of a backend of it.

    Raises
    ------
    UnknownNameError
        If there is none; it names the nearest.
    """
    known = frameworks()
    for key, framework in known.items():
        if name in framework.backends:
            return key
    backends = {backend for one in known.values() for backend in one.backends}
    raise UnknownNameError("framework", name, backends)


def named(words: Iterable[str]) -> list[AnyEntry]:
    """Return the entries that words mean, of every family: ``linear`` is a layer and a function.

    Raises
    ------
    UnknownNameError
        If a word means none; it names the nearest.
    """
    found: list[AnyEntry] = []
    for word in words:
        meant = [catalogue[word] for catalogue in CATALOGUES if word in catalogue]
        if not meant:
            every = (entry for catalogue in CATALOGUES for entry in catalogue.values())
            raise UnknownNameError("entry", word, all_names(every))
        found += [entry for entry in meant if entry not in found]
    return found


def compare(
    source: str, target: str, entries: Iterable[AnyEntry] | None = None
) -> list[Comparison]:
    """Return what is otherwise in one framework than in another.

    Parameters
    ----------
    source, target : str
        Names of frameworks: what is ported from, and to.
    entries : iterable of entry, optional
        Which to look at; by default all that both have, and of these only those that differ.

    Returns
    -------
    list of Comparison
        In the order of the entries.
    """
    if entries is not None:
        return [_comparison(entry, source, target) for entry in entries]
    every = (entry for catalogue in CATALOGUES for entry in catalogue.values())
    found = [_comparison(entry, source, target) for entry in every]
    return [one for one in found if one.rows]


def _comparison(entry: AnyEntry, source: str, target: str) -> Comparison:
    both = bindings(entry)
    before, after = both.get(source), both.get(target)
    rows: Iterator[Row] = iter(())
    match entry, before, after:
        case ((Activation() | Initializer()), Binding(), Binding()):
            rows = _of_function(entry, before, after)
        case Layer(), LayerBinding(), LayerBinding() if before.layer and after.layer:
            rows = _of_layer(entry, before, after)
        case Optimizer(), OptimizerBinding(), OptimizerBinding():
            rows = _of_optimizer(entry, entry, before, after)
        case Optimizer(), OptimizerBinding(), None:
            if found := _namesake(before, target):
                other, after = found
                rows = _of_optimizer(entry, other, before, after)
    told = tuple(row for row in rows if row.before != row.after)
    return Comparison(entry.name, entry.family, _call(before), _call(after), told)


def _call(binding: AnyBinding | None) -> str:
    """Write what a framework calls an entry, with the arguments that it takes to mean it."""
    match binding:
        case Binding():
            inside = ", ".join(f"{name}={value!r}" for name, value in binding.arguments.items())
            path = binding.function or binding.layer or ""
            return f"{path}({inside})" if inside else path
        case LayerBinding():
            return binding.layer or _NONE
        case OptimizerBinding():
            return binding.function
    return _NONE


# -- Functions and initializers --------------------------------------------------------------


def _of_function(entry: Function, before: Binding, after: Binding) -> Iterator[Row]:
    meant = Row("what it is", _meant(entry, before), _meant(entry, after))
    plain = Row("without these arguments", _plain(entry, before), _plain(entry, after))
    yield meant
    if plain[1:] != meant[1:]:
        yield plain
    for name, parameter in entry.parameters.items():
        for kind in KINDS:
            if getattr(before, kind) and getattr(after, kind):
                was, now = (_default(one, name, parameter.default, kind) for one in (before, after))
                yield Row(f"{name}{', of the layer' if kind == 'layer' else ''}", was, now)
    for name in getattr(entry, "choices", {}):
        yield Row(name, _choice(entry, before, name), _choice(entry, after, name))


def _meant(entry: Function, binding: Binding) -> str:
    """Return the entry that a call as it is written means: a name may mean another distribution."""
    return entry.name if binding.arguments else _plain(entry, binding)


def _plain(entry: Function, binding: Binding) -> str:
    """Return the entry that the framework's bare name means, called without arguments."""
    catalogue: Catalogue[Any] = activations if isinstance(entry, Activation) else initializers
    path = binding.function or binding.layer or ""
    return str(catalogue[path].name) if path in catalogue else entry.name


def _default(binding: Binding, name: str, stated: float, kind: Literal["function", "layer"]) -> str:
    found = default_of(binding, name, stated, kind)
    return NO_DEFAULT if found is None else f"{found:g}"


def _choice(entry: Function, binding: Binding, name: str) -> str:
    if name in binding.required:
        return NO_DEFAULT
    return str(entry.choices[name].default) if isinstance(entry, Initializer) else ""


# -- Layers ----------------------------------------------------------------------------------


def _of_layer(entry: Layer, before: LayerBinding, after: LayerBinding) -> Iterator[Row]:
    for name in entry.settings:
        was, now = before.settings.get(name), after.settings.get(name)
        if was and now and was.setting != now.setting:
            yield Row(name, _given(was), _given(now))
    if before.gates and after.gates:
        yield Row("order of the gates", ", ".join(before.gates), ", ".join(after.gates))
    for name in entry.weights:
        one, other = before.weights.get(name), after.weights.get(name)
        if not (one and other):
            if one or other:
                yield Row(name, *(tensor.name if tensor else _NONE for tensor in (one, other)))
            continue
        yield Row(f"{name}, shape", _shape(one), _shape(other))
        if one.start and other.start:
            yield Row(f"{name}, initialization", started(one.start), started(other.start))
        if one.argument or other.argument or entry.weights[name].fan_in:
            yield Row(f"{name}, fans", _fans(entry, name, one), _fans(entry, name, other))


def _given(one: Given) -> str:
    """Write a default as the entry has it, and as the framework's keyword does."""
    if isinstance(one.default, str):
        return f"{one.keyword} is {one.default}"
    return f"{one.setting:g}, as {one.keyword}={one.default:g}"


def _shape(tensor: Tensor) -> str:
    return f"({', '.join(one.text for one in tensor.shape)})"


def _fans(entry: Layer, name: str, tensor: Tensor) -> str:
    reads = tensor.reads or entry.weights[name]
    if reads.fan_in is None or reads.fan_out is None:
        return _NONE
    return f"{reads.fan_in.text} in, {reads.fan_out.text} out"


# -- Optimizers ------------------------------------------------------------------------------


def _namesake(before: OptimizerBinding, target: str) -> tuple[Optimizer, OptimizerBinding] | None:
    """Return what another framework calls by the same word, which may be another update."""
    word = squashed(before.function)
    for entry in optimizers.values():
        after = bindings(entry).get(target)
        if after and squashed(after.function) == word:
            return entry, after
    return None


def _of_optimizer(
    entry: Optimizer, other: Optimizer, before: OptimizerBinding, after: OptimizerBinding
) -> Iterator[Row]:
    yield Row("what it is", entry.name, other.name)
    for name, parameter in entry.parameters.items():
        if name in other.parameters:
            was = before.defaults.get(name, parameter.default)
            now = after.defaults.get(name, other.parameters[name].default)
            yield Row(name, f"{was:g}", f"{now:g}")
