"""What the fields of a layer's entry must be to each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .breach import Breach, undefined, unknown
from .expression import Expression
from .floats import evaluate
from .layer import Layer, LayerBinding, Start, Tensor, Weight
from .model import Initializer

__all__ = ["layer_breaches"]


def layer_breaches(entry: Layer, initializers: Mapping[str, Initializer]) -> Iterator[Breach]:
    """Yield the key and the reason of each rule that a layer's entry breaks.

    Parameters
    ----------
    entry : Layer
        The entry, already right field by field.
    initializers : mapping of str to Initializer
        What a layer can start from.

    Yields
    ------
    tuple of str
        Key and reason.
    """
    for name, size in entry.sizes.items():
        if size.example < 1:
            yield f"sizes.{name}.example", f"expected an integer of 1 or more, got {size.example}"
    for name, weight in entry.weights.items():
        if (weight.fan_in is None) != (weight.fan_out is None):
            yield f"weights.{name}", "has one fan; a kernel has both, any other weight none"
        for key, expression in (("fan_in", weight.fan_in), ("fan_out", weight.fan_out)):
            if expression is not None:
                yield from undefined(f"weights.{name}.{key}", expression, entry.sizes)
    for backend, binding in entry.backends.items():
        here = f"backends.{backend}"
        for key, expression in _formulas(binding):
            yield from undefined(f"{here}.{key}", expression, entry.sizes)
        for name, tensor in binding.weights.items():
            key = f"{here}.weights.{name}"
            yield from unknown(key, name, entry.weights, "the entry's weights")
            if name in entry.weights:
                yield from _tensor(key, tensor, entry.weights[name], binding, entry)
            if tensor.start:
                yield from _start(f"{key}.start", tensor.start, initializers)


def _formulas(binding: LayerBinding) -> Iterator[tuple[str, Expression]]:
    """Yield every formula of a binding, with its key."""
    for keyword, expression in binding.arguments.items():
        yield f"arguments.{keyword}", expression
    for keyword, several in binding.tuples.items():
        yield from ((f"tuples.{keyword}", expression) for expression in several)
    for index, shape in enumerate(binding.inputs):
        yield from ((f"inputs[{index}]", expression) for expression in shape)
    for name, tensor in binding.weights.items():
        yield from ((f"weights.{name}.shape", expression) for expression in tensor.shape)
        if tensor.groups:
            yield f"weights.{name}.groups", tensor.groups
        if tensor.reads:
            yield f"weights.{name}.reads", tensor.reads.fan_in
            yield f"weights.{name}.reads", tensor.reads.fan_out
        if tensor.start:
            for keyword, expression in tensor.start.parameters.items():
                yield f"weights.{name}.start.parameters.{keyword}", expression


def _tensor(
    key: str, tensor: Tensor, weight: Weight, binding: LayerBinding, entry: Layer
) -> Iterator[Breach]:
    if (tensor.layout or weight.fan_in) and len(tensor.layout) != len(tensor.shape):
        yield (
            f"{key}.layout",
            f"{tensor.layout!r} has {len(tensor.layout)} letters, "
            f"the shape has {len(tensor.shape)} dimensions",
        )
    if bool(binding.layer) != bool(tensor.name):
        yield f"{key}.name", "a layer's weight has a name, and only that"
    if tensor.start and not binding.layer:
        yield f"{key}.start", "there is no layer that could draw it"
    if tensor.parts and not (tensor.groups and "o" in tensor.layout):
        yield f"{key}.parts", "needs groups and a layout, so that the outputs can be parted"
    if tensor.reads and weight.fan_in and weight.fan_out:
        rule = [evaluate(fan, entry.examples) for fan in (weight.fan_in, weight.fan_out)]
        taken = [
            evaluate(fan, entry.examples) for fan in (tensor.reads.fan_in, tensor.reads.fan_out)
        ]
        if rule == taken:
            yield f"{key}.reads", "is the rule; say nothing then"


def _start(key: str, start: Start, initializers: Mapping[str, Initializer]) -> Iterator[Breach]:
    if start.law not in set(initializers):
        yield from unknown(f"{key}.law", start.law, set(initializers), "the initializers")
        return
    entry = initializers[start.law]
    for name in start.parameters:
        yield from unknown(f"{key}.parameters", name, entry.parameters, f"{start.law}.toml")
    for name, option in start.choices.items():
        yield from unknown(f"{key}.choices", name, entry.choices, f"{start.law}.toml")
        if name in entry.choices:
            yield from unknown(f"{key}.choices.{name}", option, entry.options(name), start.law)
