"""``actinit bench``: measure speed as ratios in one run, since seconds belong to a machine."""

from __future__ import annotations

import argparse
from pathlib import Path

from .options import count, data_option, output_option

__all__ = ["add_arguments"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add a verb for each benchmark."""
    verbs = parser.add_subparsers(required=True, metavar="WHAT")

    draws = verbs.add_parser("draws", help="draws of the reference beside NumPy's")
    draws.add_argument("--rounds", type=count, default=5, metavar="N", help="default: %(default)s")
    output_option(draws, "bench-draws.json")
    draws.set_defaults(run=_draws)

    kernels = verbs.add_parser("kernels", help="the compiled comparison beside NumPy's")
    kernels.set_defaults(run=_kernels)

    reference = verbs.add_parser("reference", help="functions of the reference beside SciPy's")
    reference.add_argument(
        "--rounds", type=count, default=7, metavar="N", help="default: %(default)s"
    )
    reference.add_argument(
        "--against", type=Path, metavar="CHECKOUT", help="a checkout of another commit beside it"
    )
    output_option(reference, "bench-reference.json")
    reference.set_defaults(run=_reference)

    sweep = verbs.add_parser("sweep", help="the exhaustive check beside what it calls")
    sweep.add_argument("--rounds", type=int, default=3, metavar="N")
    output_option(sweep, "bench-sweep.json")
    sweep.set_defaults(run=_sweep)

    training = verbs.add_parser("training", help="an epoch of each backend")
    training.add_argument("--epochs", type=int, default=9, metavar="N", help="default: %(default)s")
    data_option(training)
    output_option(training, "bench-training.json")
    training.set_defaults(run=_training)


def _draws(options: argparse.Namespace) -> int:
    from ..bench.draws import run

    return run(options.rounds, options.output)


def _kernels(options: argparse.Namespace) -> int:
    from ..bench.kernels import compare

    print(f"ratio  {compare():.1f}")
    return 0


def _reference(options: argparse.Namespace) -> int:
    from ..bench.reference import run

    return run(options.rounds, options.output, options.against)


def _sweep(options: argparse.Namespace) -> int:
    from ..bench.exhaustive import run

    return run(options.rounds, options.output)


def _training(options: argparse.Namespace) -> int:
    from ..bench.training import run

    return run(options.epochs, options.data, options.output)
