"""The table of a training run beside the article's figures."""

from __future__ import annotations

import io
from pathlib import Path
from statistics import fmean

from rich.console import Console
from rich.table import Table

from actinit.spec.experiment import Experiment

from .files import write_atomically
from .results import Report
from .verdict import FIGURES, article

__all__ = ["save", "table"]


def table(report: Report, experiment: Experiment) -> Table:
    """Return all epochs' figures, means over the seeds, each with the article's after it."""
    runs = f"{len(report.seeds)} run(s) from each start, batch size {report.batch_size}"
    shown = Table(
        title=f"{report.backend}: {experiment.title}", caption=f"{runs}; the article's in brackets"
    )
    for heading in ("start", "epoch", *FIGURES, "seconds"):
        shown.add_column(heading, justify="left" if heading == "start" else "right")
    for name in report.starts:
        runs_here = [run.epochs for run in report.runs if run.start == name]
        for number, epochs in enumerate(zip(*runs_here, strict=True), 1):
            theirs = article(experiment.start(name), number)
            means = {
                field: fmean(getattr(e, field) for e in epochs) for field in (*FIGURES, "seconds")
            }
            figures = [
                f"{means[field]:.4f}" + (f" ({getattr(theirs, field):.4f})" if theirs else "")
                for field in FIGURES
            ]
            shown.add_row(
                name if number == 1 else "", str(number), *figures, f"{means['seconds']:.2f}"
            )
        shown.add_section()
    return shown


def save(report: Report, experiment: Experiment, file: Path) -> None:
    """Write the table as text."""
    text = io.StringIO()
    Console(file=text, width=110).print(table(report, experiment))
    write_atomically(file, text.getvalue().encode())
