"""From framework to file: what each function becomes on its way, and what then comes back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from textwrap import shorten

from actinit.conformance.plan import plan
from actinit.conformance.results.baseline import Baseline, KnownFinding, entry_of
from actinit.conformance.results.exports import Exported, Exports
from actinit.spec import Activation, activations

from ..results import Results
from .baselines import cause_of

__all__ = ["Becomes", "Returned", "Row", "returned", "rows"]

# Characters of what an exporter says.
_WORDS = 120


@dataclass(frozen=True)
class Becomes:
    """What a function becomes in some formats alike."""

    formats: list[str]
    operators: str  #: In the file; where there is none, those that are run.
    run: str  #: Those that are run instead, if they are others than in the file.
    refused: str  #: Why it is not taken; empty if it is.


@dataclass(frozen=True)
class Returned:
    """What a backend's values of one function were found to depart by."""

    causes: dict[str, int] = field(default_factory=dict)  #: By slug: how many findings.
    unexplained: int = 0


@dataclass(frozen=True)
class Row:
    """A function on the backends that take it, or are asked to."""

    entry: Activation
    backends: dict[str, list[Becomes]]


def rows(results: Results) -> Iterator[Row]:
    """Yield the functions that an exporting backend has a name for, in the order of the spec."""
    for name, entry in activations.items():
        found = {
            one.backend: _becomes(one.functions[name])
            for one in results.exports
            if name in one.functions
        }
        if found:
            yield Row(entry, found)


def _becomes(by_format: dict[str, Exported]) -> list[Becomes]:
    alike: dict[tuple[str, str, str], list[str]] = {}
    for fmt, one in by_format.items():
        # A cast back to the input's own format is the same in all of them, and so is a refusal.
        exported, run = (
            ", ".join(one.operators.get(stage, ())).replace(f"({fmt})", "(back)")
            for stage in ("exported", "run")
        )
        other = "" if run == exported or not exported else run
        refused = shorten(
            re.sub(rf"\b{fmt}\b", "this format", one.refused), _WORDS, placeholder="…"
        )
        alike.setdefault((exported or run, other, refused), []).append(fmt)
    return [Becomes(formats, *texts) for texts, formats in alike.items()]


def returned(results: Results, made: Exports) -> dict[str, Returned]:
    """Return what the values of each function depart by, as the backend's baselines know it.

    Of several baselines that were asked a function the one of the latest date counts.
    """
    checks = {check.id: check for check in plan()}
    of_backend = [one for one in results.baselines if one.backend == made.backend]
    of_backend.sort(key=lambda one: one.header.date, reverse=True)
    found: dict[str, Returned] = {}
    for name in made.functions:
        asked = (one for one in of_backend if one.knows(f"activation/{name}/"))
        if baseline := next(asked, None):
            causes: dict[str, int] = {}
            unexplained = 0
            for id, known in _of(baseline, name):
                for one in known if id in checks else ():
                    slug = cause_of(results.causes, checks[id], baseline.backend, one)
                    if slug:
                        causes[slug] = causes.get(slug, 0) + 1
                    else:
                        unexplained += 1
            found[name] = Returned(causes, unexplained)
    return found


def _of(baseline: Baseline, name: str) -> Iterator[tuple[str, list[KnownFinding]]]:
    for id, known in baseline.checks.items():
        if entry_of(id) == f"activation/{name}" and "/value/" in id:
            yield id, known
