"""Values and derivatives over the whole sample, in ulp."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from msgspec import structs

from actinit.adapters import Adapter
from actinit.spec import Activation

from ..asked import question
from ..diagnosis import looks_like
from ..formats import FORMATS, Format
from ..metric import measure
from ..oracle.formula import Part
from ..truth import batches
from . import rows
from .base import Check, Outcome
from .judge import outcome_and_curve, subject
from .naming import PARTS, activation_check
from .sample import count, results

__all__ = ["checks"]

# Range, order and symmetry have checks of their own.
_UNASKED: dict[str, Any] = {"range": (-np.inf, np.inf), "monotone": None, "symmetry": None}
# Of the wrong results as many are looked at to say what they are.
_DIAGNOSED = 4000
_DEFECTS = ("nonfinite", "beyond", "flushed_input", "flushed_result", "zero_sign")


def checks(entry: Activation) -> Iterator[Check]:
    """Yield the accuracy checks of an entry: ``activation/gelu/float32/value/ulp``."""
    run = _elements if entry.shape == "elementwise" else _rows
    for fmt in FORMATS.values():
        for part in PARTS:
            path = (fmt.name, part, "ulp")
            yield activation_check(entry, path, part, run(entry, fmt, part))


def _elements(entry: Activation, fmt: Format, part: Part) -> Any:
    def run(adapter: Adapter) -> Outcome:
        (batch,) = batches(entry, fmt, part)
        got = results(adapter, entry, batch, part)
        found, asked = count(fmt, batch, got, replace(question(entry, fmt, part), **_UNASKED))
        outcome = outcome_and_curve(found, asked, entry, part, _DEFECTS)
        if outcome.kind != "definition":
            return outcome
        errors = measure(got, batch.exact, fmt, x=batch.x, at_zero=batch.at_zero)
        wrong = np.flatnonzero(errors.ulps > asked.budgets(batch.x.astype(np.float64)))
        wrong = wrong[:: max(1, wrong.size // _DIAGNOSED)]
        like = looks_like(entry, fmt, part, batch.x[wrong], got[wrong], batch.exact.rounded[wrong])
        return _named(outcome, like) if like else outcome

    return run


def _named(outcome: Outcome, like: str) -> Outcome:
    """Say of findings of another function which one it is."""
    findings = [
        structs.replace(one, looks_like=like, sentence=f"{one.sentence} (these are {like})")
        if one.kind == "definition"
        else one
        for one in outcome.findings
    ]
    message = f"{outcome.message}; the wrong results are those of {like}"
    return structs.replace(outcome, findings=findings, message=message)


def _rows(entry: Activation, fmt: Format, part: Part) -> Any:
    def run(adapter: Adapter) -> Outcome:
        asked = []
        for batch in batches(entry, fmt, part):
            got = results(adapter, entry, batch, part)
            errors = measure(got, batch.exact, fmt, x=batch.x, at_zero=batch.at_zero)
            asked.append(rows.Measured(batch, got, errors))
        return rows.judge(asked, fmt, subject(entry, part))

    return run
