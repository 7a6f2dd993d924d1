"""Hypotheses of layers that normalize: activations rescaled, gradients centred."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from numpy.typing import NDArray

from actinit.adapters.training import Problem

from .rescaling import AXES, RESCALED, Rescaling
from .varied import Hypothesis, Varied, varied

__all__ = ["HYPOTHESES", "of_layers"]

Array = NDArray[Any]


class Normalized(Varied):
    """Rescales pre-activations or activations, with the gradient through it or past it."""

    rescaling: tuple[str, int | None] = ("centred", 0)
    ddof = 0
    before = True  # the activation
    through = True
    layers: tuple[int, ...] | None = None  # from 0; none for all hidden ones

    def _rescaling(self, depth: int) -> Rescaling | None:
        there = depth < len(self.parameters) // 2 - 1 if self.layers is None else False
        if there or (self.layers is not None and depth in self.layers):
            return Rescaling(*self.rescaling, self.value, self.ddof)
        return None

    def forward(self, x: Array) -> tuple[list[Array], list[Array]]:
        """Return the inputs of each layer, and what its activation gets."""
        inputs, sums = [x], []
        self.raw: list[Array] = []  # what is rescaled
        for depth in range(len(self.parameters) // 2):
            kernel, bias = self.parameters[2 * depth : 2 * depth + 2]
            z, rescale = inputs[-1] @ kernel + bias, self._rescaling(depth)
            if rescale and self.before:
                self.raw.append(z)
                z = rescale(z)
            h = self.activation(z)
            if not (rescale and self.before):
                self.raw.append(h)
            if rescale and not self.before:
                h = rescale(h)
            sums.append(z)
            inputs.append(h)
        return inputs, sums

    def backward(self, inputs: list[Array], sums: list[Array], delta: Array) -> list[Array]:
        """Return the gradient by each parameter from that by what the loss gets."""
        gradient: list[Array] = []
        for depth in reversed(range(len(sums))):
            rescale = self._rescaling(depth) if self.through else None
            last = depth == len(sums) - 1
            if not last:
                if rescale and not self.before:
                    delta = rescale.vjp(self.raw[depth], delta)
                delta = self.activation.vjp(sums[depth], delta)
            if rescale and self.before:
                delta = rescale.vjp(self.raw[depth], delta)
            gradient[:0] = [inputs[depth].T @ delta, delta.sum(axis=0)]
            delta = delta @ self.parameters[2 * depth].T
        return gradient


class CentredBackward(Varied):
    """Centres the gradient by pre-activations: over the batch, or over units."""

    axis: int | None = 0
    where = "all"

    def backward(self, inputs: list[Array], sums: list[Array], delta: Array) -> list[Array]:
        """Return the gradient by each parameter from that by the last pre-activations."""
        gradient: list[Array] = []
        for depth in reversed(range(len(sums))):
            last = depth == len(sums) - 1
            if self.where == "all" or (self.where == "last") == last:
                delta = delta - delta.mean(axis=self.axis, keepdims=True)
            gradient[:0] = [inputs[depth].T @ delta, delta.sum(axis=0)]
            if depth:
                kernel = self.parameters[2 * depth]
                delta = self.activation.vjp(sums[depth - 1], delta @ kernel.T)
        return gradient


def _normalized(where: str, layers: tuple[int, ...] | None, is_last: bool) -> Iterator[Hypothesis]:
    for before in (True, False)[: 1 if is_last else 2]:
        kind = "pre-activations" if before else "activations"
        for axis, over in AXES.items():
            for how, (what, values, ddofs) in RESCALED.items():
                for ddof in ddofs:
                    for through in (True, False):
                        # These have a gradient of their own; where it is left out, all may be.
                        if through and how in ("maximum", "range"):
                            continue
                        yield Hypothesis(
                            f"{kind}-{how}",
                            f"the {kind} of {where} are {what} {over}"
                            + " with n - 1" * ddof
                            + ", and the gradient passes it by" * (not through),
                            varied(
                                Normalized, rescaling=(how, axis), ddof=ddof, before=before,
                                through=through, layers=layers,
                            ),
                            # Single layers are asked for the usual ones only.
                            values=values if layers is None else values[:3],
                        )  # fmt: skip


HYPOTHESES = (
    *_normalized("hidden layers", None, is_last=False),
    *(
        Hypothesis(
            "gradient-centred-backward",
            f"the gradient by the pre-activations of {which} is centred {over}",
            varied(CentredBackward, axis=axis, where=where),
        )
        for axis, over in AXES.items()
        for where, which in (
            ("all", "each layer"),
            ("last", "the last layer"),
            ("hidden", "hidden layers"),
        )
    ),
)


def of_layers(problem: Problem) -> Iterator[Hypothesis]:
    """Yield hypotheses of single layers."""
    layers = len(problem.start) // 2
    for depth in range(layers):
        yield from _normalized(f"layer {depth + 1}", (depth,), is_last=depth == layers - 1)
    yield from _normalized("every layer", tuple(range(layers)), is_last=True)
