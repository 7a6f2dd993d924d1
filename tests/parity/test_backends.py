"""Live backends train as the reference does, as far as they hold float64."""

from __future__ import annotations

import numpy as np
import pytest

from actinit import adapters
from actinit.conformance.parity import problem
from actinit.conformance.parity.compare import compare
from actinit.conformance.parity.reasons import explained
from actinit.conformance.parity.reference import Reference


def posed(optimizer):
    rng = np.random.default_rng(1)
    x, y = rng.standard_normal((256, 30)), rng.integers(0, 10, 256)
    return problem.made(x, y, optimizer, layers=(24, 16, 10), batch=64, epochs=5, seed=4)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_pytorch_agrees(optimizer):
    pytest.importorskip("torch")
    told = posed(optimizer)
    train = adapters.load("torch").trainer()
    found = compare(Reference(told), train(told), told)
    assert found.agrees, found.divergence
    assert found.steps == 20


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam", "adam_hat"])
def test_jax_agrees(optimizer):
    pytest.importorskip("jax")
    told = posed(optimizer)
    train = adapters.load("jax").trainer()
    found = compare(Reference(told), train(told), told)
    assert found.agrees, found.divergence


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam_hat"])
def test_keras_agrees_once_its_reasons_to_part_are_matched(optimizer):
    pytest.importorskip("keras")
    train = adapters.load("keras").trainer()
    *_, last = explained(train, posed(optimizer))
    assert last.parity.agrees, last.parity.divergence


def test_a_backend_without_a_trainer_is_told_which_have_one():
    with pytest.raises(adapters.NotOffered, match="nothing here trains on numpy; there are torch"):
        adapters.load("numpy").trainer()


def test_keras_takes_its_remedies_where_they_make_no_difference():
    pytest.importorskip("keras")
    train = adapters.load("keras").trainer()
    told = posed("sgd")
    found = compare(Reference(told), train(told, train.remedies), told)
    assert found.agrees, found.divergence


def test_keras_is_as_it_was_after_a_training():
    keras = pytest.importorskip("keras")
    train = adapters.load("keras").trainer()
    before = [keras.config.floatx(), keras.backend.result_type("float64")]
    told = posed("sgd").first(1)
    compare(Reference(told), train(told, train.remedies), told)
    assert [keras.config.floatx(), keras.backend.result_type("float64")] == before
