"""Run an experiment on one backend; each run is kept as soon as it is done.

What is in the file already, of the same origin, is not trained again: an interruption loses the run
in hand, and more seeds or starts are added to those that are there.
"""

from __future__ import annotations

import hashlib
import logging
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import msgspec

from actinit.adapters.training import Data
from actinit.conformance.results.machine import this_machine
from actinit.spec import experiment as spec

from ..results.training import Epoch, Run, TrainingReport, Verdict
from .backends import Backend
from .errors import TrainingError
from .results import load, save
from .verdict import FIGURES, judge, minus_article

__all__ = ["Job", "Trained", "file_name", "missing", "open_report", "train_all", "train_one"]

log = logging.getLogger(__name__)

#: What two reports must share for their runs to stand in one.
_ORIGIN = ("experiment", "backend", "device", "versions", "machine", "optimizer", "digest")


#: The initialization, the seed and the epochs of a run.
Trained = tuple[str, int, list[Epoch]]


@dataclass(frozen=True, kw_only=True)
class Job:
    """What is to be done on a backend: every initialization with every seed."""

    experiment: spec.Experiment
    data: Data
    starts: Sequence[str]
    seeds: Sequence[int]


def file_name(experiment: str, backend: str) -> str:
    """Return the name of the file that holds a backend's runs of an experiment."""
    return f"training-{experiment}-{backend}.json"


def train_all(
    backend: Backend,
    job: Job,
    file: Path,
    report: TrainingReport,
    *,
    train: Callable[[Backend, Job, list[tuple[str, int]]], Iterable[Trained]] | None = None,
    on_run: Callable[[Run], None] = lambda run: None,
) -> TrainingReport:
    """Train from every initialization with every seed that the report does not have yet.

    Parameters
    ----------
    backend : Backend
        What trains.
    job : Job
        What is trained; a batch size or an optimizer other than the spec's leaves the runs without
        a verdict.
    file : Path
        Where the results are written, anew after each run.
    report : TrainingReport
        What is there already: see `open_report`.
    train : callable, optional
        Trains the runs that are missing, given their initializations and seeds; by default here,
        one after the other.
    on_run : callable, optional
        Told of each run when it is done.

    Returns
    -------
    TrainingReport
        All runs, those that were there among them.

    Raises
    ------
    TrainingError
        If a figure is no longer finite, or `file` cannot be written.
    """
    save(report, file)  # A folder that cannot be written to is better known before than after.
    for name, seed, epochs in (train or _one_by_one)(backend, job, missing(report, job)):
        done = _finished(job.experiment, name, seed, epochs)
        report = _with([*report.runs, done], report)
        save(report, file)
        on_run(done)
    return report


def train_one(
    backend: Backend, experiment: spec.Experiment, data: Data, start: str, seed: int
) -> Trained:
    """Train once.

    Raises
    ------
    TrainingError
        If a figure is no longer finite.
    """
    epochs: list[Epoch] = []
    for epoch in backend.train(experiment, start, data, seed):
        epochs.append(epoch)
        _require_finite(backend.name, start, seed, epochs)
    return start, seed, epochs


def _one_by_one(backend: Backend, job: Job, runs: list[tuple[str, int]]) -> Iterator[Trained]:
    return (train_one(backend, job.experiment, job.data, *run) for run in runs)


def missing(report: TrainingReport, job: Job) -> list[tuple[str, int]]:
    """Return start and seed of the runs that a report lacks, seed by seed."""
    done = {(run.start, run.seed) for run in report.runs}
    wanted = ((name, seed) for seed, name in product(job.seeds, job.starts))
    return [one for one in wanted if one not in done]


def open_report(backend: Backend, job: Job, file: Path, *, fresh: bool = False) -> TrainingReport:
    """Return the file's report, if it is of the same origin, or one without runs.

    A file of another origin, or one that cannot be read, is set aside under a name ending in
    ``.bak``, and a warning says so.
    """
    experiment, training = job.experiment, job.experiment.training
    report = TrainingReport(
        experiment=experiment.name,
        backend=backend.name,
        device=backend.device,
        versions=backend.versions,
        machine=this_machine(),
        date=_now(),
        optimizer=backend.optimizer(experiment),
        batch_size=training.batch_size,
        epochs=training.epochs,
        digest=_digest(experiment, backend),
        starts=list(job.starts),
        seeds=list(job.seeds),
        complete=False,
        runs=[],
    )
    if not file.exists():
        return report
    try:
        known = load(file)
    except TrainingError as error:
        return _aside(file, report, str(error).splitlines()[0])
    differ = [name for name in _ORIGIN if getattr(known, name) != getattr(report, name)]
    if fresh or differ:
        return _aside(file, report, f"other {', '.join(differ)}" if differ else "asked for anew")
    named = {*known.starts, *report.starts}
    report = msgspec.structs.replace(
        report,
        date=known.date,
        starts=[start.name for start in experiment.starts if start.name in named],
        seeds=sorted({*known.seeds, *report.seeds}),
    )
    return _with(known.runs, report)


def _aside(file: Path, report: TrainingReport, why: str) -> TrainingReport:
    kept = file.with_name(f"{file.name}.bak")
    try:
        file.replace(kept)
    except OSError as error:
        raise TrainingError(
            f"{file} holds other runs ({why}) and cannot be set aside: {error.strerror or error}",
            "a folder that can be written to",
            "name another one with --output",
        ) from error
    log.warning("%s holds other runs (%s); it is kept as %s", file, why, kept.name)
    return report


def _with(runs: list[Run], report: TrainingReport) -> TrainingReport:
    """Return the report with these runs: seed by seed, the starts in the order of the spec."""
    runs = sorted(runs, key=lambda run: (run.seed, report.starts.index(run.start)))
    complete = len(runs) == len(report.starts) * len(report.seeds)
    return msgspec.structs.replace(report, runs=runs, complete=complete)


def _digest(experiment: spec.Experiment, backend: Backend) -> str:
    code = backend.code.read_bytes()
    return hashlib.sha256(msgspec.json.encode(experiment) + code).hexdigest()[:16]


def _finished(experiment: spec.Experiment, name: str, seed: int, epochs: list[Epoch]) -> Run:
    start = experiment.start(name)
    verdict = judge(start, epochs)
    if others := list(_not_the_specs(experiment)):
        verdict = Verdict(status="not judged", expected=verdict.expected, found="; ".join(others))
    return Run(
        start=name,
        seed=seed,
        date=_now(),
        epochs=epochs,
        minus_article=minus_article(start, epochs),
        verdict=verdict,
    )


def _not_the_specs(experiment: spec.Experiment) -> Iterator[str]:
    specified = spec.experiment(experiment.name)
    size, asked = experiment.training.batch_size, specified.training.batch_size
    if size != asked:
        yield f"batch size {size}, not {asked}"
    if experiment.optimizer != specified.optimizer:
        yield f"{experiment.optimizer.name}, not {specified.optimizer.name}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _require_finite(backend: str, start: str, seed: int, epochs: Sequence[Epoch]) -> None:
    for name in FIGURES:
        value = getattr(epochs[-1], name)
        if not math.isfinite(value):
            raise TrainingError(
                f"{backend}, {start}, seed {seed}: {name} is {value} after epoch {len(epochs)}",
                "finite figures",
                "look for what diverges in this backend; the runs before this one are kept",
            )
