"""``actinit parity``: whether a backend trains as the reference does, step by step."""

from __future__ import annotations

import argparse
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from actinit.adapters import Adapter, AdapterError, NotOffered, load
from actinit.adapters.training import Problem, Split
from actinit.spec import UnknownNameError, optimizers
from actinit.spec import experiment as spec

from ..parity import problem
from ..parity.drift import drift
from ..parity.offered import lacking, trained
from ..parity.reasons import explained
from ..parity.results import BadStepError
from ..parity.sentences import sentence
from ..results.machine import this_machine
from ..results.parity import Comparison, Drift, ParityReport
from ..results.store import save
from ..training import data
from ..training.errors import TrainingError
from .errors import told
from .options import data_option, results_option

__all__ = ["add_arguments", "run"]

EXPERIMENT = "mnist_mlp"
# What ends in one line and not in a traceback: it is of the words that were given.
_REFUSALS = (
    AdapterError,
    NotOffered,
    UnknownNameError,
    TrainingError,
    BadStepError,
    ValueError,
    OSError,
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of ``actinit parity``."""
    training = spec.experiment(EXPERIMENT).training
    parser.add_argument("backend", help=f"one of {', '.join(trained())}, or your own adapter")
    parser.add_argument("--optimizers", nargs="+", metavar="NAME", help="default: all it has")
    parser.add_argument("--epochs", type=int, default=training.epochs, metavar="N")
    parser.add_argument("--batch-size", type=int, default=training.batch_size, metavar="N")
    parser.add_argument("--seed", type=int, default=training.seed, metavar="N")
    data_option(parser)
    results_option(parser)


def run(options: argparse.Namespace) -> int:
    """Compare, write ``parity-<backend>.json`` and say what was found.

    Returns
    -------
    int
        0 if every training agrees, 1 if one diverges, 2 if none could be made.
    """
    try:
        _require_folder(options.results)
        adapter = load(options.backend)
        train = adapter.trainer()
        names = _offered(adapter, options.optimizers)
        experiment = spec.experiment(EXPERIMENT)
        pictures = data.load(
            spec.data_set(experiment.data_set), experiment.training.pixel_scale, options.data
        )
        compared = []
        for name in names:
            given = _problem(name, experiment, pictures.train, options, "float64")
            for one in explained(train, given):
                print(_line(adapter.name, one), flush=True)
                compared.append(one)
        drifts = []
        for name in names:
            drifts.append(
                drift(train, _problem(name, experiment, pictures.train, options, "float32"))
            )
            print(_parted(adapter.name, drifts[-1]), flush=True)
    except _REFUSALS as error:
        print(f"actinit parity: {error}", file=sys.stderr)
        return 2
    report = ParityReport(
        backend=adapter.name,
        versions=adapter.versions(),
        machine=this_machine(),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        compared=compared,
        drifts=drifts,
    )
    file = options.results / f"parity-{adapter.name}.json"
    try:
        save(report, file)
    except OSError as error:
        print(f"actinit parity: the results could not be written: {told(error)}", file=sys.stderr)
        return 2
    print(f"results: {file}")
    return int(not all(one.parity.agrees for one in compared))


def _require_folder(folder: Path) -> None:
    """Make the folder of the results; a training of hours is not to end with nowhere to go.

    Raises
    ------
    OSError
        If nothing can be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OSError(
            f"--results: expected a folder to write to, but {folder}: {error.strerror}"
        ) from error


def _offered(adapter: Adapter, asked: list[str] | None) -> list[str]:
    """Return the optimizers that a backend has, or those of them that are asked for."""
    known = [name for name, entry in optimizers.items() if not lacking(adapter, entry)]
    for name in asked or ():
        if optimizers[name].name not in known:
            raise NotOffered(f"{adapter.name} has no {name}; it has {', '.join(known)}")
    return [optimizers[name].name for name in asked] if asked else known


def _problem(
    optimizer: str,
    experiment: spec.Experiment,
    split: Split,
    options: argparse.Namespace,
    dtype: str,
) -> Problem:
    return problem.made(
        split.x,
        split.y,
        optimizer,
        layers=tuple(layer.units for layer in experiment.network.dense),
        batch=options.batch_size,
        epochs=options.epochs,
        seed=options.seed,
        dtype=dtype,
    )


def _line(backend: str, one: Comparison) -> str:
    told = "".join(f", {reason}" for reason in one.matched)
    return f"{backend} {one.parity.optimizer}{told}: {sentence(one)}"


def _parted(backend: str, found: Drift) -> str:
    last = found.marks[-1]
    return (
        f"{backend} {found.optimizer} in {found.dtype}: after {last.step:,} steps "
        f"{last.between:.1e} of the way from the reference; other orders of sums make "
        f"{last.backend:.1e}, and in the reference {last.reference:.1e}"
    )
