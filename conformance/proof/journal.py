"""Pieces of a proof as they come, a file each, so that it can stop and go on.

The folder is named after everything that a piece depends on: pieces of another reference, another
formula or other versions are never found.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec

from actinit.spec import Activation, Part

from ..results.files import write_atomically
from .piece import Piece

__all__ = ["VERSIONS", "Journal", "reference_digest"]

#: What is computed with, on either side.
VERSIONS = ("numpy", "numba", "python-flint", "ml_dtypes")


class Journal:
    """The pieces of one entry, part and format.

    Parameters
    ----------
    folder : Path
        Where all journals stand.
    entry : Activation
        The entry.
    part : {"value", "derivative"}
        Which formula.
    format_name : str
        The format's name.
    """

    def __init__(self, folder: Path, entry: Activation, part: Part, format_name: str) -> None:
        facts = [
            reference_digest(), _digest("actinit.conformance.proof", "actinit.conformance.oracle"),
            repr((entry.value, entry.derivative, entry.terms, entry.special, entry.parameters)),
            *map(version, VERSIONS),
        ]  # fmt: skip
        origin = hashlib.sha256("\n".join(facts).encode()).hexdigest()[:12]
        self.folder = folder / f"{entry.name}-{part}-{format_name}-{origin}"

    def pieces(self) -> dict[int, Piece]:
        """Return what is done, by number, in order. A file that cannot be read is not done."""
        found = {}
        for file in sorted(self.folder.glob("piece-*.msgpack")):
            try:
                piece = msgspec.msgpack.decode(file.read_bytes(), type=Piece)
            except msgspec.MsgspecError:
                continue
            found[piece.part] = piece
        return found

    def keep(self, piece: Piece) -> None:
        """Write a piece down.

        Raises
        ------
        OSError
            If it cannot be written; what was here stays as it was.
        """
        file = self.folder / f"piece-{piece.part:03}.msgpack"
        write_atomically(file, msgspec.msgpack.encode(piece))


def reference_digest() -> str:
    """Return a digest of the code of the reference's functions."""
    return _digest("actinit.reference")[:16]


@cache
def _digest(*packages: str) -> str:
    found = hashlib.sha256()
    for package in packages:
        for file in _sources(files(package)):
            found.update(file.read_bytes())
    return found.hexdigest()


def _sources(folder: Traversable) -> list[Traversable]:
    """Return the modules in a folder and the folders in it; initializers compute no activation."""
    found: list[Traversable] = []
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_dir() and item.name in ("activations", "arithmetic"):
            found += _sources(item)
        elif item.name.endswith(".py"):
            found.append(item)
    return found
