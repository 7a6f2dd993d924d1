"""Hypotheses of the gradient."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit import reference as ref
from actinit.adapters.training import Problem, Step

from ..problem import names
from .varied import Hypothesis, Varied, varied

__all__ = ["HYPOTHESES", "of_parameters"]

Array = NDArray[Any]


class GradientSummed(Varied):
    """Takes the gradient of the sum over the batch."""

    def changed(self, gradient: list[Array]) -> list[Array]:
        return [g * self.size for g in gradient]


class AveragedAgain(Varied):
    """Divides the gradient by the size of the batch once more."""

    def changed(self, gradient: list[Array]) -> list[Array]:
        return [g / self.size for g in gradient]


class OverClasses(Varied):
    """Divides the gradient by the number of classes, as a mean over all outputs does."""

    def changed(self, gradient: list[Array]) -> list[Array]:
        return [g / self.parameters[-1].size for g in gradient]


class GradientFactor(Varied):
    """Multiplies the gradient, of all parameters or of some."""

    places: tuple[int, ...] = ()
    by_size = 0  # power of the batch's size that it is multiplied by

    def changed(self, gradient: list[Array]) -> list[Array]:
        factor = float(self.size) ** self.by_size if self.by_size else self.value
        return [g * factor if n in self.places else g for n, g in enumerate(gradient)]


class Shown(Varied):
    """Trains as it should; the gradient that is returned is another."""

    def step(self, x: Array, y: Array) -> Step:
        step = super().step(x, y)
        return Step(step.loss, None, step.parameters)


class Accumulated(Varied):
    """Adds the gradients of all steps up."""

    def changed(self, gradient: list[Array]) -> list[Array]:
        last = getattr(self, "sums", None) or [np.zeros_like(g) for g in gradient]
        self.sums = [a + g for a, g in zip(last, gradient, strict=True)]
        return self.sums


class Stale(Varied):
    """Takes the gradient of the step before."""

    own_first = False  # whether the first step has its own; else it has none

    def changed(self, gradient: list[Array]) -> list[Array]:
        last: list[Array] | None = getattr(self, "last", None)
        if last is None:
            last = gradient if self.own_first else [np.zeros_like(g) for g in gradient]
        self.last = gradient
        return last


class AtZero(Varied):
    """Has another derivative of ReLU at 0."""

    def backward(self, inputs: list[Array], sums: list[Array], delta: Array) -> list[Array]:
        self.activation = _Sloped(lambda z: np.where(z > 0, 1.0, np.where(z == 0, self.value, 0.0)))
        gradient = super().backward(inputs, sums, delta)
        del self.activation
        return gradient


class Unmasked(AtZero):
    """Passes the gradient through ReLU unchanged."""

    def backward(self, inputs: list[Array], sums: list[Array], delta: Array) -> list[Array]:
        self.activation = _Sloped(np.ones_like)
        gradient = Varied.backward(self, inputs, sums, delta)
        del self.activation
        return gradient


class Leaky(AtZero):
    """Has another derivative of ReLU below 0."""

    def backward(self, inputs: list[Array], sums: list[Array], delta: Array) -> list[Array]:
        self.activation = _Sloped(lambda z: np.where(z > 0, 1.0, self.value))
        gradient = Varied.backward(self, inputs, sums, delta)
        del self.activation
        return gradient


class _Sloped:
    def __init__(self, slope: Any) -> None:
        self.slope = slope

    def __call__(self, z: Array) -> Array:
        value: Array = ref.relu(z)
        return value

    def vjp(self, z: Array, upstream: Array) -> Array:
        product: Array = upstream * self.slope(z)
        return product


class WithoutLabels(Varied):
    """Leaves the labels out of the gradient."""

    def loss(self, z: Array, y: Array) -> tuple[float, Array]:
        return super().loss(z, y)[0], ref.softmax(z) / self.divisor(y)


class InTurn(Varied):
    """Updates each layer before the gradient goes on to the layer below."""

    def learn(self, x: Array, y: Array) -> tuple[float, list[Array]]:
        inputs, sums = self.forward(x)
        loss, delta = self.loss(sums[-1], y)
        gradient: list[Array] = []
        self.steps += 1
        for depth in reversed(range(len(sums))):
            parts = [inputs[depth].T @ delta, delta.sum(axis=0)]
            gradient[:0] = parts
            for place, g in enumerate(parts, 2 * depth):
                self.update(self.parameters[place], g, self.steps, self.states[place], self.rates)
            if depth:
                kernel = self.parameters[2 * depth]
                delta = self.activation.vjp(sums[depth - 1], delta @ kernel.T)
        self.steps -= 1
        return loss, gradient

    def apply(self, gradient: list[Array]) -> None:
        """Update nothing: it is done."""


class Untransposed(Varied):
    """Passes the gradient back through a square kernel that is the other way round."""

    def backward(self, inputs: list[Array], sums: list[Array], delta: Array) -> list[Array]:
        kept = self.parameters
        self.parameters = [
            part.T if n % 2 == 0 and part.shape[0] == part.shape[1] else part
            for n, part in enumerate(kept)
        ]
        gradient = super().backward(inputs, sums, delta)
        self.parameters = kept
        return gradient


HYPOTHESES = (
    Hypothesis(
        "gradient-summed",
        "the gradient is that of the sum over the batch, not of the mean",
        GradientSummed,
    ),
    Hypothesis(
        "gradient-averaged-twice", "the gradient is averaged over the batch twice", AveragedAgain
    ),
    Hypothesis(
        "gradient-over-classes", "the gradient is divided by the number of classes", OverClasses
    ),
    Hypothesis(
        "relu-at-0",
        "the derivative of relu at 0 is taken to be {value}",
        AtZero,
        "convention",
        (1.0, 0.5),
    ),
    Hypothesis("relu-not-differentiated", "the gradient passes through relu unchanged", Unmasked),
    Hypothesis(
        "kernel-transposed-backward",
        "the gradient passes through a kernel that is the other way round",
        Untransposed,
    ),
    Hypothesis(
        "gradient-without-labels",
        "the gradient by the last pre-activations lacks the labels",
        WithoutLabels,
    ),
    Hypothesis(
        "updated-in-turn",
        "each layer is updated before the gradient goes on to the layer below",
        InTurn,
    ),
    Hypothesis("gradient-accumulated", "the gradients of all steps are added up", Accumulated),
    Hypothesis("gradient-stale", "each step takes the gradient of the step before", Stale),
    Hypothesis(
        "gradient-stale",
        "each step but the first takes the gradient of the step before",
        varied(Stale, own_first=True),
    ),
    Hypothesis(
        "gradient-shown",
        "only the gradient that is returned is another; what is trained by it is right",
        Shown,
    ),
    Hypothesis(
        "relu-leaks-backward",
        "the derivative of relu below 0 is taken to be {value}",
        Leaky,
        values=(0.01, 0.1),
        is_fitted=True,
    ),
)


def of_parameters(problem: Problem) -> tuple[Hypothesis, ...]:
    """Return hypotheses of the gradient of some parameters."""
    titles = names(problem)
    every = range(len(titles))
    groups = {
        **{f"the {title}": (place,) for place, title in enumerate(titles)},
        "the biases": tuple(every[1::2]),
        "the kernels": tuple(every[::2]),
        **{f"layer {n // 2 + 1}": (n, n + 1) for n in every[::2]},
        "all parameters": tuple(every),
    }
    built = []
    for title, places in groups.items():
        verb = "are" if title.endswith("s") else "is"
        change, what = varied(GradientFactor, places=places), f"the gradient of {title} is"
        built += [
            Hypothesis("not-updated", f"{title} {verb} not updated", change),
            Hypothesis(
                "part-averaged-twice",
                f"{what} averaged over the batch twice",
                varied(change, by_size=-1),
            ),
            Hypothesis(
                "part-summed",
                f"{what} summed over the batch, not averaged",
                varied(change, by_size=1),
            ),
            Hypothesis(
                "gradient-factor",
                f"{what} {{value}} times as large",
                change,
                values=(-1.0, 2.0, 0.5),
                is_fitted=True,
            ),
        ]  # fmt: skip
    return tuple(built)
