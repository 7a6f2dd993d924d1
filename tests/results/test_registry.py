"""Every kind of results file: its schema is published, and reading one loads nothing heavy."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from helpers.imports import FRAMEWORKS

from actinit.conformance.commands import main
from actinit.conformance.results.registry import RECORDS, SCHEMAS, kind_of
from actinit.conformance.results.store import read, schema_id

MEASURED = Path(__file__).parents[2] / "docs" / "measured"


def test_the_published_schemas_are_those_of_the_classes(tmp_path: Path) -> None:
    """If this fails, write them anew: actinit compute schemas."""
    assert main(["compute", "schemas", "--output", str(tmp_path)]) == 0
    written = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert written == {file.name: file.read_bytes() for file in SCHEMAS.iterdir()}


def test_every_kind_has_an_id_of_its_own() -> None:
    assert len({schema_id(kind) for kind in RECORDS.values()}) == len(RECORDS)


@pytest.mark.parametrize("file", sorted(MEASURED.glob("*.json")), ids=lambda file: file.stem)
def test_a_kept_file_is_of_its_kind(file: Path) -> None:
    kind = kind_of(file)
    assert kind is not None
    read(file, RECORDS[kind])
    schema = json.loads((SCHEMAS / f"{kind}.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(file.read_text(encoding="utf-8")), schema)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("statistics-power", "statistics-power"),
        ("bench-training", "bench-training"),
        ("training-mnist_mlp-keras-torch", "training"),
        ("conformance-numpy.partial", "conformance"),
        ("depth", "depth"),
        ("depthwise", None),
        ("notes", None),
    ],
)
def test_the_name_of_a_file_says_its_kind(name: str, kind: str | None) -> None:
    assert kind_of(Path(f"{name}.json")) == kind


def test_reading_results_loads_neither_compiler_nor_ball_arithmetic_nor_framework() -> None:
    heavy = ("numba", "flint", "scipy", "pytest", *sorted(FRAMEWORKS))
    lines = (
        "import sys, actinit.conformance.results.registry;"
        f"print([one for one in {heavy!r} if one in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True)
    assert (ended.returncode, ended.stdout.strip(), ended.stderr) == (0, "[]", "")
