"""Decides every claim: ``python -m actinit.conformance.claims --output FILE``."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..records import save
from .register import compute

__all__ = ["main"]

OUTPUT = Path("build/results/claims.json")


def main(arguments: list[str] | None = None) -> int:
    """Decide every claim and write what was found.

    Parameters
    ----------
    arguments : list of str, optional
        Words of the command line; by default those of the process.

    Returns
    -------
    int
        Exit status.
    """
    parser = argparse.ArgumentParser(prog="actinit.conformance.claims", description=__doc__)
    parser.add_argument("--output", type=Path, default=OUTPUT, metavar="FILE")
    save(compute(), parser.parse_args(arguments).output)
    return 0
