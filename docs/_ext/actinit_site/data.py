"""The site for machines: the spec and the results as JSON, badges, and where each check stands."""

from __future__ import annotations

import json
import math
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from sphinx.application import Sphinx

from actinit import spec
from actinit.conformance import curves, report
from actinit.conformance.sweep import report as exhaustive
from actinit.conformance.training import results as training
from actinit.spec import Activation, Condition, Expression, Initializer, Layer, Optimizer
from actinit.spec.experiment import EXPERIMENTS, experiment

from . import words
from .departures import Departure, departures, of_run
from .labels import checks_of
from .results import Measured, Results, of_build

__all__ = ["anchors", "badge", "plain", "schema", "setup", "spec_files", "write"]

#: The families of entries, with the class of each.
FAMILIES = {
    "activation": (spec.activations, Activation),
    "initializer": (spec.initializers, Initializer),
    "layer": (spec.layers, Layer),
    "optimizer": (spec.optimizers, Optimizer),
}
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
# JSON has no infinity and no nan; they are written as Python's float takes them.
_NOT_FINITE = ["inf", "-inf", "nan"]
# From the best that can be said of a run to the worst, with shields.io's names of colours.
_COLOURS = {"pass": "brightgreen", "known": "blue", "news": "orange", "fail": "red"}


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
    for place, content in _files(results):
        file = folder / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    copies = folder / "results"
    shutil.rmtree(copies, ignore_errors=True)
    copies.mkdir(parents=True)
    for file in results.files:
        shutil.copyfile(file, copies / file.name)


def _files(results: Results) -> Iterator[tuple[str, Any]]:
    yield from spec_files()
    for family in FAMILIES:
        yield f"schemas/spec-{family}.schema.json", schema(family)
    for name, module in {
        "conformance": report, "curves": curves, "exhaustive": exhaustive, "training": training,
    }.items():  # fmt: skip
        yield f"schemas/{name}.schema.json", module.schema()
    found = departures(results, words.entries())
    for run in results.reports:
        yield f"badges/{run.backend}.json", badge(run, found)
    yield "checks.json", {"schema": "actinit-checks-1", "checks": dict(anchors(results))}
    yield "index.json", _index(results)


def spec_files() -> Iterator[tuple[str, Any]]:
    """Yield each entry and their index, as files below ``data``."""
    places: dict[str, dict[str, str]] = {}
    for family, (catalogue, _) in FAMILIES.items():
        for name, entry in catalogue.items():
            place = f"spec/{family}/{name}.json"
            places.setdefault(family, {})[name] = place
            yield place, {"schema": f"actinit-spec-{family}-1", **plain(entry)}
    tables = {
        "accuracy": spec.accuracy(),
        "backends": spec.backends(),
        "environments": spec.environments(),
        "gains": spec.gains(),
        "references": spec.references(),
        "experiments": {
            file.stem: experiment(file.stem) for file in sorted(EXPERIMENTS.glob("*.toml"))
        },
    }
    yield "spec.json", {"schema": "actinit-spec-1", "entries": places, **plain(tables)}


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


def schema(family: str) -> dict[str, Any]:
    """Return the JSON Schema of an entry's file."""
    name = f"actinit-spec-{family}-1"
    (root,), parts = msgspec.json.schema_components([FAMILIES[family][1]], schema_hook=_schema)
    parts = _with_not_finite(parts)
    entry = parts.pop(root["$ref"].rpartition("/")[2])
    entry["properties"] = {"schema": {"const": name}, **entry["properties"]}
    entry["required"] = ["schema", *entry["required"]]
    parts = json.loads(json.dumps(parts).replace("#/components/schemas/", "#/$defs/"))
    entry = json.loads(json.dumps(entry).replace("#/components/schemas/", "#/$defs/"))
    return {"$schema": _DRAFT, "$id": name, **entry, "$defs": parts}


def _schema(kind: type) -> dict[str, Any]:
    if kind in (Expression, Condition):
        return {"type": "string", "description": "a formula, in the spec's language"}
    raise NotImplementedError


def _with_not_finite(value: Any) -> Any:
    """Let every number be one that JSON has to write as a text."""
    if isinstance(value, dict):
        if value.get("type") == "number":
            return {"anyOf": [value, {"enum": _NOT_FINITE}]}
        return {key: _with_not_finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_not_finite(item) for item in value]
    return value


def badge(run: report.Report, found: Iterable[Departure]) -> dict[str, Any]:
    """Return the endpoint of a badge, as shields.io reads it.

    Parameters
    ----------
    run : Report
        A backend's run.
    found : iterable of Departure
        The ways in which backends depart from the spec, of all runs.
    """
    grades = Counter(
        measured.grade
        for result in run.results
        if (measured := Measured(run, result)).grade and result.id.endswith("/ulp")
    )
    graded = sum(grades.values())
    parts = [f"A on {grades['A'] / graded:.0%}"] if graded else []
    own = len(of_run(found, run))
    parts.append(f"{own} finding{'s' if own != 1 else ''}")
    if not run.complete:
        parts.append("partial")
    version = run.versions.get(run.family, "")
    return {
        "schemaVersion": 1,
        "label": f"actinit: {run.backend} {version}".strip(),
        "message": ", ".join(parts),
        "color": _COLOURS[_verdict(run)],
    }


def _verdict(run: report.Report) -> str:
    counts = run.counts
    if any(counts[status] for status in report.FAILING):
        return "fail"
    return next((status for status in ("news", "known") if counts[status]), "pass")


def anchors(results: Results) -> Iterator[tuple[str, str]]:
    """Yield each check that was asked, with its place on the site."""
    for entry in words.entries():
        for id in checks_of(results, entry):
            yield id, f"{words.path(entry)}.html#{id}"


def _index(results: Results) -> dict[str, Any]:
    def under(folder: str, names: Iterable[str]) -> list[str]:
        return [f"{folder}/{name}" for name in sorted(names)]

    return {
        "schema": "actinit-data-1",
        "spec": "spec.json",
        "checks": "checks.json",
        "results": under("results", (file.name for file in results.files)),
        "badges": {run.backend: f"badges/{run.backend}.json" for run in results.reports},
    }
