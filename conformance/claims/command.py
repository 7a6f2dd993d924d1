"""Decides every claim: ``python -m actinit.conformance.claims --output FILE``."""

from __future__ import annotations

from pathlib import Path

from ..records import write
from .register import compute

__all__ = ["main"]

OUTPUT = Path("build/results/claims.json")


def main(arguments: list[str] | None = None) -> int:
    """Decide every claim and write what was found; returns the exit status."""
    return write(compute, OUTPUT, "actinit.conformance.claims", __doc__, arguments)
