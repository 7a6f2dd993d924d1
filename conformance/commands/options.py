"""Options that several commands have, the types of their words, and names of entries among them."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from actinit.spec import Catalogue, UnknownNameError

__all__ = [
    "RESULTS",
    "count",
    "data_option",
    "draws",
    "entry_names",
    "output_option",
    "parameter",
    "results_option",
]

RESULTS = Path("build/results")


def count(text: str) -> int:
    """Read a number of things; argparse adds the option's name to what is raised."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"expected a whole number from 1 on, not {text!r}")
    return int(text)


def draws(text: str) -> int:
    """Read a number of draws, such as 2^30 or 1073741824."""
    base, power, exponent = text.replace("**", "^").partition("^")
    if base.isdecimal() and not power:
        return int(base)
    if base == "2" and exponent.isdecimal() and int(exponent) < 64:
        return 2 ** int(exponent)
    raise ArgumentTypeError(f"expected a number of draws, such as 2^30 or 1073741824, not {text!r}")


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


def entry_names(
    words: Iterable[str],
    catalogue: Catalogue[Any],
    among: Collection[str] | None = None,
    kind: str = "",
) -> list[str]:
    """Return the names of the entries that words mean; tell on standard error what else they may.

    Parameters
    ----------
    words : iterable of str
        As somebody typed them: names, aliases, or what a library calls an entry.
    catalogue : Catalogue
        Where they are looked up.
    among : collection of str, optional
        The names that this is for, if not all.
    kind : str, optional
        What messages call these.

    Raises
    ------
    UnknownNameError
        If a word means no entry, or none of these.
    """
    found = []
    for word in words:
        name = catalogue[word].name
        if among is not None and name not in among:
            raise UnknownNameError(kind, word, among)
        for note in catalogue.notes(word):
            print(f"actinit: {note}", file=sys.stderr)
        found.append(name)
    return found


def parameter(text: str) -> tuple[str, float | str]:
    """Read ``NAME=VALUE`` of ``--param``; a value that is no number is a word."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise ValueError(f"expected --param NAME=VALUE, such as gain=2; got {text!r}")
    try:
        return name, float(value)
    except ValueError:
        return name, value
