"""The table of a training run beside the article's figures."""

from __future__ import annotations

import io
from pathlib import Path
from statistics import fmean

from rich import box
from rich.console import Console
from rich.table import Table

from actinit.spec.experiment import Experiment

from ..results.files import write_atomically
from ..results.training import TrainingReport
from .verdict import FIGURES, article

__all__ = ["save", "table"]


def table(report: TrainingReport, experiment: Experiment, *, every_epoch: bool) -> Table:
    """Return the figures after each epoch, or after the last one, as ours/the article's.

    Ours are means over the seeds.
    """
    when = "" if every_epoch else f" after epoch {report.epochs}"
    shown = Table(
        title=f"{experiment.name}{when}: {report.backend}/article",
        caption=f"{len(report.seeds)} run(s) from each initialization, "
        f"batch size {report.batch_size}",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    columns = ("epoch", *FIGURES) if every_epoch else FIGURES
    for heading in ("start", *columns):
        shown.add_column(heading, justify="left" if heading == "start" else "right", no_wrap=True)
    for name in report.starts:
        start = experiment.start(name)
        runs = [run.epochs for run in report.from_start(name)]
        rows = list(enumerate(zip(*runs, strict=True), 1))
        for number, epochs in rows if every_epoch else rows[-1:]:
            theirs = article(start, number)
            figures = [
                f"{fmean(getattr(epoch, field) for epoch in epochs):.4f}"
                + (f"/{getattr(theirs, field):.4f}" if theirs else "")
                for field in FIGURES
            ]
            shown.add_row(name, *([str(number)] if every_epoch else []), *figures)
        if every_epoch:
            shown.add_section()
    return shown


def save(report: TrainingReport, experiment: Experiment, file: Path) -> None:
    """Write the table of every epoch as text."""
    text = io.StringIO()
    Console(file=text, width=100).print(table(report, experiment, every_epoch=True))
    lines = [line.rstrip() for line in text.getvalue().splitlines()]
    write_atomically(file, "\n".join([*lines, ""]).encode())
