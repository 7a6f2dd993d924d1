"""Kinds of layer in words: fans as formulas and numbers, shapes, starts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from actinit import spec
from actinit.adapters import LayerBinding, Start, Tensor, bindings, frameworks
from actinit.adapters.layer_binding import Reading
from actinit.spec import Expression, Layer, evaluate
from actinit.spec.latex import latex
from actinit.spec.layer import Weight

from ..results import Measured, Results

__all__ = ["Taken", "fan", "fans_of", "kept", "numbers", "read_otherwise", "shape", "start"]


def fan(expression: Expression) -> str:
    """Write a fan as LaTeX; sizes are their own symbols."""
    return latex(expression, inline=True)


def numbers(entry: Layer, weight: str) -> tuple[int, int]:
    """Return the fans of a weight at the entry's example sizes."""
    rule = entry.weights[weight]
    assert rule.fan_in is not None
    assert rule.fan_out is not None
    return (
        int(evaluate(rule.fan_in, entry.examples)),
        int(evaluate(rule.fan_out, entry.examples)),
    )


def shape(tensor: Tensor) -> str:
    """Write the shape of a tensor in the layer's sizes."""
    inside = ", ".join(one.text.replace("*", "·") for one in tensor.shape)
    return f"({inside},)" if len(tensor.shape) == 1 else f"({inside})"


def start(told: Start) -> str:
    """Write what a layer starts with, as Markdown."""
    inside = ", ".join(
        f"{name} = ${latex(one, inline=True)}$" for name, one in told.parameters.items()
    )
    named = f"[{told.initializer}](/initializers/{told.initializer}.md)"
    return f"{named} ({inside})" if inside else named


def kept(entry: Layer, weight: str) -> Iterator[tuple[str, str, LayerBinding, Tensor]]:
    """Yield key, title, binding and tensor of each backend that has a weight."""
    for key, binding in bindings(entry).items():
        if weight in binding.weights:
            yield key, frameworks()[key].title, binding, binding.weights[weight]


def read_otherwise() -> Iterator[tuple[Layer, str, str, Reading, Weight]]:
    """Yield each weight whose fans a framework reads otherwise than the rule has them.

    Yields
    ------
    layer, weight : Layer and str
        The layer, and the name of its weight.
    title : str
        That of the framework.
    reads, rule : Reading and Weight
        As what the framework reads it, and what the rule says.
    """
    for layer in spec.layers.values():
        for weight, rule in layer.weights.items():
            for _, title, _, tensor in kept(layer, weight):
                if tensor.reads:
                    yield layer, weight, title, tensor.reads, rule


@dataclass(frozen=True)
class Taken:
    """The fans that a backend was found to take a weight to have."""

    backend: str
    fan_in: str
    fan_out: str
    right: tuple[bool, bool]
    measured: Measured


def fans_of(results: Results, entry: Layer, weight: str) -> list[Taken]:
    """Return what was measured of a weight's fans, backend by backend."""
    found = []
    rule = numbers(entry, weight)
    for one in results.of(entry):
        outcome = one.result.outcome
        wanted = one.result.id == f"layer/{entry.name}/{weight}/fans"
        if not (wanted and outcome and "fan_out" in outcome.measured):
            continue
        taken = [outcome.measured["fan_in"], outcome.measured["fan_out"]]
        # A reading is the fan or a little above it, and less than 1 above.
        right = (0 <= taken[0] - rule[0] < 1, 0 <= taken[1] - rule[1] < 1)
        texts = [f"{int(fan):,}" for fan in taken]
        found.append(Taken(one.report.backend, texts[0], texts[1], right, one))
    return found
