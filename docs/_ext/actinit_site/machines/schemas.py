"""JSON Schemas of what the site gives to machines, made from the classes."""

from __future__ import annotations

from typing import Any

import msgspec

from actinit import spec
from actinit.adapters.binding import KINDS
from actinit.conformance.known.causes import Cause
from actinit.spec import Activation, Condition, Expression, Initializer, Layer, Network, Optimizer

__all__ = ["ALIASES", "CAUSES", "ENTRIES", "of_causes", "of_entries"]

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
#: Keys that were renamed, by sort: each under its old name too, for those who read the files.
ALIASES = {"initializer": {"law": "distribution"}}
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
# JSON has no infinity and no nan; they are written as Python's float takes them.
_NOT_FINITE = ["inf", "-inf", "nan"]


def of_entries(sort: str) -> dict[str, Any]:
    """Return the JSON Schema of an entry's file: the entry, and the bindings of it by framework."""
    name = f"actinit-spec-{sort}-1"
    kinds = (ENTRIES[sort][1], dict[str, KINDS[f"{sort}s"]])  # type: ignore[misc]
    (stated, backends), definitions = msgspec.json.schema_components(
        kinds, schema_hook=_schema, ref_template="#/$defs/{name}"
    )
    entry = definitions.pop(stated["$ref"].rpartition("/")[2])
    entry["properties"] = {"schema": {"const": name}, **entry["properties"], "backends": backends}
    entry["required"] = ["schema", *entry["required"], "backends"]
    for alias, key in ALIASES.get(sort, {}).items():
        entry["properties"][alias] = {**entry["properties"][key], "deprecated": True}
    return _with_not_finite({"$schema": _DRAFT, "$id": name, **entry, "$defs": definitions})


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
