"""Results files: what is not of the schema that is asked for is refused, and nothing is halved."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import msgspec
import numpy as np
import pytest

from actinit.conformance.results.store import read, save, schema


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A record."""

    remedy: ClassVar[str] = "compute it again"

    schema: str = "actinit-made-up-2"
    figure: float


def test_what_is_saved_is_read(tmp_path: Path) -> None:
    file = tmp_path / "new" / "record.json"
    save(Record(figure=np.float64(0.5)), file)
    assert read(file, Record) == Record(figure=0.5)
    assert [one.name for one in file.parent.iterdir()] == ["record.json"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is no actinit-made-up-2 file.*; compute it again"),
        ("{}", "figure.*; compute it again"),
        (
            '{"schema": "actinit-made-up-1", "figure": 1}',
            "is a file of actinit-made-up-1, not of actinit-made-up-2; compute it again",
        ),
    ],
    ids=["cut short", "lacking", "older"],
)
def test_what_is_no_such_record_is_refused(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "record.json"
    file.write_text(text)
    with pytest.raises(ValueError, match=message):
        read(file, Record)


def test_the_schema_has_the_id_of_the_class() -> None:
    assert schema(Record)["$id"] == "actinit-made-up-2"
