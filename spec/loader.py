"""Reading the TOML files of the spec."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar, get_args, get_origin

import msgspec

from .errors import SpecError, UnknownNameError
from .expression import Condition, Expression
from .format import FloatFormat, format_breaches
from .layer import Layer
from .model import AccuracyTable, Activation, Gain, Initializer, Reference
from .names import all_names, meanings, notes
from .network import Network
from .optimizer import Optimizer
from .rules import breaches

__all__ = [
    "ACTIVATIONS",
    "HERE",
    "INITIALIZERS",
    "LAYERS",
    "Catalogue",
    "converted",
    "line_of",
    "load_entry",
    "load_formats",
    "parsed",
    "read",
    "table",
]

HERE = Path(__file__).parent
T = TypeVar("T")
E = TypeVar("E", Activation, Initializer, Layer, Network, Optimizer)


def _decode(kind: type, value: object) -> object:
    """Turn a text into an expression; msgspec adds the key to what is raised."""
    if kind in (Expression, Condition):
        if not isinstance(value, str):
            raise ValueError(f"expected an expression in quotes, got {value!r}")
        return kind(value)
    raise NotImplementedError(f"no rule to read a {kind.__name__}")


def read(file: Path, kind: type[T]) -> T:
    """Load one TOML file into a class.

    Parameters
    ----------
    file : Path
        The file.
    kind : type
        The msgspec class, or a mapping of names to one.

    Returns
    -------
    object
        An instance of `kind`.

    Raises
    ------
    SpecError
        If the file is no TOML, or a key is unknown, missing or of the wrong type.
    """
    text, data = parsed(file)
    if get_origin(kind) is dict and isinstance(data, dict):  # so that an error names the row
        row_kind = get_args(kind)[1]
        rows: Any = {name: converted(file, text, row, row_kind, name) for name, row in data.items()}
        return rows
    return converted(file, text, data, kind)


def parsed(file: Path) -> tuple[str, dict[str, Any]]:
    """Return the text of a TOML file, and what it says; raise SpecError if it is no TOML."""
    try:
        text = file.read_text(encoding="utf-8")
        return text, tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SpecError(file, "", f"not valid TOML: {error}") from None


def converted(file: Path, text: str, data: object, kind: type[T], row: str = "") -> T:
    """Make a class of a table of a TOML file.

    Parameters
    ----------
    file : Path
        The file, for an error to name.
    text : str
        What stands in it, for an error to find the line.
    data : object
        The table, as TOML gives it.
    kind : type
        The msgspec class.
    row : str, optional
        Dotted path of the table in the file.

    Returns
    -------
    object
        An instance of `kind`.

    Raises
    ------
    SpecError
        If a key is unknown, missing or of the wrong type.
    """
    try:
        return msgspec.convert(data, kind, dec_hook=_decode)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at `$")
        key = f"{row}.{path.strip('`.')}".strip(".")
        named = re.search(r"field `(\w+)`", reason)
        if named and "unknown" in reason:
            key = f"{key}.{named[1]}".strip(".")
        raise SpecError(file, key or "(top level)", reason, line_of(text, key)) from None


def line_of(text: str, key: str) -> int | None:
    """Return the line where a key stands in a TOML text; None if it cannot be found."""
    lines = text.splitlines()
    at = None
    start = 0
    for part in re.findall(r"\w+|\[\d+\]", key):
        if part.startswith("["):
            continue
        pattern = re.compile(rf"^\s*\[+[\w.]*\b{part}\b|(?:^|[{{,\s]){part}\s*=")
        found = next((n for n in range(start, len(lines)) if pattern.search(lines[n])), None)
        if found is not None:
            at, start = found + 1, found
    return at


_TABLES: dict[str, Any] = {
    "accuracy": AccuracyTable,
    "gains": dict[str, Gain],
    "references": dict[str, Reference],
}


@cache
def table(name: str) -> Any:
    """Load one of the tables that entries refer to, such as ``accuracy``."""
    return read(HERE / f"{name}.toml", _TABLES[name])


def load_entry(file: Path, kind: type[E]) -> E:
    """Load an entry and hold it against every rule.

    Parameters
    ----------
    file : Path
        The entry's file.
    kind : type
        `Activation`, `Initializer`, `Layer`, `Network` or `Optimizer`.

    Returns
    -------
    Activation, Initializer, Layer, Network or Optimizer
        The entry.

    Raises
    ------
    SpecError
        With the file, the key and the reason, if any rule is broken.
    """
    entry: E = read(file, kind)
    for key, reason in breaches(
        entry,
        stem=file.stem,
        accuracy=table("accuracy"),
        elementary=next(iter(load_formats().values())).elementary,
        references=table("references"),
        activations=ACTIVATIONS,
        layers=LAYERS,
    ):
        raise SpecError(file, key, reason, line_of(file.read_text(encoding="utf-8"), key))
    return entry


@cache
def load_formats(file: Path = HERE / "formats.toml") -> Mapping[str, FloatFormat]:
    """Load the floating-point formats and hold them against their rules.

    Parameters
    ----------
    file : Path, optional
        By default the spec's own.

    Returns
    -------
    mapping of str to FloatFormat
        By name, in the order of the file.

    Raises
    ------
    SpecError
        With the file, the key and the reason, if any rule is broken.
    """
    formats = read(file, dict[str, FloatFormat])
    for key, reason in format_breaches(formats):
        raise SpecError(file, key, reason, line_of(file.read_text(encoding="utf-8"), key))
    return formats


class Catalogue(Mapping[str, E], Generic[E]):
    """The entries of one folder by name or alias, read when first asked for.

    Iteration gives the names alone, in order of the alphabet. A name is looked up as
    `actinit.spec.names` says: also as a library writes it, with its path or in capitals.

    Raises
    ------
    UnknownNameError
        From a look-up of a name that is neither; it names the nearest.
    """

    def __init__(self, folder: Path, kind: type[E]) -> None:
        self._folder = folder
        self._kind: type[E] = kind
        self._entries: dict[str, E] = {}

    @property
    def files(self) -> list[Path]:
        """The file of each entry, not read yet."""
        return sorted(self._folder.glob("*.toml"))

    def _load(self) -> dict[str, E]:
        if not self._entries:
            self._entries = {file.stem: load_entry(file, self._kind) for file in self.files}
        return self._entries

    def __getitem__(self, name: str) -> E:
        entries: dict[str, E] = self._load()
        if name in entries:
            return entries[name]
        if isinstance(name, str) and (possible := meanings(name, entries.values())):
            return possible[0].entry
        raise UnknownNameError(self._kind.__name__.lower(), name, all_names(entries.values()))

    def notes(self, name: str) -> list[str]:
        """Return what somebody who typed a name should know: who means something else by it."""
        return notes(name, self._load().values())

    def __iter__(self) -> Iterator[str]:
        return iter(self._load())

    def __len__(self) -> int:
        return len(self._load())


#: Activations by name or alias; networks are made of them.
ACTIVATIONS = Catalogue(HERE / "activations", Activation)
#: Initializers by name or alias.
INITIALIZERS = Catalogue(HERE / "initializers", Initializer)
#: Kinds of layer by name or alias; networks are made of them.
LAYERS = Catalogue(HERE / "layers", Layer)
