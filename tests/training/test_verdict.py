"""A run is judged by the spec's expectation, and by nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from actinit.conformance.results.training import Epoch
from actinit.conformance.training.verdict import FIGURES, article, judge, minus_article
from actinit.spec.experiment import Start, experiment

CNN = experiment("mnist_cnn")
ZEROS = experiment("mnist_mlp").start("zeros")
HE = experiment("mnist_mlp").start("he_normal")


def _as_the_article(start: Start, epochs: int = 5, **shifts: float) -> list[Epoch]:
    """The article's own epochs, each figure shifted."""
    found = []
    for number in range(1, epochs + 1):
        theirs = article(start, number)
        figures = {name: getattr(theirs, name) + shifts.get(name, 0.0) for name in FIGURES}
        found.append(Epoch(**figures, seconds=1.0))
    return found


def _accuracies(values: Sequence[float]) -> list[Epoch]:
    return [
        Epoch(loss=0.1, accuracy=0.9, val_loss=0.1, val_accuracy=value, seconds=1.0)
        for value in values
    ]


def test_the_articles_own_run_meets_every_expectation() -> None:
    for start in experiment("mnist_mlp").starts:
        assert judge(start, _as_the_article(start)).status == "met"


@pytest.mark.parametrize("name", FIGURES)
def test_one_unit_in_the_last_digit_is_met_and_two_are_missed(name: str) -> None:
    near = judge(ZEROS, _as_the_article(ZEROS, **{name: 1e-4}))
    assert near.status == "met"
    assert f"epoch 2 {name}" in near.found
    far = judge(ZEROS, _as_the_article(ZEROS, **{name: -2e-4}))
    assert far.status == "missed"
    assert f"epoch 5 {name}" in far.found


def test_the_first_epoch_from_zeros_is_not_judged() -> None:
    epochs = _as_the_article(ZEROS)
    epochs[0] = _accuracies([0.5])[0]
    assert judge(ZEROS, epochs).status == "met"
    assert judge(ZEROS, epochs[:1]).status == "not judged"


def test_epochs_beyond_the_articles_do_not_count() -> None:
    assert judge(ZEROS, [*_as_the_article(ZEROS), *_accuracies([0.5])]).status == "met"


@pytest.mark.parametrize(
    ("accuracies", "status"),
    [
        ([0.5, 0.6, 0.7, 0.8, 0.965], "met"),
        ([0.97, 0.6, 0.6, 0.6, 0.6], "met"),
        ([0.97], "met"),
        ([0.96, 0.96], "not judged"),
        ([0.96, 0.96, 0.96, 0.96, 0.9649], "missed"),
        ([0.96, 0.96, 0.96, 0.96, 0.96, 0.97], "missed"),
    ],
)
def test_accuracy_is_to_be_reached_in_time(accuracies: list[float], status: str) -> None:
    assert judge(HE, _accuracies(accuracies)).status == status


def test_differences_are_ours_minus_the_articles() -> None:
    epochs = [*_as_the_article(HE, loss=0.25), *_accuracies([0.5])]
    differences = minus_article(HE, epochs)
    assert len(differences) == 5
    assert [round(one.loss, 9) for one in differences] == [0.25] * 5
    assert differences[4].val_accuracy == 0.0


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ([0.1135, 0.1028, 0.1135], "met"),
        ([0.1135, 0.1136, 0.1135], "missed"),
        ([0.1136], "missed"),
        ([0.1135], "not judged"),
        ([0.1135, 0.1135, 0.1135, 0.9], "met"),
    ],
)
def test_an_accuracy_that_is_to_stay_low(values: list[float], status: str) -> None:
    found = judge(CNN.start("zeros"), _accuracies(values))
    assert found.status == status
    assert found.expected == "validation accuracy at most 0.1135 until epoch 3"


def test_a_loss_that_is_to_stay_high() -> None:
    start = CNN.start("random_normal_wide")
    high = [Epoch(loss=9, accuracy=0.1, val_loss=1e9, val_accuracy=0.1, seconds=1.0)] * 3
    assert judge(start, high).status == "met"
    assert judge(start, [*high[:2], *_accuracies([0.5])]).status == "missed"


def test_a_start_without_the_articles_figures_is_beside_none() -> None:
    start = CNN.start("he_normal")
    assert article(start, 1) is None
    assert minus_article(start, _accuracies([0.6])) == []
