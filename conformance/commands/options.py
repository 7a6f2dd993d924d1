"""Options that several commands have, and the types of their words."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path

__all__ = ["RESULTS", "count", "data_option", "output_option", "results_option"]

RESULTS = Path("build/results")


def count(text: str) -> int:
    """Read a number of things; argparse adds the option's name to what is raised."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"expected a whole number from 1 on, not {text!r}")
    return int(text)


def results_option(parser: ArgumentParser) -> None:
    """Add ``--results``, the folder of results files."""
    parser.add_argument(
        "--results", type=Path, default=RESULTS, metavar="DIR",
        help="folder of the results files (default: %(default)s)",
    )  # fmt: skip


def output_option(parser: ArgumentParser, name: str) -> None:
    """Add ``--output``, a file that has this name by default."""
    parser.add_argument(
        "--output", type=Path, default=RESULTS / name, metavar="FILE",
        help="what to write (default: %(default)s)",
    )  # fmt: skip


def data_option(parser: ArgumentParser) -> None:
    """Add ``--data``, the folder of the pictures."""
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder with the four MNIST files")
