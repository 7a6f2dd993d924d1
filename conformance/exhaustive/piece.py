"""What a worker hands back for a chunk. It crosses processes and machines, and stands on disk."""

from __future__ import annotations

import msgspec

from actinit.spec import Part

__all__ = ["Origin", "Piece", "Seconds"]


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """All that a piece depends on but its chunk: pieces of one origin may be merged."""

    backend: str
    family: str
    device: str
    versions: dict[str, str]  #: Of the backend.
    truth: dict[str, str]  #: Versions of what the reference is computed with.
    platform: str
    cpu: str
    simd: str
    entry: str
    part: Part
    digest: str  #: Of what the entry states, and of the layout of a tally.


class Seconds(msgspec.Struct, frozen=True, kw_only=True):
    """Where the time of a chunk went."""

    backend: float
    reference: float
    total: float


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """One chunk, counted."""

    origin: Origin
    chunk: int
    tally: bytes  #: A `Tally`, as an ``.npy`` file.
    seconds: Seconds
    host: str
