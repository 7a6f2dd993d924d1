"""The results file of a conformance run: its classes, its schema, reading and writing it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from . import records
from .checks.base import Outcome
from .machine import Machine
from .records import read

__all__ = ["STATUSES", "Report", "Result", "Status", "load", "schema"]

Status = Literal["pass", "known", "fail", "stale", "news", "not-offered", "error"]
#: What a check can come to, with the words for a person.
STATUSES: Mapping[Status, str] = {
    "pass": "conforms",
    "known": "diverges as the entry says",
    "fail": "diverges, and the entry does not say so",
    "stale": "conforms where the entry says that it diverges",
    "news": "differs from the entry's list, in an environment where that was not measured",
    "not-offered": "the backend has no such thing",
    "error": "the backend raised, hung, or returned the wrong shape or dtype",
}
#: The statuses that fail a run.
FAILING: tuple[Status, ...] = ("fail", "stale", "error")
SCHEMA_ID = "actinit-conformance-1"


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One check on one backend."""

    id: str
    entry: str
    family: Literal["activation", "initializer", "layer", "training"]
    clause: str  #: Where in the spec the expectation stands.
    status: Status
    message: str  #: One sentence: what was found and, where it was not expected, why it matters.
    outcome: Outcome | None  #: What was measured; none if not offered or if the backend failed.
    divergence: int | None = None  #: Index of the entry's known divergence that covers the check.
    snippet: str  #: Lines to paste to see it.
    seconds: float


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All that one run found on one backend."""

    schema: str = SCHEMA_ID
    backend: str
    family: str
    device: str
    versions: dict[str, str]
    machine: Machine
    environment: str | None  #: Name of the spec's environment that this is, where lists are strict.
    date: str  #: ISO 8601, UTC.
    complete: bool  #: False if the run was narrowed or cut short.
    results: list[Result]

    @property
    def counts(self) -> dict[Status, int]:
        """How many checks came to each status."""
        found = Counter(result.status for result in self.results)
        return {status: found[status] for status in STATUSES}


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a results file."""
    return records.schema(Report)


def load(file: Path) -> Report:
    """Read a report; see `actinit.conformance.records.read`."""
    return read(file, Report, "run the check again")
