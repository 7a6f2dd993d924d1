"""``actinit train``: an experiment on the backends that are asked for."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from actinit.adapters import AdapterError, frameworks
from actinit.spec import SpecError, UnknownNameError, optimizers
from actinit.spec import experiment as spec

from ..parallel import WorkerDiedError, default
from ..results.layers import Layers
from ..results.store import save
from ..results.study import Study
from ..results.training import Run, TrainingReport
from ..training import backends, data, layers, study, table
from ..training.backends import Backend
from ..training.errors import TrainingError
from ..training.results import collect
from ..training.runner import Job, file_name, missing, open_report, train_all
from ..training.workers import Spread, spread
from .options import RESULTS, count

__all__ = ["add_arguments", "run"]

EXPERIMENT = "mnist_mlp"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of ``actinit train``."""
    variable = data.folder_variable(spec.data_set(spec.experiment(EXPERIMENT).data_set))
    parser.add_argument(
        "--experiment",
        default=EXPERIMENT,
        metavar="NAME",
        help=f"one of {', '.join(spec.names())} (default: %(default)s)",
    )
    parser.add_argument(
        "--backend",
        action="append",
        metavar="NAME",
        help=f"may be repeated; one of {', '.join(backends.names())} (default: numpy)",
    )
    parser.add_argument("--starts", nargs="+", metavar="NAME", help="default: the experiment's")
    parser.add_argument(
        "--seeds",
        type=count,
        default=1,
        metavar="N",
        help="how many runs from each initialization, with seeds that count from the experiment's "
        "(default: %(default)s)",
    )
    parser.add_argument(
        "--epochs", type=count, metavar="N", help="default: as many as the experiment says"
    )
    parser.add_argument(
        "--batch-size",
        type=count,
        metavar="N",
        help="default: the experiment's; with any other the runs are not judged",
    )
    parser.add_argument(
        "--optimizer",
        metavar="NAME",
        help=f"one of {', '.join(optimizers)}, at its defaults (default: the experiment's; with "
        "any other the runs are not judged)",
    )
    parser.add_argument(
        "--fresh", action="store_true", help="train anew what the results folder has already"
    )
    parser.add_argument(
        "--workers",
        type=count,
        metavar="N",
        help="processes of one thread each (default: one a core, at most 4); 1: this process, with "
        "as many threads as the framework likes",
    )
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help=f"folder with the four MNIST files, plain or gzipped; {variable} names one, too "
        "(default: the cache, else fetched)",
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=RESULTS,
        metavar="DIR",
        help="where results, tables and plots are written (default: %(default)s)",
    )


def run(args: argparse.Namespace) -> int:
    """Train, write the results as .json, .txt and .svg, and print what came out.

    Parameters
    ----------
    args : argparse.Namespace
        The options that `add_arguments` describes.

    Returns
    -------
    int
        0 if no run missed what the spec expects of it, 1 if one did, 2 if one could not be made:
        the reason is then on standard error.
    """
    try:
        return _run(args)
    except (TrainingError, WorkerDiedError, AdapterError, UnknownNameError, SpecError) as error:
        print(f"actinit train: {error}", file=sys.stderr)
        return 2


def _run(args: argparse.Namespace) -> int:
    experiment = _asked(args)
    training = experiment.training
    wanted = args.starts or [start.name for start in experiment.starts]
    starts = [experiment.start(name).name for name in dict.fromkeys(wanted)]
    names = list(dict.fromkeys(args.backend or ["numpy"]))
    _require_one_engine(names)
    backends.require(names, experiment)
    loaded = [backends.load(name) for name in names]
    pictures = data.load(
        spec.data_set(experiment.data_set),
        training.pixel_scale,
        args.data,
        pictures=training.pictures,
    )
    _require_batch(training.batch_size, len(pictures.train.x))
    job = Job(
        experiment=experiment,
        data=pictures,
        starts=starts,
        seeds=range(training.seed, training.seed + args.seeds),
    )
    console = Console(highlight=False)
    workers = args.workers or default()
    with spread(pictures, workers) if workers > 1 else nullcontext() as others:
        reports = [_train(backend, job, args, others, console) for backend in loaded]
    return _conclude(reports, job, args.output, console)


def _asked(args: argparse.Namespace) -> spec.Experiment:
    """Return the experiment, changed as the options say."""
    experiment = spec.experiment(args.experiment)
    changes = {"epochs": args.epochs, "batch_size": args.batch_size}
    training = msgspec.structs.replace(
        experiment.training, **{name: value for name, value in changes.items() if value}
    )
    experiment = msgspec.structs.replace(experiment, training=training)
    if not args.optimizer:
        return experiment
    choice = spec.Choice(name=optimizers[args.optimizer].name)
    if choice.name in (experiment.optimizer.name, *experiment.optimizer.entry.variants):
        # The same optimizer in another form keeps the experiment's rates.
        choice = msgspec.structs.replace(experiment.optimizer, name=choice.name)
    return msgspec.structs.replace(experiment, optimizer=choice)


