"""``actinit claims``: decide each of the article's claims by a computation."""

from __future__ import annotations

import argparse

from .options import output_option

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of ``actinit claims``."""
    output_option(parser, "claims.json")


def run(options: argparse.Namespace) -> int:
    """Decide every claim."""
    from ..claims.register import compute
    from ..parallel import default
    from ..results.store import save

    save(compute(default()), options.output)
    print(f"results: {options.output}")
    return 0
