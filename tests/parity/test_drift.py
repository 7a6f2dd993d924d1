"""Distances in float32: an order of sums is told from a formula that differs."""

from __future__ import annotations

import numpy as np
import pytest

from actinit.adapters.training import Problem
from actinit.conformance.parity import drift, problem
from actinit.conformance.parity.reference import Reference


def _problem(dtype: str, optimizer: str = "momentum") -> Problem:
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(320, 30)), rng.integers(0, 4, 320)
    return problem.made(
        x, y, optimizer, layers=(20, 10, 4), batch=32, epochs=4, seed=1, dtype=dtype
    )


class Faster(Reference):
    """Takes steps that are a hundredth too long."""

    def __init__(self, told: Problem) -> None:
        super().__init__(told)
        self.rates = {**told.rates, "learning_rate": told.rates["learning_rate"] * 1.01}


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam", "adam_hat"])
def test_another_order_is_the_same_training_on_paper(optimizer: str) -> None:
    found = drift.drift(Reference, _problem("float64", optimizer))
    assert [mark.step for mark in found.marks] == [1, 2, 4, 8, 16, 32, 40]
    assert all(mark.between == 0 for mark in found.marks)
    assert all(mark.backend == mark.reference for mark in found.marks)
    # 40 steps of roundings of 1e-16; a wrong order back would be a distance of the order of 1.
    assert all(mark.reference < 1e-10 for mark in found.marks)


def test_the_order_of_sums_shows_in_float32() -> None:
    found = drift.drift(Reference, _problem("float32"))
    assert found.dtype == "float32"
    assert 1e-9 < found.marks[-1].reference < 1e-2
    assert found.excess == 0


def test_a_formula_that_differs_stands_out() -> None:
    found = drift.drift(Faster, _problem("float32"))
    assert found.marks[0].between == pytest.approx(0.01, rel=0.01)
    assert found.excess > 1000


def test_the_inputs_are_put_in_order_with_their_kernels() -> None:
    told = _problem("float64")
    other, places = drift.ordered(told, seed=3)
    (x, y), (x_other, y_other) = next(told.batches()), next(other.batches())
    assert not np.array_equal(x, x_other)
    np.testing.assert_array_equal(y, y_other)
    np.testing.assert_allclose(x @ told.start[0], (x_other @ other.start[0])[:, places[1][0]])
