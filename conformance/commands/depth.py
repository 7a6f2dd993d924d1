"""``actinit depth``: simulate every activation from every initialization, a hundred layers deep."""

from __future__ import annotations

import argparse

from .options import output_option

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of ``actinit depth``."""
    from ..depth.compute import backends

    known = backends()
    output_option(parser, "depth.json")
    parser.add_argument(
        "--backends", nargs="*", choices=known, default=known[:1],
        help=f"held against the reference (default: {', '.join(known[:1])})",
    )  # fmt: skip
    parser.add_argument("--activations", nargs="+", metavar="NAME", help="default: all")


def run(options: argparse.Namespace) -> int:
    """Simulate and write what was found.

    Returns
    -------
    int
        1 if a framework is further from the reference, or the reference from theory, than is
        allowed.
    """
    from ..depth.compute import Plan, compute, odd
    from ..results.store import save

    found = compute(Plan(), options.backends, options.activations)
    save(found, options.output)
    strays = list(odd(found))
    print("\n".join(strays) or f"{len(found.pairs)} networks, all as they should be")
    return 1 if strays else 0
