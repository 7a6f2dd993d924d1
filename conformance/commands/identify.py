"""``actinit identify``: say which function of the spec a function of one's own is."""

from __future__ import annotations

import argparse
import sys

from ..callables.identify import identify
from ..callables.loading import load_callable

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of ``actinit identify``."""
    parser.add_argument("function", help="as package.module:function, or path/to/file.py:function")
    parser.add_argument(
        "--format", default="float32", help="of the numbers that it is asked (default: %(default)s)"
    )
    parser.add_argument("--arrays", help="what it takes, such as torch; by default that is found")
    parser.add_argument(
        "--time-limit", type=float, default=10.0, metavar="SECONDS",
        help="for one call of it (default: %(default)g)",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Run ``actinit identify``.

    Returns
    -------
    int
        0 if it is a function of the spec, 1 if it is none, 2 for a wrong call.
    """
    try:
        found = identify(
            load_callable(options.function), format=options.format, arrays=options.arrays,
            time_limit=options.time_limit,
        )  # fmt: skip
    except (TypeError, ValueError, LookupError) as error:
        print(f"actinit: {error}", file=sys.stderr)
        return 2
    print(found)
    return 0 if found.name else 1
