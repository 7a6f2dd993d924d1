"""JSON Schemas of what the site gives to machines, made from the classes."""

from __future__ import annotations

from typing import Any

import msgspec

from actinit import spec
from actinit.conformance import claims
from actinit.conformance.bench import exhaustive as bench
from actinit.conformance.bench import training as training_bench
from actinit.conformance.depth import report as depth
from actinit.conformance.exhaustive import report as exhaustive
from actinit.conformance.known.baseline import Baseline
from actinit.conformance.known.causes import Cause
from actinit.conformance.parity import report as parity
from actinit.conformance.published import accuracy as worst_cases
from actinit.conformance.published import answers, curves, power, propagation, signals
from actinit.conformance.results import conformance as report
from actinit.conformance.training import layers, study
from actinit.conformance.training import results as training
from actinit.spec import Activation, Condition, Expression, Initializer, Layer, Network, Optimizer

__all__ = ["CAUSES", "ENTRIES", "RESULTS", "of_causes", "of_entries", "of_results"]

#: Id of the file of causes.
CAUSES = "actinit-causes-1"

#: The sorts of entries, with where they are and the class of each.
ENTRIES = {
    "activation": (spec.activations, Activation),
    "initializer": (spec.initializers, Initializer),
    "layer": (spec.layers, Layer),
    "network": (spec.networks, Network),
    "optimizer": (spec.optimizers, Optimizer),
}
#: The sorts of results files, by how their names begin, with the class of each.
RESULTS = {
    "answers": answers.Answers,
    "baseline": Baseline,
    "bench-sweep": bench.Bench,
    "bench-training": training_bench.Bench,
    "claims": claims.Decided,
    "conformance": report.Report,
    "curves": curves.Curves,
    "depth": depth.Report,
    "exhaustive": exhaustive.Report,
    "layers": layers.Layers,
    "parity": parity.Report,
    "propagation": propagation.Table,
    "reference-accuracy": worst_cases.Accuracies,
    "signals": signals.Signals,
    "statistics-power": power.Power,
    "study": study.Study,
    "training": training.Report,
}
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
# JSON has no infinity and no nan; they are written as Python's float takes them.
_NOT_FINITE = ["inf", "-inf", "nan"]


def of_entries(sort: str) -> dict[str, Any]:
    """Return the JSON Schema of an entry's file."""
    name = f"actinit-spec-{sort}-1"
    found = _with_not_finite(msgspec.json.schema(ENTRIES[sort][1], schema_hook=_schema))
    entry = found["$defs"].pop(found["$ref"].rpartition("/")[2])
    entry["properties"] = {"schema": {"const": name}, **entry["properties"]}
    entry["required"] = ["schema", *entry["required"]]
    return {"$schema": _DRAFT, "$id": name, **entry, "$defs": found["$defs"]}


def of_results(name: str) -> dict[str, Any]:
    """Return the JSON Schema of a sort of results files."""
    kind: Any = RESULTS[name]
    named = [one.default for one in msgspec.structs.fields(kind) if one.name == "schema"]
    id = named[0] if named else f"actinit-{name}"
    return {"$schema": _DRAFT, "$id": id, **msgspec.json.schema(kind)}


def of_causes() -> dict[str, Any]:
    """Return the JSON Schema of the file of causes: by slug, why backends diverge."""
    found = msgspec.json.schema(dict[str, Cause])
    definitions = found.pop("$defs")
    return {
        "$schema": _DRAFT,
        "$id": CAUSES,
        "type": "object",
        "properties": {"schema": {"const": CAUSES}, "causes": found},
        "required": ["schema", "causes"],
        "additionalProperties": False,
        "$defs": definitions,
    }


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
