"""Trainers that are wrong on purpose: the reference with one thing broken, each a few lines."""

from __future__ import annotations

import numpy as np

from actinit import reference as ref
from actinit.adapters.training import Step
from actinit.conformance.parity import reference


class EpsilonElsewhere(reference.Reference):
    """Adds epsilon before the correction where it belongs behind it, or the other way round."""

    def __init__(self, told):
        super().__init__(told)
        other = {"adam": "adam_hat", "adam_hat": "adam"}[told.optimizer.name]
        self.update = reference.optimizers[other]


class Summed(reference.Reference):
    """Takes the sum of the losses for their mean."""

    def learn(self, x, y):
        loss, gradient = super().learn(x, y)
        return loss * len(y), [part * len(y) for part in gradient]


class SummedGradient(Summed):
    """Tells the mean, and learns from the sum."""

    def learn(self, x, y):
        loss, gradient = super().learn(x, y)
        return loss / len(y), gradient


class FixedBias(reference.Reference):
    """Leaves the bias of the second layer as it was."""

    def step(self, x, y):
        before = self.parameters[3].copy()
        found = super().step(x, y)
        self.parameters[3][:] = before
        return Step(found.loss, found.gradient, [part.copy() for part in self.parameters])


class LabelsOffOnce(reference.Reference):
    """Takes the next class for each in the third batch."""

    def learn(self, x, y):
        return super().learn(x, (y + 1) % 5 if self.steps == 2 else y)


class SoftmaxTwice(reference.Reference):
    """Differentiates the softmax once more than the loss has it."""

    def learn(self, x, y):
        loss, gradient = super().learn(x, y)
        *hidden, (kernel, bias) = zip(self.parameters[::2], self.parameters[1::2], strict=True)
        inputs = x
        for weights, shift in hidden:
            inputs = np.maximum(inputs @ weights + shift, 0)
        p = ref.softmax(inputs @ kernel + bias)
        delta = p.copy()
        delta[np.arange(len(y)), y] -= 1
        delta /= len(y)
        delta = p * (delta - (p * delta).sum(axis=1, keepdims=True))
        gradient[-2:] = [inputs.T @ delta, delta.sum(axis=0)]
        return loss, gradient


class Transposed(reference.Reference):
    """Reads the square kernel the other way round."""

    def __init__(self, told):
        super().__init__(told)
        self.parameters[2] = self.parameters[2].T.copy()


class OneRoundingOff(reference.Reference):
    """Adds up in another order, as any other program would."""

    def learn(self, x, y):
        loss, gradient = super().learn(x[::-1], y[::-1])
        return loss, gradient


class HeldInFloat32(reference.Reference):
    """Holds all its rates in float32, as a program may."""

    def __init__(self, told, matched=()):
        super().__init__(told)
        self.rates = told.in_float32(*told.rates).rates
