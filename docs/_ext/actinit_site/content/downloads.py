"""The vectors that the page of a function offers as files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from actinit.conformance.results.vectors import VectorFile
from actinit.spec import AnyEntry

from ..results import Results

__all__ = ["Download", "of_entry", "read_first"]


@dataclass(frozen=True)
class Download:
    """A file to be had."""

    name: str
    kind: str  #: Such as ``json.gz``.
    size: str  #: For people.


def of_entry(results: Results, entry: AnyEntry) -> list[tuple[VectorFile, list[Download]]]:
    """Return the vectors of an entry, format by format, with their files that are there."""
    there = {file.name for file in results.vector_files}
    return [
        (one, list(_files(one, there)))
        for one in results.vectors
        if one.entry == entry.name and there & one.files.keys()
    ]


def _files(one: VectorFile, there: set[str]) -> Iterator[Download]:
    for name, size in one.files.items():
        if name in there:
            yield Download(name, name.partition(".")[2], f"{max(1, round(size / 1000)):,} kB")


def read_first(entry: AnyEntry) -> str:
    """Return the name of the file that the lines of a page read."""
    return f"vectors-{entry.name}-bfloat16.json.gz"
