"""What the fields of a layer's binding must be to the layer's entry."""

from __future__ import annotations

from collections.abc import Iterator

from actinit.spec import Expression, Layer, evaluate, initializers
from actinit.spec.breach import Breach, undefined, unknown
from actinit.spec.layer import Weight

from .layer_binding import LayerBinding, Start, Tensor

__all__ = ["layer_breaches"]


def layer_breaches(entry: Layer, binding: LayerBinding) -> Iterator[Breach]:
    """Yield the key and the reason of each rule that a layer's binding breaks.

    Parameters
    ----------
    entry : Layer
        The entry of the spec.
    binding : LayerBinding
        The binding, already right field by field.

    Yields
    ------
    tuple of str
        Key, below the binding's table, and reason.
    """
    for key, expression in _formulas(binding):
        yield from undefined(key, expression, entry.sizes)
    for name, tensor in binding.weights.items():
        key = f"weights.{name}"
        yield from unknown(key, name, entry.weights, "the entry's weights")
        if name in entry.weights:
            yield from _tensor(key, tensor, entry.weights[name], binding, entry)
        if tensor.start:
            yield from _start(f"{key}.start", tensor.start)
    if binding.gates and sorted(binding.gates) != sorted(entry.gates):
        yield "gates", f"are {', '.join(binding.gates)}; the entry's are {', '.join(entry.gates)}"
    for name, given in binding.settings.items():
        key = f"settings.{name}"
        yield from unknown(key, name, entry.settings, "the entry's settings")
        if given.means:
            yield from undefined(f"{key}.means", given.means, {given.keyword})


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


def _start(key: str, start: Start) -> Iterator[Breach]:
    yield from unknown(
        f"{key}.initializer", start.initializer, set(initializers), "the initializers"
    )
    if start.initializer not in set(initializers):
        return
    entry = initializers[start.initializer]
    for name in start.parameters:
        yield from unknown(f"{key}.parameters", name, entry.parameters, f"{start.initializer}.toml")
    for name, option in start.choices.items():
        yield from unknown(f"{key}.choices", name, entry.choices, f"{start.initializer}.toml")
        if name in entry.choices:
            yield from unknown(
                f"{key}.choices.{name}", option, entry.options(name), start.initializer
            )
