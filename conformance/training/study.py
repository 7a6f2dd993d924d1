"""What the runs of all backends come to: means with intervals, equivalences, differences.

``actinit compute study FOLDER...`` reads the results of
`actinit train` and computes it. Each statement is a sentence with the figures that it stands on.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import combinations

from actinit.spec import experiment as spec

from ..results.study import Cell, Contrast, Equivalence, Source, Status, Study
from ..results.training import TrainingReport
from . import statistics
from .results import BASIS
from .verdict import FIGURES, article

__all__ = [
    "compute",
]

#: What shares are spoken of in: points are hundredths.
_SHARES = ("accuracy", "val_accuracy")
_WORDS = {
    "loss": "training loss",
    "accuracy": "training accuracy",
    "val_loss": "validation loss",
    "val_accuracy": "validation accuracy",
}


def compute(experiment: spec.Experiment, found: Sequence[TrainingReport]) -> Study:
    """Compute all that can be said of some reports.

    Parameters
    ----------
    experiment : Experiment
        Says margins and risks.
    found : sequence of TrainingReport
        One of each backend, of this experiment; runs that were cut short are left out.
    """
    by_backend = {report.backend: report for report in found}
    return Study(
        experiment=experiment.name,
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        confidence=experiment.comparison.confidence,
        alpha=experiment.comparison.alpha,
        sources=[
            Source(
                backend=report.backend,
                optimizer=report.optimizer,
                seeds=len(report.seeds),
                epochs=report.epochs,
                date=report.date,
            )
            for report in found
        ],
        cells=[cell for report in found for cell in _cells(experiment, report)],
        equivalences=_equivalences(experiment, by_backend),
        contrasts=_contrasts(experiment, by_backend),
    )


def _values(report: TrainingReport, start: str, figure: str, epoch: int = 0) -> dict[int, float]:
    """Return a figure by seed, at the end of an epoch, counted from 1; by default of the last."""
    return {
        run.seed: getattr(run.epochs[epoch - 1], figure)
        for run in report.from_start(start)
        if len(run.epochs) == report.epochs
    }


def _cells(experiment: spec.Experiment, report: TrainingReport) -> Iterator[Cell]:
    for name in report.starts:
        for epoch in range(1, report.epochs + 1):
            theirs = article(experiment.start(name), epoch)
            for figure in FIGURES:
                values = list(_values(report, name, figure, epoch).values())
                if not values:
                    continue
                found = statistics.mean_of(values, experiment.comparison.confidence)
                one = getattr(theirs, figure) if theirs else None
                yield Cell(
                    backend=report.backend,
                    start=name,
                    epoch=epoch,
                    figure=figure,
                    n=found.n,
                    mean=found.mean,
                    low=_known(found.low),
                    high=_known(found.high),
                    one_low=_known(found.one_low),
                    one_high=_known(found.one_high),
                    article=one,
                    within=_within(found, one),
                )


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def _within(found: statistics.Mean, one: float | None) -> bool | None:
    """Return whether a printed figure lies where one more run should; None if none can say."""
    if one is None or math.isnan(found.one_low):
        return None
    # The article's figures are rounded to four decimals, so half a unit of the last is granted.
    half = 0.5e-4
    return found.one_low - half <= one <= found.one_high + half


def _equivalences(
    experiment: spec.Experiment, found: dict[str, TrainingReport]
) -> list[Equivalence]:
    rules = experiment.comparison
    if len(found) < 2:
        return []
    basis = found.get(BASIS) or next(iter(found.values()))
    asked = []
    for report in found.values():
        if report is basis or report.epochs != basis.epochs:
            continue
        for start in (name for name in basis.starts if name in report.starts):
            for figure, margin in rules.margins.items():
                one, other = (
                    list(_values(side, start, figure).values()) for side in (report, basis)
                )
                if min(len(one), len(other)) > 1:
                    test = statistics.equivalence(one, other, margin, rules.alpha)
                    asked.append((report.backend, start, figure, margin, test))
    corrected = statistics.holm([test.p for *_, test in asked])
    return [
        _equivalence(basis.backend, rules, p, *one) for p, one in zip(corrected, asked, strict=True)
    ]


def _equivalence(
    basis: str,
    rules: spec.Comparison,
    p: float,
    backend: str,
    start: str,
    figure: str,
    margin: float,
    test: statistics.Difference,
) -> Equivalence:
    status: Status = "equivalent" if p <= rules.alpha else "undecided"
    if min(abs(test.low), abs(test.high)) > margin and test.low * test.high > 0:
        status = "not equivalent"
    verdict = {
        "equivalent": f"{backend} and {basis} are equivalent",
        "undecided": f"{backend} and {basis} cannot be told to be equivalent",
        "not equivalent": f"{backend} and {basis} differ",
    }[status]
    sentence = (
        f"{verdict} in {_WORDS[figure]} from {start}: {_amount(figure, test.difference)}, "
        f"{_interval(figure, test, 1 - 2 * rules.alpha)}, margin ±{_size(figure, margin)}"
    )
    if status != "not equivalent":
        sentence += f" ({_p(p)})"
    return Equivalence(
        backend=backend, basis=basis, start=start, figure=figure, difference=test.difference,
        low=test.low, high=test.high, margin=margin, p=p, status=status, sentence=sentence,
    )  # fmt: skip


def _contrasts(experiment: spec.Experiment, found: dict[str, TrainingReport]) -> list[Contrast]:
    rules = experiment.comparison
    starts = [start.name for start in experiment.starts]
    by_start = {
        name: {
            (backend, seed): value
            for backend, report in found.items()
            for seed, value in _values(report, name, rules.figure).items()
        }
        for name in starts
    }
    asked = []
    for one, other in combinations(starts, 2):
        both = sorted(by_start[one].keys() & by_start[other].keys())
        if len(both) > 1:
            first, second = ([by_start[name][key] for key in both] for name in (one, other))
            test = statistics.paired(first, second, rules.confidence)
            asked.append((one, other, len(both), test))
    corrected = statistics.holm([test.p for *_, test in asked])
    return [_contrast(rules, p, *one) for p, one in zip(corrected, asked, strict=True)]


def _contrast(
    rules: spec.Comparison, p: float, one: str, other: str, n: int, test: statistics.Difference
) -> Contrast:
    differ = p <= rules.alpha
    verdict = "end apart" if differ else "cannot be told apart"
    size = "" if math.isnan(test.effect) else f", {abs(test.effect):.1f} standard deviations"
    sentence = (
        f"{one} and {other} {verdict} in {_WORDS[rules.figure]}: "
        f"{_amount(rules.figure, test.difference)}, "
        f"{_interval(rules.figure, test, rules.confidence)}{size} ({_p(p)}, {n} pairs)"
    )
    return Contrast(
        one=one, other=other, figure=rules.figure, pairs=n, difference=test.difference,
        low=test.low, high=test.high, effect=_known(test.effect),
        p=p, differ=differ, sentence=sentence,
    )  # fmt: skip


def _size(figure: str, value: float, sign: str = "") -> str:
    if figure in _SHARES:
        text = f"{100 * value:{sign}.2f} points"
    else:
        text = f"{value:{sign}{'.4f' if abs(value) < 1e4 else '.2g'}}"
    return text.replace("-", "\N{MINUS SIGN}")


def _amount(figure: str, difference: float) -> str:
    return _size(figure, difference, "+")


def _interval(figure: str, test: statistics.Difference, confidence: float) -> str:
    low, high = (
        _size(figure, value, "+").removesuffix(" points") for value in (test.low, test.high)
    )
    return f"{100 * confidence:g} % interval {low} to {high}"


def _p(p: float) -> str:
    return "p below 0.0001" if p < 1e-4 else f"p = {p:.2g}"
