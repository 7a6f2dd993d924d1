"""Reading a framework's ``bindings.toml``, each table held against the entry that it names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from actinit import spec
from actinit.spec import AnyEntry, SpecError, UnknownNameError
from actinit.spec.loader import converted, line_of, parsed

from .binding import KINDS, AnyBinding, Bindings
from .binding_rules import binding_breaches
from .layer_binding import LayerBinding, Tensor

__all__ = ["read_bindings"]


def read_bindings(folder: str) -> Bindings:
    """Return what the ``bindings.toml`` of a framework's folder says, read once.

    Parameters
    ----------
    folder : str
        The folder; where it has no such file, the framework has no bindings.

    Returns
    -------
    Bindings
        Every table, right field by field and right for its entry.

    Raises
    ------
    SpecError
        With the file, the table and the reason, if any rule is broken.
    """
    found = _outcome(folder)
    if isinstance(found, SpecError):
        raise SpecError(*found.args)
    return found


@cache
def _outcome(folder: str) -> Bindings | SpecError:
    """Return the bindings, or what is wrong with them, which is kept as well as they are."""
    file = Path(folder) / "bindings.toml"
    try:
        return _read(file) if file.exists() else Bindings()
    except SpecError as error:
        return error


def _read(file: Path) -> Bindings:
    text, data = parsed(file)
    found: dict[str, Any] = {}
    for table, rows in data.items():
        if table not in KINDS:
            reason = str(UnknownNameError("table", table, KINDS))
            raise SpecError(file, table, reason, line_of(text, table))
        if not isinstance(rows, dict):
            raise SpecError(file, table, "expected a table of entries", line_of(text, table))
        found[table] = {name: _row(file, text, table, name, row) for name, row in rows.items()}
    return Bindings(**found)


def _row(file: Path, text: str, table: str, name: str, row: object) -> AnyBinding:
    """Return the binding of one entry."""
    place = f"{table}.{name}"
    entries, kind = _entries(table), KINDS[table]
    if name not in set(entries):
        raise SpecError(file, place, _no_entry(table, name), line_of(text, place))
    if kind is LayerBinding and isinstance(row, dict):
        weights = row.get("weights")
        for weight, tensor in weights.items() if isinstance(weights, dict) else ():
            # Once by itself, so that an error names the weight.
            converted(file, text, tensor, Tensor, f"{place}.weights.{weight}")
    binding: AnyBinding = converted(file, text, row, kind, place)
    for key, reason in binding_breaches(entries[name], binding):
        where = f"{place}.{key}".rstrip(".")
        raise SpecError(file, where, reason, line_of(text, where))
    return binding


def _no_entry(table: str, name: str) -> str:
    """Say why a row's name is the name of no entry."""
    try:
        entry = _entries(table)[name]
    except UnknownNameError as error:
        return str(error)
    return f"is another name of {entry.name}; expected [{table}.{entry.name}]"


def _entries(table: str) -> Mapping[str, AnyEntry]:
    """Return the entries that a table's rows name: the spec calls both the same."""
    found: Mapping[str, AnyEntry] = getattr(spec, table)
    return found
