"""``actinit inspect``: say of each tensor of a file which initializer it may be a draw of.

The status is 1 if a tensor is no plausible draw, of the initializer that is named or of any, 2 for
a wrong call, and else 0.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..tensors import inspect_file
from .errors import told
from .options import parameter

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of ``actinit inspect``."""
    parser.add_argument("file", type=Path, help="ending in .safetensors, .npz or .npy")
    parser.add_argument(
        "--initializer", metavar="NAME", help="hold the tensors to this one, such as he_normal"
    )
    parser.add_argument(
        "--param", action="append", default=[], metavar="NAME=VALUE", help="of that initializer"
    )
    parser.add_argument(
        "--tensors", default="*", metavar="PATTERN", help='only these, such as "*.weight"'
    )
    parser.add_argument(
        "--layout",
        help="io where a shape begins with the inputs, as in Keras and JAX, oi where it begins "
        "with the outputs, as in PyTorch (default: oi in a safetensors file, io in others)",
    )


def run(options: argparse.Namespace) -> int:
    """Run ``actinit inspect``; returns the exit status."""
    try:
        found = inspect_file(
            options.file,
            layout=options.layout,
            initializer=options.initializer,
            parameters=dict(parameter(text) for text in options.param),
            tensors=options.tensors,
        )
    except (TypeError, ValueError, LookupError, OSError, ImportError) as error:
        print(f"actinit: {told(error)}", file=sys.stderr)
        return 2
    print(found)
    return int(any(one.verdict == "implausible" for one in found.tensors))
