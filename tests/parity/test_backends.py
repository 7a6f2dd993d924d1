"""Live backends train as the reference does, as far as they hold float64."""

from __future__ import annotations

import numpy as np
import pytest

from actinit import adapters
from actinit.conformance.parity import command, problem
from actinit.conformance.parity.compare import compare
from actinit.conformance.parity.reference import Reference


def posed(optimizer):
    rng = np.random.default_rng(1)
    x, y = rng.standard_normal((256, 30)), rng.integers(0, 10, 256)
    return problem.made(x, y, optimizer, layers=(24, 16, 10), batch=64, epochs=5, seed=4)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_pytorch_agrees(optimizer):
    pytest.importorskip("torch")
    told = posed(optimizer)
    train = command.trainer(adapters.load("torch"))
    found = compare(Reference(told), train(told), told)
    assert found.agrees, found.parting
    assert found.steps == 20


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam", "adam_hat"])
def test_jax_agrees(optimizer):
    pytest.importorskip("jax")
    told = posed(optimizer)
    train = command.trainer(adapters.load("jax"))
    found = compare(Reference(told), train(told), told)
    assert found.agrees, found.parting


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam_hat"])
def test_keras_agrees_once_its_rates_are_numbers_of_float32(optimizer):
    pytest.importorskip("keras")
    adapter = adapters.load("keras")
    if adapter.name == "keras-torch":
        pytest.skip("its matrix product computes float64 in float32")
    told = command.in_float32(posed(optimizer))
    found = compare(Reference(told), command.trainer(adapter)(told), told)
    assert found.agrees, found.parting


def test_a_backend_without_a_trainer_is_told_which_have_one():
    with pytest.raises(adapters.NotOffered, match="nothing here trains on numpy; there are torch"):
        command.trainer(adapters.load("numpy"))


def test_what_is_changed_to_agree_is_least_first():
    def plain(told):
        raise AssertionError(told)

    def with_logits(told, logits=False):
        raise AssertionError(told, logits)

    assert list(command._remedies(plain)) == [[command.RATES]]
    assert list(command._remedies(with_logits)) == [
        [command.RATES], [command.LOGITS], [command.RATES, command.LOGITS]
    ]  # fmt: skip


def test_keras_can_leave_the_softmax_to_the_loss():
    pytest.importorskip("keras")
    adapter = adapters.load("keras")
    if adapter.name == "keras-torch":
        pytest.skip("its matrix product computes float64 in float32")
    told = posed("sgd")
    found = compare(Reference(told), command.trainer(adapter)(told, logits=True), told)
    assert found.agrees, found.parting
