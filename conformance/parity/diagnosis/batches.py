"""Hypotheses of what a batch is: short ones, order, labels, steps that are left out."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters.training import Step

from .varied import Hypothesis, Varied, varied

__all__ = ["HYPOTHESES"]

Array = NDArray[Any]


class DividedByFull(Varied):
    """Divides the sums over a short batch by the size of a full one."""

    def divisor(self, y: Array) -> float:
        return self.full


class FullLoss(Varied):
    """The same of the loss that is returned; the gradient is right."""

    def loss(self, z: Array, y: Array) -> tuple[float, Array]:
        loss, delta = super().loss(z, y)
        return loss * len(y) / self.full, delta


class FullGradient(Varied):
    """The same of the gradient; the loss is right."""

    def loss(self, z: Array, y: Array) -> tuple[float, Array]:
        loss, delta = super().loss(z, y)
        return loss, delta * (len(y) / self.full)


class Left(Varied):
    """Leaves a batch out; what it returns for its loss is not looked at."""

    counts = False  # whether the optimizer counts the step

    def leaves(self) -> bool:
        return self.size < self.full

    def step(self, x: Array, y: Array) -> Step:
        self.size = len(y)
        self.taken = getattr(self, "taken", 0) + 1
        self.is_silent = self.leaves()
        if not self.is_silent:
            return super().step(x, y)
        self.steps += self.counts
        return Step(math.nan, None, [part.copy() for part in self.parameters])


class LeftOnce(Left):
    """Leaves one step out."""

    def leaves(self) -> bool:
        return self.taken == self.value


class LeftEach(Left):
    """Leaves every so manieth step out."""

    def leaves(self) -> bool:
        return self.taken % self.value == 0


class LeftFirst(Left):
    """Leaves all but every so manieth step out."""

    def leaves(self) -> bool:
        return self.taken % self.value != 0


class Padded(Varied):
    """Fills a short batch up."""

    fill = "zeros"

    def batch(self, x: Array, y: Array) -> tuple[Array, Array]:
        missing = self.full - len(y)
        if len(y) == self.full:
            if self.steps % self.per_epoch == 0:
                self.epochs_first = x, y
            self.last = x, y
            return x, y
        fill: tuple[Array, Array] = {
            "zeros": (
                np.zeros_like(x, shape=(missing, x.shape[1])),
                np.zeros_like(y[:1], shape=missing),
            ),
            "last": (np.repeat(x[-1:], missing, 0), np.repeat(y[-1:], missing)),
            "own": (np.resize(x, (missing, x.shape[1])), np.resize(y, missing)),
            "first": (self.epochs_first[0][:missing], self.epochs_first[1][:missing]),
            "before": (self.last[0][:missing], self.last[1][:missing]),
            "end": (self.last[0][-missing:], self.last[1][-missing:]),
        }[self.fill]
        return np.concatenate([x, fill[0]]), np.concatenate([y, fill[1]])


class Reordered(Varied):
    """Takes other labels, or other examples, in every batch."""

    how = "reversed"

    def batch(self, x: Array, y: Array) -> tuple[Array, Array]:
        classes = len(self.parameters[-1])
        changed: dict[str, tuple[Array, Array]] = {
            "reversed": (x, y[::-1]),
            "rolled": (x, np.roll(y, 1)),
            "rolled-back": (x, np.roll(y, -1)),
            "next": (x, (y + 1) % classes),
            "previous": (x, (y - 1) % classes),
            "without-first": (x[1:], y[1:]),
            "without-last": (x[:-1], y[:-1]),
            "float32": (x.astype(np.float32).astype(np.float64), y),
            "float16": (x.astype(np.float16).astype(np.float64), y),
        }
        return changed[self.how]


class LabelsOnce(Reordered):
    """The same in one step only."""

    how = "next"

    def batch(self, x: Array, y: Array) -> tuple[Array, Array]:
        return super().batch(x, y) if self.steps + 1 == self.value else (x, y)


class Scaled(Varied):
    """Multiplies the inputs."""

    def batch(self, x: Array, y: Array) -> tuple[Array, Array]:
        return x * self.value, y


class Before(Varied):
    """Learns from the batch of the step before."""

    def batch(self, x: Array, y: Array) -> tuple[Array, Array]:
        self.last, batch = (x, y), getattr(self, "last", (x, y))
        return batch


class Again(Varied):
    """Takes every step several times; the loss is that of the first."""

    def step(self, x: Array, y: Array) -> Step:
        first = super().step(x, y)
        for _ in range(int(self.value) - 1):
            last = super().step(x, y)
        return Step(first.loss, first.gradient, last.parameters)


class FromLast(Varied):
    """Returns the parameters as they were before the step."""

    lags = True

    def step(self, x: Array, y: Array) -> Step:
        before = [part.copy() for part in self.parameters]
        step = super().step(x, y)
        return Step(step.loss, step.gradient, before)

    def follow(self, parameters: list[Array]) -> None:
        """Go on from its own parameters, as the backend returns others."""


_FILLS = {
    "zeros": "examples of zeros of class 0",
    "last": "its last example, again and again",
    "own": "its own first examples",
    "first": "the first examples of the epoch",
    "before": "the first examples of the batch before",
    "end": "the last examples of the batch before, as a buffer that is written over has them",
}
_ORDERS = {
    "reversed": "the labels of a batch are in the reverse order of its examples",
    "rolled": "each example has the label of the one before it",
    "rolled-back": "each example has the label of the one after it",
    "next": "each label is taken for the next class",
    "previous": "each label is taken for the class before",
    "without-first": "the first example of each batch is left out",
    "without-last": "the last example of each batch is left out",
}
HYPOTHESES = (
    Hypothesis(
        "short-batch-divided-by-full",
        "the sums over a short batch are divided by the size of a full one",
        DividedByFull,
    ),
    Hypothesis(
        "short-batch-loss-divided-by-full",
        "the loss of a short batch, and not its gradient, is divided by the size of a full one",
        FullLoss,
    ),
    Hypothesis(
        "short-batch-gradient-divided-by-full",
        "the gradient of a short batch, and not its loss, is divided by the size of a full one",
        FullGradient,
    ),
    *(
        Hypothesis(
            f"short-batch-padded-{name}",
            f"a short batch is filled up with {what}",
            varied(Padded, fill=name),
        )
        for name, what in _FILLS.items()
    ),
    *(
        Hypothesis(
            f"labels-{name}" if "without" not in name else f"batch-{name}-example",
            what,
            varied(Reordered, how=name),
        )
        for name, what in _ORDERS.items()
    ),
    Hypothesis(
        "inputs-in-float32",
        "the inputs are rounded to float32",
        varied(Reordered, how="float32"),
        "accuracy",
    ),
    Hypothesis(
        "inputs-in-float16",
        "the inputs are rounded to float16",
        varied(Reordered, how="float16"),
        "accuracy",
    ),
    Hypothesis("batch-before", "each step learns from the batch of the step before", Before),
    Hypothesis("step-repeated", "each step is taken {value} times", Again, values=(2, 3, 4)),
    Hypothesis(
        "parameters-before-step",
        "the parameters that are returned are those before the step",
        FromLast,
    ),
    Hypothesis(
        "inputs-scaled",
        "the inputs are multiplied by {value}",
        Scaled,
        values=(1 / 255, 255, 0.5, 2),
        is_fitted=True,
    ),
    Hypothesis("short-batch-dropped", "a short batch is left out", Left),
    Hypothesis("short-batch-dropped", "a short batch is left out", varied(Left, counts=True)),
)


def at_step(step: int) -> tuple[Hypothesis, ...]:
    """Return hypotheses of one step: that of the first divergence, and every so manieth."""
    return (
        Hypothesis(
            "labels-off-once",
            "in step {value} each label is taken for the next class",
            LabelsOnce,
            values=(step,),
        ),
        *(
            Hypothesis(slug, what, varied(change, counts=counts), values=(step,))
            for counts in (False, True)
            for slug, what, change in (
                ("step-left-out", "step {value} is left out", LeftOnce),
                ("steps-left-out", "every step whose number {value} divides is left out", LeftEach),
            )
        ),
        *(
            Hypothesis(
                "steps-only-each",
                "only every step whose number {value} divides is taken",
                varied(LeftFirst, counts=counts),
                values=(2, 3, 4, 5, 8),
            )
            for counts in (False, True)
        ),
    )


__all__ += ["at_step"]
