"""``actinit summary``: the counts of the runs in a folder, a row for each backend."""

from __future__ import annotations

import argparse
import sys

from .options import results_option

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of ``actinit summary``."""
    results_option(parser)


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
    return 0
