"""Run an experiment on one backend; each run is kept as soon as it is done."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import msgspec

from actinit.conformance.machine import this_machine
from actinit.spec import experiment as spec

from .backends import Backend
from .data import Data
from .errors import TrainingError
from .results import Epoch, Report, Run, Verdict, save
from .verdict import FIGURES, judge, minus_article

__all__ = ["Job", "train_all"]


@dataclass(frozen=True, kw_only=True)
class Job:
    """What is to be done on a backend: every start with every seed."""

    experiment: spec.Experiment
    data: Data
    starts: Sequence[str]
    seeds: Sequence[int]


def train_all(
    backend: Backend,
    job: Job,
    file: Path,
    *,
    on_epoch: Callable[[str, int, Epoch], None] = lambda start, seed, epoch: None,
    on_run: Callable[[Run], None] = lambda run: None,
) -> Report:
    """Train from every start with every seed.

    Parameters
    ----------
    backend : Backend
        What trains.
    job : Job
        What is trained; a batch size other than the spec's leaves the runs without a verdict.
    file : Path
        Where the results are written, anew after each run.
    on_epoch, on_run : callable, optional
        Told of each epoch and each run when it is done.

    Returns
    -------
    Report
        All runs.

    Raises
    ------
    TrainingError
        If a figure is no longer finite, or `file` cannot be written.
    """
    experiment = job.experiment
    report = Report(
        experiment=experiment.name,
        backend=backend.name,
        device=backend.device,
        versions=backend.versions,
        machine=this_machine(),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        batch_size=experiment.training.batch_size,
        epochs=experiment.training.epochs,
        starts=list(job.starts),
        seeds=list(job.seeds),
        complete=False,
        runs=[],
    )
    save(report, file)  # A folder that cannot be written to is better known before than after.
    for seed, name in product(job.seeds, job.starts):
        epochs: list[Epoch] = []
        for epoch in backend.train(experiment, name, job.data, seed):
            epochs.append(epoch)
            _require_finite(backend.name, name, seed, epochs)
            on_epoch(name, seed, epoch)
        done = _finished(experiment, experiment.start(name), seed, epochs)
        runs = [*report.runs, done]
        complete = len(runs) == len(job.seeds) * len(job.starts)
        report = msgspec.structs.replace(report, runs=runs, complete=complete)
        save(report, file)
        on_run(done)
    return report


def _finished(
    experiment: spec.Experiment, start: spec.Start, seed: int, epochs: list[Epoch]
) -> Run:
    verdict = judge(start, epochs)
    specified = spec.experiment(experiment.name).training.batch_size
    if experiment.training.batch_size != specified:
        found = f"batch size {experiment.training.batch_size}, not {specified}"
        verdict = Verdict(status="not judged", expected=verdict.expected, found=found)
    return Run(
        start=start.name,
        seed=seed,
        epochs=epochs,
        minus_article=minus_article(start, epochs),
        verdict=verdict,
    )


def _require_finite(backend: str, start: str, seed: int, epochs: Sequence[Epoch]) -> None:
    for name in FIGURES:
        value = getattr(epochs[-1], name)
        if not math.isfinite(value):
            raise TrainingError(
                f"{backend}, {start}, seed {seed}: {name} is {value} after epoch {len(epochs)}",
                "finite figures",
                "look for what diverges in this backend; the runs before this one are kept",
            )
