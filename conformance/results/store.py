"""Results files: written whole or not at all, read strictly, published as JSON Schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import msgspec

from .files import write_atomically

__all__ = ["read", "save", "schema"]

Record = TypeVar("Record", bound=msgspec.Struct)


def save(record: msgspec.Struct, file: Path) -> None:
    """Write a record as JSON, whole or not at all.

    Parameters
    ----------
    record : msgspec.Struct
        What to write.
    file : Path
        Where; its folder is made.

    Raises
    ------
    OSError
        If it cannot be written; nothing is left behind.
    """
    text = msgspec.json.format(msgspec.json.encode(record, enc_hook=_plain), indent=1)
    write_atomically(file, text + b"\n")


def read(file: Path, kind: type[Record], remedy: str) -> Record:
    """Read a record.

    Parameters
    ----------
    file : Path
        What `save` wrote.
    kind : type
        Its class; the default of its field `schema` is the id that the file must have.
    remedy : str
        How to come by such a file, in a few words.

    Raises
    ------
    ValueError
        If the file is no such record; says where it departs and how to go on.
    OSError
        If it cannot be read.
    """
    expected = _id(kind)
    try:
        found = msgspec.json.decode(file.read_bytes(), type=kind)
    except msgspec.MsgspecError as error:
        raise ValueError(f"{file} is no {expected} file: {error}; {remedy}") from None
    if (given := getattr(found, "schema")) != expected:  # noqa: B009 - no field of every Struct
        raise ValueError(f"{file} is a file of {given}, not of {expected}; {remedy}")
    return found


def schema(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the JSON Schema of a class of records."""
    found = msgspec.json.schema(kind)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": _id(kind),
        **found,
    }


def _id(kind: type[msgspec.Struct]) -> str:
    (field,) = (one for one in msgspec.structs.fields(kind) if one.name == "schema")
    return str(field.default)


def _plain(value: Any) -> Any:
    """Turn a NumPy scalar into a number."""
    return value.item()
