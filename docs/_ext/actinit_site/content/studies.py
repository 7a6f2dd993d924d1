"""Trainings over several seeds: the cells, tests and figures that pages show of a study."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from actinit.conformance.results.study import Cell, Contrast, Equivalence, Study
from actinit.conformance.results.training import Run, TrainingReport
from actinit.spec.experiment import Experiment

from ..results import Results

__all__ = [
    "Answer",
    "answer",
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


@dataclass(frozen=True)
class Answer:
    """Whether the initialization mattered: what a figure came to after the last epoch."""

    learned: dict[str, float]  #: By initialization, the mean over all backends, the best first.
    failed: dict[str, float]  #: Those far below.
    contrasts: list[Contrast]  #: Between those that learned.

    @property
    def told_apart(self) -> list[Contrast]:
        """Those that are more than chance."""
        return [one for one in self.contrasts if one.differ]


def answer(study: Study, figure: str) -> Answer | None:
    """Say what initializations came to in a figure of which more is better; None without cells.

    Those that failed are set apart at the widest gap, if it is wider than half of the best figure.
    """
    last = final_epoch(study)
    cells = [one for one in study.cells if one.figure == figure and one.epoch == last]
    means = {
        start: fmean(one.mean for one in cells if one.start == start)
        for start in {one.start for one in cells}
    }
    ordered = sorted(means, key=lambda start: -means[start])
    if not ordered:
        return None
    gaps = [means[one] - means[next] for one, next in pairwise(ordered)]
    widest = max(gaps, default=0.0)
    cut = gaps.index(widest) + 1 if widest > means[ordered[0]] / 2 else len(ordered)
    learned, failed = ordered[:cut], ordered[cut:]
    contrasts = [one for one in between(study, learned, learned) if one.figure == figure]
    return Answer(
        {start: means[start] for start in learned}, {start: means[start] for start in failed},
        contrasts,
    )  # fmt: skip


def has_figures(plan: Experiment) -> bool:
    """Say whether the article gives figures of any initialization."""
    return any(start.loss for start in plan.starts)
