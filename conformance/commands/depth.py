"""``actinit depth``: simulate every activation from every initialization, a hundred layers deep."""

from __future__ import annotations

import argparse
import sys

from .options import entry_names, output_option

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
    parser.add_argument(
        "--activations", nargs="+", metavar="NAME",
        help="these alone, and what the file knows of others is kept (default: all)",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Simulate and write what was found.

    Returns
    -------
    int
        1 if a framework is further from the reference, or the reference from theory, than is
        allowed; 2 for a name that is no activation's, or an earlier result of something else.
    """
    from actinit.spec import UnknownNameError, activations

    from ..depth.compute import Plan, compute, joined, odd, simulated
    from ..results.depth import DepthReport
    from ..results.store import read, save

    try:
        names = entry_names(
            options.activations or (),
            activations,
            simulated(),
            "function of one number that grows no faster than a line",
        )
        kept = options.activations and options.output.exists()
        before = read(options.output, DepthReport) if kept else None
        found = compute(Plan(), options.backends, names)
        save(joined(before, found) if before else found, options.output)
    except (UnknownNameError, ValueError) as error:
        print(f"actinit: {error}", file=sys.stderr)
        return 2
    strays = list(odd(found))
    print("\n".join(strays) or f"{len(found.pairs)} networks, all as they should be")
    return 1 if strays else 0
