"""Which results change with the processor's code: the settings of each backend, told in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from actinit.adapters import frameworks
from actinit.conformance.results.dispatch import Changed, Dispatch, decimal, most
from actinit.spec import activations

__all__ = ["Row", "decimal", "functions", "most", "rows", "share"]


@dataclass(frozen=True)
class Row:
    """One setting of a backend, with what it changed."""

    name: str
    variables: str  #: As a shell takes them; empty for none.
    what: str  #: What the setting chooses.
    source: str
    changed: Mapping[str, Changed]


def rows(found: Dispatch) -> list[Row]:
    """Return the settings of a backend, first a second process without any."""
    known = {one.name: one for framework in frameworks().values() for one in framework.settings}
    first = Row(
        "asked again", "", "A second process like the first: what changes here changes by itself.",
        "", found.again,
    )  # fmt: skip
    return [first] + [
        Row(
            name=one.name,
            variables=" ".join(
                f"{name}='{value}'" if " " in value or not value else f"{name}={value}"
                for name, value in one.variables.items()
            ),
            what=known[one.name].what if one.name in known else "",
            source=known[one.name].source if one.name in known else "",
            changed=one.changed,
        )
        for one in found.settings
    ]


def functions(row: Row) -> list[str]:
    """Return the functions of which a setting changed anything, in the order of the spec."""
    names = {id.partition("/")[0] for id in row.changed}
    return [name for name in activations if name in names]


def share(one: Changed) -> str:
    """Write which part of the results changed."""
    part = 100 * one.differ / one.points
    return f"{part:.2g} %" if part >= 0.01 else f"{one.differ:,} of {one.points:,}"
