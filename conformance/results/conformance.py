"""The results file of a conformance run: its classes, its schema, reading and writing it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import ClassVar, Literal

import msgspec

from ..check import Outcome
from .machine import Machine
from .standing import Standing

__all__ = [
    "STATUSES",
    "Compared",
    "ConformanceReport",
    "Result",
    "Status",
]

Status = Literal[
    "passed", "known", "worse", "new", "better", "gone", "void", "not-offered", "error"
]
#: What a check can come to, with the words for a person.
STATUSES: Mapping[Status, str] = {
    "passed": "conforms, and did when the baseline was measured",
    "known": "diverges as measured before",
    "worse": "diverges more than measured before",
    "new": "diverges where nothing was measured before",
    "better": "diverges less than measured before",
    "gone": "a divergence measured before no longer shows",
    "void": "the check did not see a planted fault, so that it says nothing",
    "not-offered": "the backend has no such thing",
    "error": "the backend raised, hung, or returned another shape or dtype, and did not before",
}


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One check on one backend."""

    id: str
    entry: str
    family: Literal["activation", "initializer", "layer", "training"]
    clause: str  #: Where the expectation stands: in the spec, or in a framework's binding.
    status: Status
    fails: bool  #: Whether it fails the run; news elsewhere than in the baseline's place do not.
    message: str  #: One sentence: what was found, and how it differs from the baseline.
    outcome: Outcome | None  #: What was measured; none if not offered.
    standings: list[Standing] = []  #: How each finding stands to the baseline, by key.
    snippet: str  #: Lines to paste to see it.
    seconds: float


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """The baseline that a run was compared with."""

    backend: str
    environment: str
    versions: dict[str, str]
    date: str
    strict: bool  #: Whether every difference fails: it was measured in this very environment.
    entries: int = 0  #: How many entries of the run were compared with it.


class ConformanceReport(msgspec.Struct, frozen=True, kw_only=True):
    """All that one run found on one backend."""

    remedy: ClassVar[str] = "run the check again"

    schema: str = "actinit-conformance-2"
    backend: str
    family: str
    device: str
    versions: dict[str, str]
    machine: Machine
    #: What most entries of the run were compared with; none if its framework has no baseline.
    baseline: Compared | None
    #: What entries were compared with that were not asked when the first was measured.
    further: list[Compared] = []
    date: str  #: ISO 8601, UTC.
    complete: bool  #: False if the run was narrowed or cut short.
    results: list[Result]

    @property
    def counts(self) -> dict[Status, int]:
        """How many checks came to each status."""
        found = Counter(result.status for result in self.results)
        return {status: found[status] for status in STATUSES}

    @property
    def unexplained(self) -> int:
        """How many findings have no cause."""
        return sum(
            one.cause is None
            for result in self.results
            for one in result.standings
            if one.status != "gone"
        )
