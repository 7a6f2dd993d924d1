"""``actinit train``: the article's experiment on the backends that are asked for."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from actinit.adapters.base import AdapterError
from actinit.spec import SpecError, UnknownNameError
from actinit.spec import experiment as spec

from . import backends, data, table
from .backends import Backend
from .errors import TrainingError
from .results import Epoch, Report, Run
from .runner import Job, train_all

__all__ = ["add_arguments", "run"]

EXPERIMENT = "mnist_mlp"
RESULTS = Path("build/results")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of ``actinit train``."""
    experiment = spec.experiment(EXPERIMENT)
    training = experiment.training
    variable = data.folder_variable(spec.data_set(experiment.data_set))
    parser.add_argument(
        "--backend",
        action="append",
        metavar="NAME",
        help=f"may be repeated; one of {', '.join(backends.NAMES)} (default: numpy)",
    )
    parser.add_argument(
        "--starts",
        nargs="+",
        metavar="NAME",
        default=[start.name for start in experiment.starts],
        help="default: all, %(default)s",
    )
    parser.add_argument(
        "--seeds",
        type=_count,
        default=1,
        metavar="N",
        help=f"how many runs from each start, seeds {training.seed}, {training.seed + 1}, ... "
        "(default: %(default)s)",
    )
    parser.add_argument(
        "--epochs", type=_count, default=training.epochs, metavar="N", help="default: %(default)s"
    )
    parser.add_argument(
        "--batch-size",
        type=_count,
        default=training.batch_size,
        metavar="N",
        help="default: %(default)s; with any other the runs are not judged",
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
    """Train, write ``training-<backend>`` as .json, .txt and .svg, and print what came out.

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
    except (TrainingError, AdapterError, UnknownNameError, SpecError) as error:
        print(f"actinit train: {error}", file=sys.stderr)
        return 2


def _run(args: argparse.Namespace) -> int:
    specified = spec.experiment(EXPERIMENT)
    training = msgspec.structs.replace(
        specified.training, epochs=args.epochs, batch_size=args.batch_size
    )
    experiment = msgspec.structs.replace(specified, training=training)
    starts = [experiment.start(name).name for name in dict.fromkeys(args.starts)]
    names = list(dict.fromkeys(args.backend or ["numpy"]))
    _require_one_engine(names)
    loaded = [backends.load(name) for name in names]
    pictures = data.load(spec.data_set(experiment.data_set), training.pixel_scale, args.data)
    _require_batch(training.batch_size, len(pictures.train.x))
    job = Job(
        experiment=experiment,
        data=pictures,
        starts=starts,
        seeds=range(training.seed, training.seed + args.seeds),
    )
    console = Console(highlight=False)
    reports = [_train(backend, job, args.output, console) for backend in loaded]
    return _conclude(reports, args.output, console)


def _train(backend: Backend, job: Job, folder: Path, console: Console) -> Report:
    from . import plots  # Here, for it takes its time: the other commands do without it.

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("epochs, left"),
        TimeRemainingColumn(),
    )
    epochs = len(job.starts) * len(job.seeds) * job.experiment.training.epochs
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(backend.name, total=epochs)

        def on_epoch(start: str, seed: int, epoch: Epoch) -> None:
            doing = f"{backend.name} {start} seed {seed}: loss {epoch.loss:.4f}"
            progress.update(task, advance=1, description=doing)

        def on_run(run: Run) -> None:
            console.print(f"{backend.name} {_line(run)}", soft_wrap=True)

        file = folder / f"training-{backend.name}.json"
        report = train_all(backend, job, file, on_epoch=on_epoch, on_run=on_run)
    table.save(report, job.experiment, file.with_suffix(".txt"))
    plots.save(report, job.experiment, file.with_suffix(".svg"))
    console.print(table.table(report, job.experiment, every_epoch=False))
    return report


def _conclude(reports: list[Report], folder: Path, console: Console) -> int:
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


def _missed(run: Run) -> bool:
    return run.verdict.status == "missed"


def _line(run: Run) -> str:
    seconds = sum(epoch.seconds for epoch in run.epochs)
    verdict = run.verdict
    return f"{run.start}, seed {run.seed}, {seconds:.1f} s: {verdict.status}, {verdict.found}"


def _count(text: str) -> int:
    """Read an option's value; argparse adds the option's name to what is raised."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 on, not {text!r}")
    return int(text)


def _require_one_engine(names: list[str]) -> None:
    keras = [name for name in names if name.startswith("keras")]
    if len(keras) > 1:
        raise TrainingError(
            f"{' and '.join(keras)} cannot train in one process",
            "one engine of Keras, which is chosen when it is imported",
            "run actinit train once for each",
        )


def _require_batch(size: int, pictures: int) -> None:
    if size > pictures:
        raise TrainingError(
            f"a batch of {size} is more than the data has",
            f"at most {pictures}, the number of pictures to learn from",
            "give a smaller --batch-size",
        )
