"""What is kept of a sweep while it runs: one file for each chunk that is done.

A chunk's file is moved into place whole, under the chunk's number: it is there or it is not, and a
chunk that is done twice is one file. The folder says what the pieces are of; pieces of other
versions, another machine or another formula are never mixed with them.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from ..results.files import write_atomically
from .piece import Origin, Piece

__all__ = ["Journal", "MixedSweepError"]

_ORIGIN = "origin.json"


class MixedSweepError(RuntimeError):
    """Pieces that do not belong together."""


class Journal:
    """The pieces of one sweep, in a folder.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def origin(self) -> Origin | None:
        """What made the pieces that are here; None while there are none."""
        file = self.folder / _ORIGIN
        return msgspec.json.decode(file.read_bytes(), type=Origin) if file.exists() else None

    def pieces(self) -> dict[int, Piece]:
        """Return what is done, by chunk, in order. A file that cannot be read is not done."""
        found = {}
        for file in sorted(self.folder.glob("chunk-*.msgpack")):
            try:
                piece = msgspec.msgpack.decode(file.read_bytes(), type=Piece)
            except msgspec.MsgspecError:
                continue
            found[piece.chunk] = piece
        return found

    def keep(self, piece: Piece) -> None:
        """Write a piece down.

        Raises
        ------
        MixedSweepError
            If the pieces that are here were made by something else; says what differs.
        OSError
            If it cannot be written; what was here stays as it was.
        """
        known = self.origin
        if known is None:
            text = msgspec.json.format(msgspec.json.encode(piece.origin), indent=1)
            write_atomically(self.folder / _ORIGIN, text + b"\n")
        else:
            self.require(piece.origin)
        file = self.folder / f"chunk-{piece.chunk:03}.msgpack"
        write_atomically(file, msgspec.msgpack.encode(piece))

    def require(self, origin: Origin) -> None:
        """Raise MixedSweepError if pieces of another origin are here."""
        known = self.origin
        if known is None or known == origin:
            return
        differ = [
            f"{name} was {getattr(known, name)!r} and is {getattr(origin, name)!r}"
            for name in Origin.__struct_fields__
            if getattr(known, name) != getattr(origin, name)
        ]
        raise MixedSweepError(
            f"the chunks in {self.folder} are of another sweep: {'; '.join(differ)}. "
            "Use --fresh to sweep anew, or another --results"
        )

    def clear(self) -> None:
        """Remove what is here."""
        for file in (*self.folder.glob("chunk-*.msgpack"), self.folder / _ORIGIN):
            file.unlink(missing_ok=True)
