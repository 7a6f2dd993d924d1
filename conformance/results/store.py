"""Results files: written whole or not at all, read strictly, published as JSON Schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

import msgspec

from .files import write_atomically

__all__ = ["Record", "content", "read", "save", "schema", "schema_id"]


class Record(Protocol):
    """A msgspec class whose objects are the whole content of a results file."""

    #: How to come by such a file, in a few words.
    remedy: ClassVar[str]

    @property
    def schema(self) -> str:
        """Id of the kind and its edition, such as ``actinit-parity-1``."""


Kind = TypeVar("Kind", bound=Record)


def save(record: Record, file: Path) -> None:
    """Write a record as JSON, whole or not at all.

    Parameters
    ----------
    record : Record
        What to write.
    file : Path
        Where; its folder is made.

    Raises
    ------
    OSError
        If it cannot be written; nothing is left behind.
    """
    write_atomically(file, content(record))


def content(record: Record) -> bytes:
    """Return the content of the file of a record."""
    return msgspec.json.format(msgspec.json.encode(record, enc_hook=_plain), indent=1) + b"\n"


def read(file: Path, kind: type[Kind]) -> Kind:
    """Read a record.

    Parameters
    ----------
    file : Path
        What `save` wrote.
    kind : type
        The class of the record; the default of its field `schema` is the id that the file must
        have.

    Raises
    ------
    ValueError
        If the file is no such record; says where it departs and how to go on.
    OSError
        If it cannot be read.
    """
    expected = schema_id(kind)
    try:
        found = msgspec.json.decode(file.read_bytes(), type=kind)
    except msgspec.MsgspecError as error:
        raise ValueError(f"{file} is no {expected} file: {error}; {kind.remedy}") from None
    if found.schema != expected:
        raise ValueError(f"{file} is a file of {found.schema}, not of {expected}; {kind.remedy}")
    return found


def schema(kind: type[Record]) -> dict[str, Any]:
    """Return the JSON Schema of a class of records."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": schema_id(kind),
        **msgspec.json.schema(kind),
    }


def schema_id(kind: type[Record]) -> str:
    """Return the id that every file of a class of records has."""
    fields: Any = msgspec.structs.fields(kind)  # type: ignore[arg-type]  # no Protocol is a Struct
    (field,) = (one for one in fields if one.name == "schema")
    return str(field.default)


def _plain(value: Any) -> Any:
    """Turn a NumPy scalar into a number."""
    return value.item()
