"""Trainings over several seeds: the cells, tests and figures that pages show of a study."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from actinit.conformance.results.study import Cell, Contrast, Equivalence, Study
from actinit.conformance.results.training import Run, TrainingReport
from actinit.spec.experiment import Experiment

from ..results import Results

__all__ = [
    "between",
    "cell",
    "course",
    "equivalent",
    "expected",
    "final_epoch",
    "has_figures",
    "of_figure",
    "trainings",
    "with_status",
]


def final_epoch(study: Study) -> int:
    """Return the number of the last epoch."""
    return max(source.epochs for source in study.sources)


def course(study: Study, start: str, figure: str) -> list[Cell]:
    """Return a figure of an initialization, epoch by epoch and backend by backend."""
    return [one for one in study.cells if (one.start, one.figure) == (start, figure)]


def cell(study: Study, start: str, backend: str, figure: str, epoch: int) -> Cell | None:
    """Return a figure of a backend after an epoch; None if it was not run."""
    wanted = start, backend, figure, epoch
    for one in study.cells:
        if (one.start, one.backend, one.figure, one.epoch) == wanted:
            return one
    return None


def of_figure(study: Study, figure: str) -> list[Equivalence]:
    """Return the tests of equivalence in a figure."""
    return [one for one in study.equivalences if one.figure == figure]


def equivalent(tests: Collection[Equivalence]) -> int:
    """Return how many tests found two backends equivalent."""
    return sum(one.status == "equivalent" for one in tests)


def between(study: Study, one: Collection[str], other: Collection[str]) -> list[Contrast]:
    """Return the contrasts of an initialization of one group with one of another."""
    return [
        contrast
        for contrast in study.contrasts
        if (contrast.one in one and contrast.other in other)
        or (contrast.one in other and contrast.other in one)
    ]


def trainings(results: Results, experiment: str) -> list[TrainingReport]:
    """Return the trainings of an experiment, one for each backend."""
    return [run for run in results.trainings if run.experiment == experiment]


def expected(found: Iterable[TrainingReport], start: str) -> str | None:
    """Return what is expected of an initialization, as the first of its runs has it."""
    runs = (run for training in found for run in training.from_start(start))
    return next((run.verdict.expected for run in runs), None)


def with_status(runs: Iterable[Run], status: str) -> list[Run]:
    """Return the runs whose verdict has a status."""
    return [run for run in runs if run.verdict.status == status]


def has_figures(plan: Experiment) -> bool:
    """Say whether the article gives figures of any initialization."""
    return any(start.loss for start in plan.starts)
