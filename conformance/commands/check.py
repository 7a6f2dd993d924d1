"""``actinit check``: run the conformance suite on a backend, and write what was found."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .options import count, draws, results_option

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of ``actinit check``."""
    backend = parser.add_mutually_exclusive_group(required=True)
    backend.add_argument(
        "backend", nargs="?", help="such as torch, torch@cuda, or path/to/adapter.py:Class"
    )
    backend.add_argument(
        "--command",
        metavar="COMMAND",
        help='a program of any language that speaks the protocol, such as "node harness.mjs"',
    )
    parser.add_argument(
        "--name", help="what results call the command (default: as it introduces itself)"
    )
    parser.add_argument("-k", dest="select", metavar="TEXT", help="only checks whose id matches")
    results_option(parser)
    parser.add_argument(
        "--time-limit", type=float, default=120.0, metavar="SECONDS",
        help="for one call of the backend (default: %(default)g)",
    )  # fmt: skip
    parser.add_argument(
        "--thorough",
        action="store_true",
        help="draw four times as many weights, and count rare events in 2^28 of each initializer",
    )
    parser.add_argument(
        "--draws", type=draws, metavar="N",
        help="with --thorough: count them in so many, such as 2^30 (default: 2^28)",
    )  # fmt: skip
    parser.add_argument(
        "--workers", type=count, metavar="N",
        help="processes to run the checks in (default: one a core, at most 4; one with -k)",
    )  # fmt: skip
    parser.add_argument(
        "--baseline",
        type=Path,
        metavar="FILE",
        help="compare with this one, a file or folder, not the nearest",
    )
    parser.add_argument(
        "--strict", action="store_true", help="fail for every difference from the baseline"
    )
    parser.add_argument(
        "--controls", action="store_true", help="hold each check to seeing a planted fault, too"
    )


def run(options: argparse.Namespace) -> int:
    """Run the checks as tests of pytest.

    Returns
    -------
    int
        0 if nothing fails, 1 if something does, 2 for a wrong call.
    """
    if options.name is not None and options.command is None:
        print("actinit: --name goes with --command", file=sys.stderr)
        return 2
    from ..initializers.plan import size_of

    try:
        size = size_of(thorough=options.thorough, draws=options.draws)
    except ValueError as error:
        print(f"actinit: --draws: {error}", file=sys.stderr)
        return 2
    import pytest

    from actinit.adapters.registry import COMMAND

    from ..parallel import default
    from ..plan import plan
    from ..run.plugin import SUITE
    from ..run.selection import near_names, with_entry_names

    words = [
        str(SUITE),
        f"--config-file={SUITE / 'pytest.ini'}",
        f"--actinit-backend={options.backend or COMMAND + options.command}",
        f"--actinit-results={options.results}",
        f"--actinit-time-limit={options.time_limit}",
        "-q", "--no-header", "--no-summary", "-p", "no:cacheprovider",
    ]  # fmt: skip
    if options.name is not None:
        words.append(f"--actinit-name={options.name}")
    if options.thorough:
        words.append("--actinit-thorough")
    if options.draws:
        words.append(f"--actinit-draws={options.draws}")
    if options.strict:
        words.append("--actinit-strict")
    if options.controls:
        words.append("--actinit-controls")
    if options.baseline:
        words.append(f"--actinit-baseline={options.baseline}")
    if options.select:
        ids = [check.id for check in plan(size=size)]
        expression, notes = with_entry_names(options.select, ids)
        print("".join(f"actinit: {note}\n" for note in notes), end="", file=sys.stderr)
        words += ["-k", expression]
    # In no case in this process: a backend may end as many as there are checks.
    workers = options.workers or (1 if options.select else default())
    words += ["-n", str(workers), "--max-worker-restart=100000"]
    status = pytest.main(words)
    if status == pytest.ExitCode.NO_TESTS_COLLECTED and options.select:
        for line in near_names(options.select, ids):
            print(f"actinit: -k: {line}", file=sys.stderr)
        return 2
    return 2 if status == pytest.ExitCode.USAGE_ERROR else int(status != pytest.ExitCode.OK)
