"""``actinit export``: write initial weights that are the same on every machine."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Any

from numpy.typing import DTypeLike

from actinit.spec import initializers

from ..formats import FORMATS
from ..published.weights import export, file_name
from .errors import told
from .options import entry_names, parameter

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of ``actinit export``."""
    parser.add_argument("initializer", help="such as he_normal")
    parser.add_argument("--shape", required=True, help="such as 784,128")
    parser.add_argument("--seed", required=True, help="0 or more")
    parser.add_argument("--dtype", default="float32", help="by default float32")
    parser.add_argument("--layout", help="order of the dimensions of the shape, such as io or oihw")
    parser.add_argument("--to", metavar="BACKEND", help="hold them in this backend's own order")
    parser.add_argument("--param", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument(
        "--output", type=Path, metavar="FILE",
        help="ending in .safetensors (default: a name that tells all of the above)",
    )  # fmt: skip
    parser.add_argument("--force", action="store_true", help="overwrite a file that is there")


def run(options: argparse.Namespace) -> int:
    """Run ``actinit export``; returns the exit status."""
    try:
        shape = _integers("--shape", options.shape)
        (seed,) = _integers("--seed", options.seed)
        parameters = dict(parameter(text) for text in options.param)
        (name,) = entry_names([options.initializer], initializers)
        settings: dict[str, Any] = {
            "seed": seed, "dtype": _dtype(options.dtype), "layout": options.layout,
            "to": options.to, **parameters,
        }  # fmt: skip
        file = options.output or Path(file_name(name, shape, **settings))
        digest = export(file, name, shape, force=options.force, **settings)
    except (TypeError, ValueError, LookupError, OSError) as error:
        print(f"actinit: {told(error)}", file=sys.stderr)
        return 2
    print(f"{file}: {name} {shape}, {options.dtype}, seed {seed}\nsha256 {digest}")
    return 0


def _integers(option: str, text: str) -> tuple[int, ...]:
    if not re.fullmatch(r"\s*-?\d+\s*(,\s*-?\d+\s*)*,?\s*", text):
        raise ValueError(f"expected integers as {option}, such as 784,128; got {text!r}")
    return tuple(int(part) for part in text.split(",") if part.strip())


def _dtype(name: str) -> DTypeLike:
    return FORMATS[name].dtype if name in FORMATS else name
