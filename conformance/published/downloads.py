"""The vectors that a site offers: files of every function of one number in every format.

The exact results of a function take some seconds, so what is there and depends on nothing that has
changed is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path

import msgspec

from actinit.spec import Activation, activations

from ..expected.hard_cases import file_of
from ..formats import FORMATS, Format
from ..results.files import write_atomically
from ..results.store import read, save
from ..results.vectors import VectorFile, VectorFiles
from . import vectors

__all__ = ["FOLDER", "INDEX", "compute", "kinds_of"]

#: Beside the other results: the list of the files, and the folder that they lie in.
INDEX, FOLDER = "vector-files.json", "vectors"


def kinds_of(fmt: Format) -> tuple[str, ...]:
    """Return the kinds of files for a format: packed, but where all of it is a few kilobytes."""
    if fmt.width <= 8:
        return "json", "csv"
    # Lines of 16 bits, twice 65,536 of them, are many times as long as the arrays.
    return ("json.gz", "npz") if fmt.exhaustive else ("json.gz", "csv.gz")


def compute(
    folder: Path,
    names: Iterable[str] = (),
    formats: Iterable[str] = (),
    on_written: Callable[[VectorFile], None] = lambda _: None,
) -> VectorFiles:
    """Write the vectors below a folder of results, and the list of them.

    Parameters
    ----------
    folder : Path
        Of results files.
    names : iterable of str, optional
        Of activations; by default all functions of one number.
    formats : iterable of str, optional
        By default all.
    on_written : callable, optional
        Told of each that was computed.

    Returns
    -------
    VectorFiles
        What is there now, also of functions and formats that were not named.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    known = _known(folder)
    elementwise = [name for name, entry in activations.items() if entry.shape == "elementwise"]
    for name in names or elementwise:
        for fmt in (FORMATS[one] for one in formats or FORMATS):
            before = known.get((name, fmt.name))
            source = _source(activations[name], fmt)
            if before and before.made_from == source and _there(folder, before):
                continue
            known[name, fmt.name] = _write(folder, name, fmt, source)
            on_written(known[name, fmt.name])
            _save(folder, known)  # what is done stays done if the next is interrupted
    return _save(folder, known)


def _save(folder: Path, known: dict[tuple[str, str], VectorFile]) -> VectorFiles:
    entries, places = list(activations), list(FORMATS)
    found = sorted(
        (one for one in known.values() if one.entry in entries and one.format in places),
        key=lambda one: (entries.index(one.entry), places.index(one.format)),
    )
    listed = VectorFiles(version=version("actinit"), vectors=found)
    save(listed, folder / INDEX)
    return listed


def _known(folder: Path) -> dict[tuple[str, str], VectorFile]:
    """Return what a folder has; nothing if its list is not there or was written by another."""
    try:
        found = read(folder / INDEX, VectorFiles)
    except (OSError, ValueError):
        return {}
    return {(one.entry, one.format): one for one in found.vectors}


def _there(folder: Path, one: VectorFile) -> bool:
    files = {folder / FOLDER / name: size for name, size in one.files.items()}
    return all(file.is_file() and file.stat().st_size == size for file, size in files.items())


def _source(entry: Activation, fmt: Format) -> str:
    """Return a digest of what vectors are made from: entry, format, hard cases, code, version."""
    found = hashlib.sha256(f"{version('actinit')} {kinds_of(fmt)} {fmt.row}".encode())
    found.update(msgspec.json.encode(msgspec.to_builtins(entry, enc_hook=str, str_keys=True)))
    for file in (file_of(entry.name), Path(vectors.__file__)):
        found.update(file.read_bytes() if file.exists() else b"")
    return found.hexdigest()


def _write(folder: Path, name: str, fmt: Format, source: str) -> VectorFile:
    made = vectors.vectors(name, fmt.name)
    files = {}
    for kind in kinds_of(fmt):
        file = folder / FOLDER / f"vectors-{name}-{fmt.name}.{kind}"
        content = vectors.encoded(made, kind)
        write_atomically(file, content)
        files[file.name] = len(content)
    return VectorFile(
        entry=name,
        format=fmt.name,
        files=files,
        number_of_tests=made.number_of_tests,
        with_reason=sum(len(group.cases) for group in made.groups),
        sha256=made.sha256,
        made_from=source,
    )
