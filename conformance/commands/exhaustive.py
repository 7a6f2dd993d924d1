"""``actinit exhaustive``: every float32 input of the functions of backends."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from actinit.adapters import AdapterError
from actinit.spec import UnknownNameError, activations

from ..exhaustive.chunks import CHUNK_INPUTS
from ..exhaustive.journal import MixedSweepError
from ..exhaustive.piece import Piece
from ..exhaustive.report import merge
from ..exhaustive.sweep import Sweep, sweeps, unary
from ..exhaustive.sweep import run as sweep_all
from ..exhaustive.work import BackendRaisedError
from ..parallel import Cluster, ClusterError, Executor, ThisMachine, WorkerDiedError
from ..results.exhaustive import ExhaustiveReport
from ..results.store import save
from .options import entry_names, results_option

__all__ = ["add_arguments", "run"]

_PARTS = ("value", "derivative")
#: Status of a command that Ctrl-C ended, as shells know it.
INTERRUPTED = 130


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of ``actinit exhaustive``."""
    parser.add_argument(
        "backends",
        nargs="+",
        metavar="BACKEND",
        help="such as torch, or path/to/adapter.py:Class; several share the cost of the reference",
    )
    parser.add_argument(
        "--functions", nargs="+", metavar="NAME", help="default: every function of one number"
    )
    parser.add_argument(
        "--parts", nargs="+", choices=_PARTS, default=list(_PARTS), help="default: both"
    )
    parser.add_argument(
        "--workers",
        type=int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="processes on this machine (default: one for each core, %(default)s)",
    )
    parser.add_argument(
        "--scheduler", metavar="ADDRESS", help="use the workers of this Dask cluster instead"
    )
    parser.add_argument("--fresh", action="store_true", help="forget what an earlier run has done")
    results_option(parser)


def run(options: argparse.Namespace) -> int:
    """Sweep, write ``exhaustive-<backend>.json``, and say what came out.

    Parameters
    ----------
    options : argparse.Namespace
        What `add_arguments` describes.

    Returns
    -------
    int
        0 if every input that was asked for has been judged, whatever came out; 2 if the sweep could
        not go on (the reason is on standard error), 130 if it was interrupted. What was done is
        kept and reported, marked partial; the same command goes on with the rest.
    """
    console = Console(highlight=False)
    try:
        functions = _functions(options.functions)
        _require_positive(options.workers)
        asked = {
            name: sweeps(
                name, options.results / "exhaustive" / _name(name), functions, options.parts
            )
            for name in options.backends
        }
        return _sweep(asked, options, console)
    except (AdapterError, UnknownNameError, MixedSweepError, ClusterError, ValueError) as error:
        print(f"actinit exhaustive: {error}", file=sys.stderr)
        return 2


def _sweep(asked: dict[str, list[Sweep]], options: argparse.Namespace, console: Console) -> int:
    status = 0
    try:
        with _terminable(), _executor(options) as executor, _bar(console) as bar:
            task = bar.add_task(", ".join(asked), total=None)

            def on_start(chunks: int) -> None:
                bar.update(task, total=chunks * CHUNK_INPUTS)

            def on_piece(piece: Piece) -> None:
                doing = f"{piece.origin.backend} {piece.origin.entry} {piece.origin.part}"
                bar.update(task, advance=CHUNK_INPUTS, description=doing)

            sweep_all(
                [sweep for of_one in asked.values() for sweep in of_one],
                executor,
                fresh=options.fresh,
                on_start=on_start,
                on_piece=on_piece,
            )
    except KeyboardInterrupt:
        status = INTERRUPTED
        console.print("interrupted; run the same command to go on")
    except (WorkerDiedError, BackendRaisedError) as error:
        status = 2
        print(f"actinit exhaustive: {error}", file=sys.stderr)
    for name, of_one in asked.items():
        report = merge(of_one)
        if report is None:
            console.print(f"{name}: no chunk is done")
            continue
        file = options.results / f"exhaustive-{_name(name)}.json"
        save(report, file)
        _say(report, console)
        state = "report" if report.complete else "partial report"
        console.print(f"{name}: {state} in {file}", soft_wrap=True)
    return status


def _say(report: ExhaustiveReport, console: Console) -> None:
    for swept in report.sweeps:
        state = "" if swept.complete else f" (partial: {swept.inputs:,} inputs)"
        console.print(f"{swept.entry} {swept.part}{state}: {swept.outcome.message}", soft_wrap=True)
        if shown := swept.outcome.witness:
            where = f"{shown.x} ({shown.x_hex})"
            console.print(f"  at {where} it is {shown.got}, right is {shown.exact}", soft_wrap=True)
        for finding in swept.outcome.findings:
            console.print(f"  {finding.kind or 'noted'}: {finding.sentence}", soft_wrap=True)


def _functions(names: list[str] | None) -> list[str]:
    known = unary()
    asked = entry_names(names or (), activations, known, "function of one number")
    return list(dict.fromkeys(asked or known))


def _require_positive(workers: int) -> None:
    if workers < 1:
        raise ValueError(f"--workers {workers} would do nothing; expected 1 or more")


def _name(backend: str) -> str:
    """Return what a backend is called in the name of a file."""
    return backend.rpartition(":")[2]


def _executor(options: argparse.Namespace) -> Executor:
    return Cluster(options.scheduler) if options.scheduler else ThisMachine(options.workers)


@contextmanager
def _terminable() -> Iterator[None]:
    """Let a polite request to end be as good as Ctrl-C."""

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class _Rate(ProgressColumn):
    """Inputs a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed / 1e6:.1f} M inputs/s")


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>4.1f} %"),
        _Rate(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )
