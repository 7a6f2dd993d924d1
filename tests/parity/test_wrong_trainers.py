"""Trainers that are wrong on purpose: each is caught within the first steps, and named."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.wrong_trainers import (
    EpsilonElsewhere,
    FixedBias,
    LabelsOffOnce,
    OneRoundingOff,
    SoftmaxTwice,
    Summed,
    SummedGradient,
    Transposed,
)

from actinit.conformance.parity import problem, reference
from actinit.conformance.parity.compare import compare


def posed(optimizer="sgd", epochs=2):
    rng = np.random.default_rng(1)
    x, y = rng.standard_normal((96, 20)), rng.integers(0, 5, 96)
    return problem.made(x, y, optimizer, layers=(16, 16, 5), batch=32, epochs=epochs, seed=4)


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
    assert (found.divergence.step, found.divergence.operation) == (step, operation)
    assert what in found.divergence.what


def test_a_loss_that_is_nan_diverges():
    class Nan(reference.Reference):
        def learn(self, x, y):
            loss, gradient = super().learn(x, y)
            return (float("nan") if self.steps == 1 else loss), gradient

    told = posed()
    found = compare(reference.Reference(told), Nan(told), told)
    assert (found.divergence.step, found.divergence.operation) == (2, "forward pass")


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
