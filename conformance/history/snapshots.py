"""The files of releases: written a cell a line, read strictly, and found by ``jax==0.10.2``."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from actinit.adapters import names
from actinit.adapters.releases import release_key
from actinit.spec import UnknownNameError

from ..results.files import write_atomically
from ..results.history import Snapshot
from ..results.store import read

__all__ = ["NoSnapshotError", "find", "name_of", "save", "snapshots"]

_BY_LINE = ("cells", "weights")


class NoSnapshotError(LookupError):
    """There is no snapshot of a release."""


def name_of(backend: str, release: str) -> str:
    """Return the name of the file of a release."""
    return f"history-{backend}-{release}.json"


def save(snapshot: Snapshot, folder: Path) -> Path:
    """Write a snapshot, whole or not at all.

    Parameters
    ----------
    snapshot : Snapshot
        What to write.
    folder : Path
        Where; it is made.

    Returns
    -------
    Path
        The file.
    """
    file = folder / name_of(snapshot.backend, snapshot.release)
    write_atomically(file, _text(snapshot).encode())
    return file


def snapshots(folders: Iterable[Path]) -> list[Snapshot]:
    """Read all snapshots of folders, backend by backend, the oldest release first.

    Of two of one release the one of the first folder counts.

    Raises
    ------
    ValueError
        If a file is no snapshot.
    """
    found: dict[tuple[str, str], Snapshot] = {}
    for folder in folders:
        for file in sorted(folder.glob("history-*.json")):
            one = read(file, Snapshot)
            found.setdefault((one.backend, one.release), one)
    return sorted(found.values(), key=lambda one: (one.backend, release_key(one.release)))


def find(word: str, folders: Sequence[Path]) -> Snapshot:
    """Return the snapshot that a word means.

    Parameters
    ----------
    word : str
        A file, or a backend and a release of it, such as ``jax==0.10.2``.
    folders : sequence of Path
        Where snapshots are looked for.

    Raises
    ------
    NoSnapshotError
        If there is none; says which there are, or how to come by it.
    UnknownNameError
        If there is no such backend; it names the nearest.
    ValueError
        If the file is no snapshot.
    OSError
        If it cannot be read.
    """
    if word.endswith(".json"):
        return read(Path(word), Snapshot)
    backend, equals, release = word.partition("==")
    if not equals:
        raise NoSnapshotError(
            f"{word!r} is neither a file nor a release; expected, say, jax==0.10.2"
        )
    for folder in folders:
        if (file := folder / name_of(backend, release)).exists():
            return read(file, Snapshot)
    if backend not in names():
        raise UnknownNameError("backend", backend, names())
    there = [one.release for one in snapshots(folders) if one.backend == backend]
    near = difflib.get_close_matches(release, there, 1)
    hint = f" (near it is {near[0]})" if near else ""
    raise NoSnapshotError(
        f"there is no snapshot of {word}; there are {', '.join(there) or 'none'}{hint}. "
        f"Measure it with: actinit history {backend} --releases {release}"
    )


def _text(snapshot: Snapshot) -> str:
    """Write a snapshot as JSON with a line for each cell, so that a difference reads well."""
    return "{\n" + ",\n".join(_members(snapshot)) + "\n}\n"


def _members(snapshot: Snapshot) -> Iterator[str]:
    encode = msgspec.json.encode
    for name in snapshot.__struct_fields__:
        value = getattr(snapshot, name)
        if name in _BY_LINE and value:
            lines = (
                f"  {encode(key).decode()}: {encode(one).decode()}" for key, one in value.items()
            )
            yield f' "{name}": {{\n' + ",\n".join(lines) + "\n }"
        else:
            yield f' "{name}": {encode(value).decode()}'
