"""What is kept of a release while it is measured: a line for each cell, written as it is finished.

A line that was cut short is not done. The first line says what made the others; lines of other
packages, another machine or another suite are never mixed with them.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import msgspec

from ..results.history import Cell, Weights

__all__ = ["Journal", "MixedHistoryError", "Origin"]


class MixedHistoryError(RuntimeError):
    """Cells that do not belong together."""


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """What must be the same for two cells to stand in one snapshot."""

    backend: str
    release: str
    versions: dict[str, str]
    machine: dict[str, Any]
    suite: dict[str, str]
    code: str  #: Digest of the spec and of what asks and judges.


class _Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One cell; neither of the two if it is not offered."""

    id: str
    cell: Cell | None = None
    weights: Weights | None = None


class Journal:
    """The cells of one release that are done, in a file.

    Parameters
    ----------
    file : Path
        Made, with its folder, if it is not there.
    origin : Origin
        What makes the cells that will be kept.

    Raises
    ------
    MixedHistoryError
        If the cells that are there were made by something else; says what differs.
    """

    def __init__(self, file: Path, origin: Origin) -> None:
        self._file = file
        self.cells: dict[str, Cell | None] = {}
        self.weights: dict[str, Weights | None] = {}
        self._whole = 0  # bytes of whole lines
        if file.exists():
            self._read(origin)
        self._origin = origin
        self._stream: BinaryIO | None = None

    def keep_cell(self, id: str, cell: Cell | None) -> None:
        """Write down what a check came to; None if it is not offered."""
        self.cells[id] = cell
        self._write(_Line(id, cell=cell))

    def keep_weights(self, id: str, weights: Weights | None) -> None:
        """Write down what a seed drew; None if it is not offered."""
        self.weights[id] = weights
        self._write(_Line(id, weights=weights))

    def __enter__(self) -> Self:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._stream = self._file.open("r+b" if self._file.exists() else "w+b")
        self._stream.truncate(self._whole)  # a line that was cut short
        self._stream.seek(0, os.SEEK_END)
        if not self._whole:
            self._stream.write(msgspec.json.encode(self._origin) + b"\n")
            self._stream.flush()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        assert self._stream is not None
        self._stream.close()

    def _write(self, line: _Line) -> None:
        assert self._stream is not None
        self._stream.write(msgspec.json.encode(line) + b"\n")
        self._stream.flush()

    def _read(self, origin: Origin) -> None:
        lines = self._file.read_bytes().splitlines(keepends=True)
        whole = [line for line in lines if line.endswith(b"\n")]
        if not whole:
            return
        try:
            known = msgspec.json.decode(whole[0], type=Origin)
        except msgspec.MsgspecError:
            return  # nothing that can be gone on with
        if known != origin:
            raise MixedHistoryError(_differ(self._file, known, origin))
        self._whole = len(whole[0])
        for line in whole[1:]:
            try:
                one = msgspec.json.decode(line, type=_Line)
            except msgspec.MsgspecError:
                break  # altered: what follows is measured anew
            if one.id.startswith("weights/"):
                self.weights[one.id] = one.weights
            else:
                self.cells[one.id] = one.cell
            self._whole += len(line)


def _differ(file: Path, known: Origin, origin: Origin) -> str:
    differ = [
        f"{name} was {getattr(known, name)!r} and is {getattr(origin, name)!r}"
        for name in Origin.__struct_fields__
        if getattr(known, name) != getattr(origin, name)
    ]
    return (
        f"the cells in {file} are of another run: {'; '.join(differ)}. Use --fresh to measure "
        "anew, or another --results"
    )
