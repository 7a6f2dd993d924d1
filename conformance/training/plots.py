"""The curves of a training run, beside the article's."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullLocator

from actinit.spec.experiment import Experiment

from ..results.files import write_atomically
from ..results.training import TrainingReport
from .statistics import mean_of

__all__ = ["save"]


def save(report: TrainingReport, experiment: Experiment, file: Path) -> None:
    """Draw training loss and validation accuracy per epoch as SVG.

    Means over the seeds are lines, their confidence intervals bands, the article's figures crosses.
    The accuracy's axis is stretched towards 1, where all initializations but zeros lie.
    """
    figure = Figure(figsize=(10, 4.2), layout="constrained")
    loss, accuracy = figure.subplots(1, 2)
    _curves(loss, report, experiment, "loss")
    _curves(accuracy, report, experiment, "val_accuracy")
    _scale(loss, "Training loss", "log", (0.05, 0.1, 0.2, 0.5, 1, 2))
    _scale(accuracy, "Validation accuracy", "logit", (0.1, 0.2, 0.5, 0.8, 0.9, 0.95, 0.97, 0.98))
    accuracy.legend(title=f"{report.backend} (crosses: the article)", fontsize="small")
    image = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": report.backend}):
        figure.savefig(image, format="svg", metadata={"Date": None})
    write_atomically(file, image.getvalue())


def _curves(axes: Axes, report: TrainingReport, experiment: Experiment, figure: str) -> None:
    for name in report.starts:
        epochs = zip(*(run.epochs for run in report.from_start(name)), strict=True)
        found = [
            mean_of([getattr(one, figure) for one in ones], experiment.comparison.confidence)
            for ones in epochs
        ]
        numbers = range(1, len(found) + 1)
        (line,) = axes.plot(numbers, [one.mean for one in found], label=name)
        low, high = [one.low for one in found], [one.high for one in found]
        axes.fill_between(numbers, low, high, color=line.get_color(), alpha=0.2, linewidth=0)
        theirs = getattr(experiment.start(name), figure)
        axes.plot(range(1, len(theirs) + 1), theirs, "x", color=line.get_color(), alpha=0.7)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def _scale(axes: Axes, title: str, scale: str, ticks: Sequence[float]) -> None:
    axes.set(title=title, xlabel="epoch", yscale=scale)
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.yaxis.set_minor_locator(NullLocator())
    axes.grid(alpha=0.3)