def _train(
    backend: Backend,
    job: Job,
    args: argparse.Namespace,
    others: Spread | None,
    console: Console,
) -> TrainingReport:
    from ..training import plots  # Here, for it takes its time: the other commands do without it.

    file = args.output / file_name(job.experiment.name, backend.name)
    # What is left to be done, for the progress to count.
    report = open_report(backend, job, file, fresh=args.fresh)
    left = len(missing(report, job))
    if kept := len(job.starts) * len(job.seeds) - left:
        console.print(f"{backend.name}: {kept} run(s) are in {file} already", soft_wrap=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("runs, left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(backend.name, total=left)
        estimate = _estimate(left)

        def on_run(run: Run) -> None:
            progress.advance(task)
            console.print(f"{backend.name} {_line(run)}{estimate()}", soft_wrap=True)

        train = others.train if others else None
        report = train_all(backend, job, file, report, train=train, on_run=on_run)
    table.save(report, job.experiment, file.with_suffix(".txt"))
    plots.save(report, job.experiment, file.with_suffix(".svg"))
    if backend.name == "numpy" and left:
        seen = args.output / f"layers-{job.experiment.name}.json"
        save(others.observe(job) if others else _observe(job), seen)
        console.print(f"what went on in the layers: {seen}", soft_wrap=True)
    console.print(table.table(report, job.experiment, every_epoch=False))
    return report


def _observe(job: Job) -> Layers:
    return layers.observe(job.experiment, job.data, list(job.starts), job.seeds[0])


def _estimate(runs: int) -> Callable[[], str]:
    """Return what says, called after each run, how many are left and for how long about."""
    begun, done = time.monotonic(), 0

    def told() -> str:
        nonlocal done
        done += 1
        if done == runs:
            return ""
        minutes = (time.monotonic() - begun) / done * (runs - done) / 60
        return f" ({done} of {runs}, about {max(minutes, 0.1):.1f} min left)"

    return told


def _conclude(reports: list[TrainingReport], job: Job, folder: Path, console: Console) -> int:
    name = job.experiment.name
    found = study.compute(job.experiment, collect([folder], name))
    save(found, folder / f"study-{name}.json")
    _tell(found, console)
    missed = [(report, run) for report in reports for run in report.runs if _missed(run)]
    for report, run in missed:
        console.print(
            f"{report.backend} {_line(run)}; expected {run.verdict.expected}", soft_wrap=True
        )
    total = sum(len(report.runs) for report in reports)
    console.print(
        f"{total - len(missed)} of {total} runs as expected; results in {folder}", soft_wrap=True
    )
    return 1 if missed else 0


def _tell(found: Study, console: Console) -> None:
    """Print how many statements there are, and those that speak of backends that differ."""
    apart = [one for one in found.equivalences if one.status != "equivalent"]
    if found.equivalences:
        same = len(found.equivalences) - len(apart)
        console.print(f"{same} of {len(found.equivalences)} comparisons of backends: equivalent")
    for one in apart:
        console.print(f"  {one.sentence}", soft_wrap=True)
    if found.contrasts:
        differ = sum(one.differ for one in found.contrasts)
        console.print(f"{differ} of {len(found.contrasts)} pairs of initializations end apart")


def _missed(run: Run) -> bool:
    return run.verdict.status == "missed"


def _line(run: Run) -> str:
    seconds = sum(epoch.seconds for epoch in run.epochs)
    verdict = run.verdict
    return f"{run.start}, seed {run.seed}, {seconds:.1f} s: {verdict.status}, {verdict.found}"


def _require_one_engine(names: list[str]) -> None:
    """Refuse several backends of a framework that runs over one other in a process."""
    for framework in frameworks().values():
        asked = [name for name in names if name in framework.backends] if framework.over else []
        if len(asked) > 1:
            raise TrainingError(
                f"{' and '.join(asked)} cannot train in one process",
                f"one engine of {framework.title}, which is chosen when it is imported",
                "run actinit train once for each",
            )


def _require_batch(size: int, pictures: int) -> None:
    if size > pictures:
        raise TrainingError(
            f"a batch of {size} is more than the data has",
            f"at most {pictures}, the number of pictures to learn from",
            "give a smaller --batch-size",
        )
