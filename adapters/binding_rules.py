"""What the fields of a binding must be to the entry that it is of."""

from __future__ import annotations

from collections.abc import Iterator

from actinit.spec import Activation, AnyEntry, Function, Initializer, Layer, Optimizer
from actinit.spec.breach import Breach, undefined, unknown

from .binding import AnyBinding, Binding, OptimizerBinding
from .layer_binding import LayerBinding
from .layer_rules import layer_breaches

__all__ = ["binding_breaches"]


def binding_breaches(entry: AnyEntry, binding: AnyBinding) -> Iterator[Breach]:
    """Yield the key and the reason of each rule that a binding breaks.

    Parameters
    ----------
    entry : AnyEntry
        The entry of the spec.
    binding : AnyBinding
        A framework's binding of it, already right field by field.

    Yields
    ------
    tuple of str
        Key, below the binding's table, and reason.
    """
    match entry, binding:
        case Layer(), LayerBinding():
            yield from layer_breaches(entry, binding)
        case Optimizer(), OptimizerBinding():
            yield from _optimizer(entry, binding)
        case ((Activation() | Initializer()), Binding()):
            yield from _function(entry, binding)


def _function(entry: Function, binding: Binding) -> Iterator[Breach]:
    choices = entry.choices if isinstance(entry, Initializer) else {}
    if not (binding.function or binding.layer):
        yield "", "names neither a function nor a layer"
    if binding.instead:
        if binding.instead.instead:
            yield "instead", "has an instead of its own"
        for key, reason in _function(entry, binding.instead):
            yield f"instead.{key}" if key else "instead", reason
    if binding.axis and not (isinstance(entry, Activation) and entry.shape != "elementwise"):
        yield "axis", f"{entry.name} is no function of rows"
    if binding.in_place_arguments and not binding.in_place:
        yield "in_place_arguments", "has no in_place to be passed to"
    for keyword, expression in binding.parameters.items():
        yield from undefined(f"parameters.{keyword}", expression, entry.parameters)
    for field in ("defaults", "layer_defaults", "required", "fixed"):
        for keyword in getattr(binding, field):
            if keyword not in entry.parameters and keyword not in choices:
                have = ", ".join([*entry.parameters, *choices]) or "none"
                yield field, f"{keyword!r} is no parameter of {entry.name}, which has: {have}"
    for name, words in binding.choices.items():
        if name not in choices:
            have = ", ".join(choices) or "none"
            yield f"choices.{name}", f"is no choice of {entry.name}, which has: {have}"
            continue
        assert isinstance(entry, Initializer)
        for option in words:
            if option not in entry.options(name):
                options = ", ".join(entry.options(name))
                yield f"choices.{name}", f"{option!r} is none of {options}"


def _optimizer(entry: Optimizer, binding: OptimizerBinding) -> Iterator[Breach]:
    for keyword, expression in binding.arguments.items():
        yield from undefined(f"arguments.{keyword}", expression, entry.parameters)
    for keyword, several in binding.tuples.items():
        for expression in several:
            yield from undefined(f"tuples.{keyword}", expression, entry.parameters)
    for name in binding.defaults:
        yield from unknown("defaults", name, entry.parameters, "the entry's parameters")
