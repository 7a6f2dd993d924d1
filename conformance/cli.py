"""The command line: ``actinit list``, ``check``, ``exhaustive``, ``export`` and so on."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .arguments import count

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : list of str, optional
        The words after ``actinit``; by default those of the process.

    Returns
    -------
    int
        Exit status: 0 if all is well, 1 if a check or a verdict failed, 2 for a wrong call.
    """
    parser = argparse.ArgumentParser(
        prog="actinit", description="Activation functions and initializers, held to their spec."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    listing = commands.add_parser("list", help="list entries and backends")
    listing.set_defaults(run=_list)

    check = commands.add_parser("check", help="run the conformance suite on a backend")
    check.add_argument("backend", help="such as torch, or path/to/adapter.py:Class")
    check.add_argument("-k", dest="select", metavar="TEXT", help="only checks whose id matches")
    check.add_argument("--results", type=Path, default=Path("build/results"), metavar="DIR")
    check.add_argument("--time-limit", type=float, default=120.0, metavar="SECONDS")
    check.add_argument("--thorough", action="store_true", help="draw four times as many weights")
    check.add_argument(
        "--workers", type=count, metavar="N",
        help="processes to run the checks in (default: one a core, at most 4; one with -k)",
    )  # fmt: skip
    check.add_argument(
        "--baseline", type=Path, metavar="FILE", help="compare with this one, not the nearest"
    )
    check.add_argument(
        "--strict", action="store_true", help="fail for every difference from the baseline"
    )
    check.add_argument(
        "--controls", action="store_true", help="hold each check to seeing a planted fault, too"
    )
    check.set_defaults(run=_check)

    from .known import command as known

    baseline = commands.add_parser("baseline", help="write or compare what a backend is known for")
    known.add_arguments(baseline)

    summary = commands.add_parser("summary", help="show the counts of the runs in a folder")
    summary.add_argument("--results", type=Path, default=Path("build/results"), metavar="DIR")
    summary.set_defaults(run=_summary)

    from .sweep import options as sweep

    exhaustive = commands.add_parser("exhaustive", help="check every float32 input of a backend")
    sweep.add_arguments(exhaustive)
    exhaustive.set_defaults(run=_exhaustive)

    from . import export

    exporting = commands.add_parser("export", help="write weights that are the same everywhere")
    export.add_arguments(exporting)
    exporting.set_defaults(run=export.run)

    from .training import command as training

    train = commands.add_parser("train", help="run the MNIST comparison")
    training.add_arguments(train)
    train.set_defaults(run=training.run)

    from .parity import command as parity

    comparing = commands.add_parser("parity", help="train as the reference does, step by step")
    parity.add_arguments(comparing)
    comparing.set_defaults(run=parity.run)

    options = parser.parse_args(arguments)
    status: int = options.run(options)
    return status


def _list(options: argparse.Namespace) -> int:
    from actinit import adapters, spec

    for title, entries in (("Activations", spec.activations), ("Initializers", spec.initializers)):
        print(f"{title}:")
        for entry in entries.values():
            print(f"  {entry.name:26}{entry.summary}")
    print(f"Backends: {', '.join(adapters.NAMES)}")
    return 0


def _check(options: argparse.Namespace) -> int:
    import pytest

    from .executors import default
    from .plugin import SUITE

    words = [
        str(SUITE),
        f"--config-file={SUITE / 'pytest.ini'}",
        f"--actinit-backend={options.backend}",
        f"--actinit-results={options.results}",
        f"--actinit-time-limit={options.time_limit}",
        "-q", "--no-header", "--no-summary", "-p", "no:cacheprovider",
    ]  # fmt: skip
    if options.thorough:
        words.append("--actinit-thorough")
    if options.strict:
        words.append("--actinit-strict")
    if options.controls:
        words.append("--actinit-controls")
    if options.baseline:
        words.append(f"--actinit-baseline={options.baseline}")
    if options.select:
        words += ["-k", options.select]
    workers = options.workers or (1 if options.select else default())
    if workers > 1:
        words += ["-n", str(workers)]
    status = pytest.main(words)
    return 2 if status == pytest.ExitCode.USAGE_ERROR else int(status != pytest.ExitCode.OK)


def _exhaustive(options: argparse.Namespace) -> int:
    from .sweep.command import main as sweep

    return sweep(options)


def _summary(options: argparse.Namespace) -> int:
    from rich.console import Console

    from .report import load
    from .summary import table

    files = sorted(options.results.glob("conformance-*.json"))
    if not files:
        print(
            f"actinit: no results in {options.results}; run: actinit check BACKEND",
            file=sys.stderr,
        )
        return 2
    reports = [load(file) for file in files]
    complete = {report.backend for report in reports if report.complete}
    # What an unfinished run left counts only where no run was finished.
    shown = [one for one in reports if one.complete or one.backend not in complete]
    Console().print(table(shown))
    return 0
