"""``actinit identify``: say which function, or initializer, of the spec one of one's own is."""

from __future__ import annotations

import argparse
import sys

from ..callables.identify import Identity, identify
from ..callables.identify_initializer import InitializerIdentity, identify_initializer
from ..callables.loading import load_callable

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of ``actinit identify``."""
    parser.add_argument("function", help="as package.module:function, or path/to/file.py:function")
    parser.add_argument(
        "--initializer", action="store_true", help="it is an initializer: it takes a shape"
    )
    parser.add_argument(
        "--layout", choices=("io", "oi"), default="io",
        help="of an initializer: whether a shape begins with the inputs, as in Keras and JAX, or "
        "with the outputs, as in PyTorch (default: %(default)s)",
    )  # fmt: skip
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
        0 if it is in the spec, 1 if it is not, 2 for a wrong call.
    """
    try:
        function, limit = load_callable(options.function), options.time_limit
        found: Identity | InitializerIdentity
        if options.initializer:
            found = identify_initializer(
                function, format=options.format, layout=options.layout, time_limit=limit
            )
        else:
            found = identify(
                function, format=options.format, arrays=options.arrays, time_limit=limit
            )
    except (TypeError, ValueError, LookupError) as error:
        print(f"actinit: {error}", file=sys.stderr)
        return 2
    print(found)
    return 0 if found.name else 1
