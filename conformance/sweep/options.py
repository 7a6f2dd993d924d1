"""The options of ``actinit exhaustive``, apart from what they start: that takes time to import."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

__all__ = ["add_arguments"]

_PARTS = ("value", "derivative")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of ``actinit exhaustive``."""
    parser.add_argument(
        "backends",
        nargs="+",
        metavar="BACKEND",
        help="such as torch, or path/to/adapter.py:Class; several share the cost of the reference",
    )
    parser.add_argument(
        "--functions", nargs="+", metavar="NAME", help="default: every function of one number"
    )
    parser.add_argument(
        "--parts", nargs="+", choices=_PARTS, default=list(_PARTS), help="default: both"
    )
    parser.add_argument(
        "--workers",
        type=int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="processes on this machine (default: one for each core, %(default)s)",
    )
    parser.add_argument(
        "--scheduler", metavar="ADDRESS", help="use the workers of this Dask cluster instead"
    )
    parser.add_argument("--fresh", action="store_true", help="forget what an earlier run has done")
    parser.add_argument(
        "--results",
        type=Path,
        default=Path("build/results"),
        metavar="DIR",
        help="where the report and the chunks are written (default: %(default)s)",
    )
