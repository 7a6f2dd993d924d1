"""Trainers that are wrong on purpose: each is caught within the first steps, and named."""

from __future__ import annotations

import numpy as np
import pytest

from actinit.conformance.parity import problem, reference
from actinit.conformance.parity.compare import compare
from actinit.conformance.parity.problem import Step


def posed(optimizer="sgd", epochs=2):
    rng = np.random.default_rng(1)
    x, y = rng.standard_normal((96, 20)), rng.integers(0, 5, 96)
    return problem.made(x, y, optimizer, layers=(16, 16, 5), batch=32, epochs=epochs, seed=4)


class EpsilonElsewhere(reference.Reference):
    def __init__(self, told):
        super().__init__(told)
        self.update = reference.adam


class Summed(reference.Reference):
    def learn(self, x, y):
        loss, gradient = super().learn(x, y)
        return loss * len(y), [part * len(y) for part in gradient]


class SummedGradient(Summed):
    def learn(self, x, y):
        loss, gradient = super().learn(x, y)
        return loss / len(y), gradient


class FixedBias(reference.Reference):
    def step(self, x, y):
        before = self.parameters[3].copy()
        found = super().step(x, y)
        self.parameters[3][:] = before
        return Step(found.loss, found.gradient, [part.copy() for part in self.parameters])


class LabelsOffOnce(reference.Reference):
    def learn(self, x, y):
        return super().learn(x, (y + 1) % 5 if self.steps == 2 else y)


class SoftmaxTwice(reference.Reference):
    """Differentiates the softmax once more than the loss has it."""

    def learn(self, x, y):
        loss, gradient = super().learn(x, y)
        sums = x
        for kernel, bias in zip(self.parameters[::2], self.parameters[1::2], strict=True):
            inputs, sums = sums, np.maximum(sums, 0) @ kernel + bias
        p = np.exp(sums - sums.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        delta = p.copy()
        delta[np.arange(len(y)), y] -= 1
        delta /= len(y)
        delta = p * (delta - (p * delta).sum(axis=1, keepdims=True))
        gradient[-2:] = [np.maximum(inputs, 0).T @ delta, delta.sum(axis=0)]
        return loss, gradient


class Transposed(reference.Reference):
    def __init__(self, told):
        super().__init__(told)
        self.parameters[2] = self.parameters[2].T.copy()


class OneRoundingOff(reference.Reference):
    """Adds up in another order, as any other program would."""

    def learn(self, x, y):
        loss, gradient = super().learn(x[::-1], y[::-1])
        return loss, gradient


@pytest.mark.parametrize("optimizer", reference.optimizers)
def test_the_right_one_agrees_to_the_last_bit(optimizer):
    told = posed(optimizer)
    found = compare(reference.Reference(told), reference.Reference(told), told)
    assert (found.agrees, found.greatest, found.steps) == (True, 0, 6)


@pytest.mark.parametrize("optimizer", reference.optimizers)
def test_another_order_of_sums_is_no_fault(optimizer):
    told = posed(optimizer, epochs=30)
    found = compare(reference.Reference(told), OneRoundingOff(told), told)
    assert found.agrees
    assert found.greatest > 0


@pytest.mark.parametrize(
    ("trainer", "optimizer", "step", "operation", "what"),
    [
        (EpsilonElsewhere, "adam_hat", 1, "optimizer", ""),
        (Summed, "sgd", 1, "forward pass", "loss"),
        (SummedGradient, "sgd", 1, "backward pass", "gradient of the "),
        (FixedBias, "sgd", 1, "optimizer", "bias of layer 2"),
        (FixedBias, "adam", 1, "optimizer", "bias of layer 2"),
        (LabelsOffOnce, "momentum", 3, "forward pass", "loss"),
        (SoftmaxTwice, "sgd", 1, "backward pass", "layer 3"),
        (Transposed, "sgd", 1, "forward pass", "loss"),
    ],
)
def test_what_is_wrong_is_caught_and_named(trainer, optimizer, step, operation, what):
    told = posed(optimizer)
    found = compare(reference.Reference(told), trainer(told), told)
    assert not found.agrees
    assert (found.parting.step, found.parting.operation) == (step, operation)
    assert what in found.parting.what


def test_a_loss_that_is_nan_parts():
    class Nan(reference.Reference):
        def learn(self, x, y):
            loss, gradient = super().learn(x, y)
            return (float("nan") if self.steps == 1 else loss), gradient

    told = posed()
    found = compare(reference.Reference(told), Nan(told), told)
    assert (found.parting.step, found.parting.operation) == (2, "forward pass")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"batch": 0}, "expected a batch of 1 to 96 examples, got 0"),
        ({"batch": 97}, "expected a batch of 1 to 96 examples, got 97"),
        ({"epochs": 0}, "expected 1 epoch or more"),
        ({"optimizer": "adma"}, "did you mean 'adam'"),
    ],
)
def test_bad_input_is_said(changed, message):
    told = {"optimizer": "sgd", "layers": (4, 5), "batch": 32, "epochs": 1, "seed": 0, **changed}
    with pytest.raises((ValueError, LookupError), match=message):
        problem.made(np.zeros((96, 3)), np.zeros(96, int), **told)
