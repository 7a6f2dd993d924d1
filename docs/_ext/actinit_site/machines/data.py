"""The site for machines: spec, results and causes as JSON, badges, and where each check stands."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from sphinx.application import Sphinx

from actinit import spec
from actinit.adapters import Framework, bindings, frameworks
from actinit.conformance.published.badge import badge
from actinit.conformance.results.registry import RECORDS
from actinit.conformance.results.store import schema
from actinit.spec.experiment import EXPERIMENTS, experiment

from ..content import links
from ..results import Results, of_build
from . import schemas
from .labels import checks_of
from .schemas import ENTRIES

__all__ = ["anchors", "plain", "setup", "spec_files", "write"]


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.connect("build-finished", _write)


def _write(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.format == "html":
        write(of_build(app), Path(app.outdir) / "data")


def write(results: Results, folder: Path) -> None:
    """Write everything below a folder.

    Parameters
    ----------
    results : Results
        The runs at hand; their files are copied as they are.
    folder : Path
        ``data`` of the built site.
    """
    shutil.rmtree(folder, ignore_errors=True)  # what an earlier build had and this one has not
    for place, content in _files(results):
        file = folder / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for place, files in (("results", results.files), ("vectors", results.vector_files)):
        (folder / place).mkdir()
        for file in files:
            shutil.copyfile(file, folder / place / file.name)


def _files(results: Results) -> Iterator[tuple[str, Any]]:
    yield from spec_files()
    for sort in ENTRIES:
        yield f"schemas/spec-{sort}.schema.json", schemas.of_entries(sort)
    for name, kind in RECORDS.items():
        yield f"schemas/{name}.schema.json", schema(kind)
    yield "schemas/causes.schema.json", schemas.of_causes()
    for run in results.reports:
        yield f"badges/{run.backend}.json", badge(run)
    yield "checks.json", {"schema": "actinit-checks-1", "checks": dict(anchors(results))}
    yield "causes.json", {"schema": schemas.CAUSES, "causes": plain(results.causes)}
    yield "index.json", _index(results)


def spec_files() -> Iterator[tuple[str, Any]]:
    """Yield each entry and their index, as files below ``data``."""
    places: dict[str, dict[str, str]] = {}
    for sort, (catalogue, _) in ENTRIES.items():
        for name, entry in catalogue.items():
            place = f"spec/{sort}/{name}.json"
            places.setdefault(sort, {})[name] = place
            stated = {**plain(entry), "backends": plain(bindings(entry))}
            for alias, key in schemas.ALIASES.get(sort, {}).items():
                stated[alias] = stated[key]
            yield place, {"schema": f"actinit-spec-{sort}-1", **stated}
    tables = {
        "accuracy": spec.accuracy(),
        "backends": {name: _published(framework) for name, framework in frameworks().items()},
        "gains": spec.gains(),
        "references": spec.references(),
        "experiments": {
            file.stem: experiment(file.stem) for file in sorted(EXPERIMENTS.glob("*.toml"))
        },
    }
    yield "spec.json", {"schema": "actinit-spec-1", "entries": places, **plain(tables)}


def _published(framework: Framework) -> dict[str, Any]:
    """Return what a framework's table says, without the place where it was read."""
    stated: dict[str, Any] = msgspec.to_builtins(framework)
    del stated["folder"]
    return stated


def plain(value: Any) -> Any:
    """Turn classes of the spec into what JSON has; the sign of a zero stays."""
    return _finite(msgspec.to_builtins(value, enc_hook=str, str_keys=True))


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


def anchors(results: Results) -> Iterator[tuple[str, str]]:
    """Yield each check that was asked, with its place on the site."""
    for entry in links.entries():
        for id in checks_of(results, entry):
            yield id, f"{links.checks(entry)}.html#{id}"


def _index(results: Results) -> dict[str, Any]:
    sorts = [*(f"spec-{sort}" for sort in ENTRIES), *RECORDS, "causes"]
    return {
        "schema": "actinit-data-1",
        "spec": "spec.json",
        "checks": "checks.json",
        "causes": "causes.json",
        "results": [f"results/{file.name}" for file in results.files],
        "vectors": [f"vectors/{file.name}" for file in results.vector_files],
        "schemas": [f"schemas/{sort}.schema.json" for sort in sorts],
        "badges": {run.backend: f"badges/{run.backend}.json" for run in results.reports},
    }
