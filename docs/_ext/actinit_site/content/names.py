"""Under which names entries are looked for, and what is no entry yet."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from actinit import spec
from actinit.adapters import bindings
from actinit.spec import AnyEntry, Initializer

from . import links

__all__ = ["NotYet", "called", "for_search", "normal", "not_yet", "words"]

#: What the field has and the spec has not.
_FILE = Path(__file__).resolve().parents[3] / "not-yet.toml"


@dataclass(frozen=True)
class NotYet:
    """A function without an entry."""

    name: str
    what: str
    called: dict[str, str]  #: By framework, its dotted path there.


def called(entry: AnyEntry) -> Iterator[tuple[str, str]]:
    """Yield framework and dotted path of everything that an entry is called there."""
    for key, binding in bindings(entry).items():
        for field in ("function", "layer", "loss"):
            if path := getattr(binding, field, None):
                yield key, path


def words(entry: AnyEntry) -> list[str]:
    """Return all names of an entry, each once: its own, its aliases, and those of libraries.

    The one place to which further names have to be added.
    """
    others = [name.strip("_") for name in (*entry.aliases, *entry.called)]
    found = [entry.name, *others]
    if isinstance(entry, Initializer):  # xavier, kaiming
        found += [name.partition("_")[0] for name in others]
    for _, path in called(entry):
        found += [path, path.rpartition(".")[2].strip("_")]
    return list(dict.fromkeys(filter(None, found)))


def normal(name: str) -> str:
    """Return a name as it is compared: small letters, and spaces for what stands between words."""
    return re.sub(r"[\s._\-]+", " ", name).strip().lower()


@cache
def not_yet() -> list[NotYet]:
    """Return the functions that the field has and no entry is called."""
    known = {normal(word) for entry in spec.activations.values() for word in words(entry)}
    table: dict[str, dict[str, Any]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return [
        NotYet(name, row["what"], paths)
        for name, row in table.items()
        for paths in [{key: path for key, path in row.items() if key != "what"}]
        if not known & {normal(name), *map(normal, paths.values())}
    ]


def for_search() -> dict[str, Any]:
    """Return what the page of results looks names up in: entries by name, and what is none yet."""
    found: dict[str, list[list[str]]] = {}
    for entry in links.entries():
        for word in words(entry):
            place = [f"{links.path(entry)}.html", entry.name, entry.summary]
            if place not in found.setdefault(normal(word), []):
                found[normal(word)].append(place)
    missing = {
        normal(word): [one.name, one.what]
        for one in not_yet()
        for word in (one.name, *one.called.values(), *map(_last, one.called.values()))
    }
    return {"entries": found, "missing": missing}


def _last(path: str) -> str:
    return path.rpartition(".")[2]
