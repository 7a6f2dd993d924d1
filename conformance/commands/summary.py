"""``actinit summary``: the counts of the runs in a folder, a row for each backend; and badges."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .options import results_option

if TYPE_CHECKING:
    from ..results.conformance import ConformanceReport

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of ``actinit summary``."""
    results_option(parser)
    parser.add_argument(
        "--badges", type=Path, metavar="DIR",
        help="write a badge for each backend there, as shields.io reads it: DIR/torch.json",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Print the table.

    Returns
    -------
    int
        2 if there are no results.
    """
    from rich.console import Console

    from ..results.conformance import ConformanceReport
    from ..results.store import read
    from ..run.summary import table

    files = sorted(options.results.glob("conformance-*.json"))
    if not files:
        print(
            f"actinit: no results in {options.results}; run: actinit check BACKEND",
            file=sys.stderr,
        )
        return 2
    reports = [read(file, ConformanceReport) for file in files]
    complete = {report.backend for report in reports if report.complete}
    # What an unfinished run left counts only where no run was finished.
    shown = [one for one in reports if one.complete or one.backend not in complete]
    console, found = Console(), table(shown)
    if not console.is_terminal:  # a file, or another program, has lines of any length
        console.width = Console(width=500).measure(found).maximum
    console.print(found)
    if options.badges:
        _write_badges(shown, options.badges)
    return 0


def _write_badges(reports: list[ConformanceReport], folder: Path) -> None:
    from ..published.badge import badge

    folder.mkdir(parents=True, exist_ok=True)
    for report in reports:
        file = folder / f"{report.backend}.json"
        file.write_text(json.dumps(badge(report), indent=1) + "\n", encoding="utf-8")
        print(f"badge: {file}")
