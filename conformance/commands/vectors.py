"""``actinit vectors``: write inputs and exact results, for tests in any language."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from actinit.spec import activations

from ..formats import FORMATS
from ..published.vectors import KINDS, vectors, write
from .errors import told
from .options import entry_names

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of ``actinit vectors``."""
    parser.add_argument("activation", help="such as gelu")
    parser.add_argument(
        "--format", dest="formats", action="append", metavar="FORMAT",
        help=f"of the numbers, by default float32; may be repeated: {', '.join(FORMATS)}",
    )  # fmt: skip
    parser.add_argument(
        "--as", dest="kinds", action="append", choices=KINDS,
        help="kind of file, by default all; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--output", type=Path, default=Path(), metavar="FOLDER", help="by default this one"
    )


def run(options: argparse.Namespace) -> int:
    """Run ``actinit vectors``; returns the exit status."""
    try:
        (activation,) = entry_names([options.activation], activations)
        for name in options.formats or ["float32"]:
            found = vectors(activation, name)
            for file in write(found, options.output, tuple(options.kinds or KINDS)):
                print(file)
            matter = sum(len(group.cases) for group in found.groups)
            print(f"{found.number_of_tests:,} results, {matter:,} with a reason")
            print(f"sha256 {found.sha256}")
    except (ValueError, LookupError, OSError) as error:
        print(f"actinit: {told(error)}", file=sys.stderr)
        return 2
    return 0
