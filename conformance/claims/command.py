"""Decides every claim: ``python -m actinit.conformance.claims --output FILE``."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from ..executors import default
from ..records import write
from .register import compute

__all__ = ["main"]

OUTPUT = Path("build/results/claims.json")


def main(arguments: list[str] | None = None) -> int:
    """Decide every claim and write what was found; returns the exit status."""
    return write(
        partial(compute, default()), OUTPUT, "actinit.conformance.claims", __doc__, arguments
    )
