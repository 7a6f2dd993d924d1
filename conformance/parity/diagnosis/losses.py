"""Hypotheses of the loss."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit import reference as ref
from actinit.adapters.training import Step

from .varied import Hypothesis, Varied, varied

__all__ = ["HYPOTHESES"]

Array = NDArray[Any]


def _one_hot(z: Array, y: Array) -> Array:
    target = np.zeros_like(z)
    target[np.arange(len(y)), y] = 1
    return target


class LossFactor(Varied):
    """Multiplies the loss, and not its gradient."""

    def factor(self, y: Array) -> float:
        return self.value

    def loss(self, z: Array, y: Array) -> tuple[float, Array]:
        loss, delta = super().loss(z, y)
        return loss * self.factor(y), delta


class LossSummed(LossFactor):
    """Returns the sum of the losses; the gradient is that of their mean."""

    def factor(self, y: Array) -> float:
        return len(y)


class Summed(Varied):
    """Takes the sum over a batch for the mean, in loss and gradient."""

    def divisor(self, y: Array) -> float:
        return 1


class OverEntries(Varied):
    """Divides also by the number of classes."""

    def divisor(self, y: Array) -> float:
        return len(y) * len(self.parameters[-1])


class Multiplied(Varied):
    """Multiplies the loss with its gradient."""

    def divisor(self, y: Array) -> float:
        return len(y) / self.value


class Smoothed(Varied):
    """Smooths the labels: a part of 1 is spread over all classes."""

    others = False  # over those that are not the example's

    def loss(self, z: Array, y: Array) -> tuple[float, Array]:
        logs, hot = self.log_softmax(z), _one_hot(z, y)
        classes = z.shape[1]
        spread = (1 - hot) / (classes - 1) if self.others else np.full_like(z, 1 / classes)
        target = (1 - self.value) * hot + self.value * spread
        n = self.divisor(y)
        return -float((target * logs).sum()) / n, (np.exp(logs) - target) / n


class Softmaxed(Varied):
    """Takes the softmax twice."""

    backward_only = False

    def loss(self, z: Array, y: Array) -> tuple[float, Array]:
        p = ref.softmax(z)
        loss, delta = super().loss(z if self.backward_only else p, y)
        return loss, p * (delta - (p * delta).sum(axis=1, keepdims=True))


class Clipped(Varied):
    """Clips probabilities before the logarithm; beyond, the gradient is 0."""

    gradient = "clipped"

    def loss(self, z: Array, y: Array) -> tuple[float, Array]:
        _, delta = super().loss(z, y)
        p = ref.softmax(z)
        own = p[np.arange(len(y)), y]
        n = self.divisor(y)
        if self.gradient == "added":
            taken, slope = own + self.value, own / (own + self.value)
        else:
            taken = np.clip(own, self.value, 1 - self.value)
            slope = ((own >= self.value) & (own <= 1 - self.value)).astype(np.float64)
            if self.gradient == "low":
                taken, slope = np.maximum(own, self.value), (own >= self.value).astype(np.float64)
        if self.gradient == "low-loss" or self.gradient == "whole" or self.gradient == "added-loss":
            slope = np.ones_like(own)
            if self.gradient == "low-loss":
                taken = np.maximum(own, self.value)
            if self.gradient == "added-loss":
                taken = own + self.value
        return -float(np.log(taken).sum()) / n, delta * slope[:, None]


class Overflowing(Varied):
    """Takes the softmax without subtracting the maximum, then the logarithm."""

    shifted = False

    def loss(self, z: Array, y: Array) -> tuple[float, Array]:
        hot = _one_hot(z, y)
        with np.errstate(all="ignore"):
            e = np.exp(z - z.max(axis=1, keepdims=True) if self.shifted else z)
            p = e / e.sum(axis=1, keepdims=True)
            loss = -float(np.log(p[np.arange(len(y)), y]).sum()) / self.divisor(y)
        return loss, (p - hot) / self.divisor(y)


class Penalized(Varied):
    """Adds a penalty on the squares of the weights to the loss."""

    biases = False
    in_loss = True

    def learn(self, x: Array, y: Array) -> tuple[float, list[Array]]:
        loss, gradient = super().learn(x, y)
        for place, part in enumerate(self.parameters):
            if self.biases or place % 2 == 0:
                loss += self.value * float((part**2).sum()) / 2 if self.in_loss else 0
                gradient[place] = gradient[place] + self.value * part
        return loss, gradient


class LossOnlyPenalized(Varied):
    """Adds the penalty to the loss that is returned only."""

    def learn(self, x: Array, y: Array) -> tuple[float, list[Array]]:
        loss, gradient = super().learn(x, y)
        return loss + self.value * sum(
            float((p**2).sum()) for p in self.parameters[::2]
        ) / 2, gradient


class LossAfter(Varied):
    """Returns the loss after the step."""

    def step(self, x: Array, y: Array) -> Step:
        step = super().step(x, y)
        return Step(self.learn(x, y)[0], step.gradient, step.parameters)


class RunningLoss(Varied):
    """Returns the mean of the losses so far."""

    def step(self, x: Array, y: Array) -> Step:
        step = super().step(x, y)
        self.losses = [*getattr(self, "losses", []), step.loss]
        return Step(float(np.mean(self.losses)), step.gradient, step.parameters)


class Binary(Varied):
    """Takes a sigmoid and a binary cross-entropy for each class."""

    def loss(self, z: Array, y: Array) -> tuple[float, Array]:
        hot, n = _one_hot(z, y), self.divisor(y) * (z.shape[1] if self.value else 1)
        losses = np.maximum(z, 0) - z * hot + np.log1p(np.exp(-np.abs(z)))
        return float(losses.sum()) / n, (ref.sigmoid(z) - hot) / n


class Squared(Varied):
    """Takes the squared distance of the probabilities from the labels."""

    def loss(self, z: Array, y: Array) -> tuple[float, Array]:
        hot, p, n = _one_hot(z, y), ref.softmax(z), self.divisor(y)
        n *= z.shape[1] if self.value else 1
        delta = 2 * (p - hot) / n
        return float(((p - hot) ** 2).sum()) / n, p * (delta - (p * delta).sum(1, keepdims=True))


_SMALL = (1e-7, 1e-8, 1e-12, 1e-15, 1e-10, 1e-6, 1e-16, 1e-9, 1e-5, 1e-4, 1e-3)
_DECAYS = (1e-4, 1e-3, 1e-2, 5e-4, 1e-5, 0.1)
HYPOTHESES = (
    Hypothesis("sum-for-mean", "the loss is the sum over the batch, not the mean", Summed),
    Hypothesis(
        "loss-summed",
        "the loss that is returned is the sum over the batch; the gradient is that of the mean",
        LossSummed,
    ),
    Hypothesis(
        "mean-over-classes", "the loss is also divided by the number of classes", OverEntries
    ),
    Hypothesis("softmax-twice", "the softmax is taken twice", Softmaxed),
    Hypothesis(
        "softmax-twice-backward",
        "the softmax is differentiated twice",
        varied(Softmaxed, backward_only=True),
    ),
    Hypothesis(
        "label-smoothing",
        "labels are smoothed by {value}, spread over all classes",
        Smoothed,
        values=(0.1, 0.05, 0.01, 0.2),
        is_fitted=True,
    ),
    Hypothesis(
        "label-smoothing-others",
        "labels are smoothed by {value}, spread over the other classes",
        varied(Smoothed, others=True),
        values=(0.1, 0.05, 0.01, 0.2),
        is_fitted=True,
    ),
    Hypothesis(
        "probabilities-clipped",
        "probabilities are clipped to {value} and as near to 1, and beyond, the gradient is 0",
        Clipped,
        values=_SMALL,
    ),
    Hypothesis(
        "probabilities-clipped-below",
        "probabilities are clipped to {value} from below, and beyond, the gradient is 0",
        varied(Clipped, gradient="low"),
        values=_SMALL,
    ),
    Hypothesis(
        "loss-clipped",
        "probabilities are clipped to {value} and as near to 1 in the loss; the gradient is right",
        varied(Clipped, gradient="whole"),
        values=_SMALL,
    ),
    Hypothesis(
        "loss-clipped-below",
        "probabilities are clipped to {value} from below in the loss; the gradient is right",
        varied(Clipped, gradient="low-loss"),
        values=_SMALL,
    ),
    Hypothesis(
        "probabilities-shifted",
        "{value} is added to probabilities before the logarithm",
        varied(Clipped, gradient="added"),
        values=_SMALL,
    ),
    Hypothesis(
        "loss-shifted",
        "{value} is added to probabilities before the logarithm of the loss; the gradient is right",
        varied(Clipped, gradient="added-loss"),
        values=_SMALL,
    ),
    Hypothesis(
        "softmax-overflows",
        "the softmax is taken without subtracting the maximum",
        Overflowing,
        "non-finite",
    ),
    Hypothesis(
        "log-of-softmax",
        "the logarithm is taken of a rounded softmax, which may be 0",
        varied(Overflowing, shifted=True),
        "non-finite",
    ),
    Hypothesis("loss-after-step", "the loss that is returned is the one after the step", LossAfter),
    Hypothesis(
        "loss-running-mean", "the loss that is returned is the mean of those so far", RunningLoss
    ),
    Hypothesis(
        "binary-cross-entropy",
        "the loss is a binary cross-entropy for each class",
        Binary,
        values=(0.0, 1.0),
    ),
    Hypothesis(
        "squared-error",
        "the loss is the squared error of the probabilities",
        Squared,
        values=(0.0, 1.0),
    ),
    Hypothesis(
        "penalty-on-kernels",
        "half of {value} times the squares of the kernels is added to the loss",
        Penalized,
        values=_DECAYS,
        is_fitted=True,
    ),
    Hypothesis(
        "penalty-on-all",
        "half of {value} times the squares of all parameters is added to the loss",
        varied(Penalized, biases=True),
        values=_DECAYS,
        is_fitted=True,
    ),
    Hypothesis(
        "penalty-in-loss-only",
        "half of {value} times the squares of the kernels is added to the loss that is returned",
        LossOnlyPenalized,
        values=_DECAYS,
        is_fitted=True,
    ),
    Hypothesis(
        "loss-factor",
        "the loss that is returned is {value} times as large; the gradient is right",
        LossFactor,
        values=(1 / float(np.log(2)), 2, 0.5),
        is_fitted=True,
    ),
    Hypothesis(
        "loss-multiplied",
        "the loss and its gradient are {value} times as large",
        Multiplied,
        values=(2, 0.5),
        is_fitted=True,
    ),
)
