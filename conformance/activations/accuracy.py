"""Values and derivatives over the whole sample, in ulp."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from actinit.adapters import Adapter
from actinit.spec import Activation, Part

from ..check import Check, Outcome
from ..error.metric import measure
from ..expected import inputs
from ..expected.batches import batches
from ..expected.question import question
from ..formats import Format, formats_of
from . import diagnosis, rows
from .diagnosis.evidence import Points
from .diagnosis.rows import Rows
from .judge import outcome_and_curve, subject
from .naming import PARTS, activation_check
from .offered import where_offered
from .operators import with_operators
from .sample import count, results

__all__ = ["checks"]

# Range, order and symmetry have checks of their own.
_UNASKED: dict[str, Any] = {"range": (-np.inf, np.inf), "monotone": None, "symmetry": None}
_DEFECTS = ("nonfinite", "beyond", "flushed_input", "flushed_result", "zero_sign")


def checks(entry: Activation) -> Iterator[Check]:
    """Yield the accuracy checks of an entry: ``activation/gelu/float32/value/ulp``."""
    run = _elements if entry.shape == "elementwise" else _rows
    for fmt in formats_of(entry).values():
        for part in PARTS:
            path = (fmt.name, part, "ulp")
            check = run(entry, fmt, part)
            if part == "value":
                check = with_operators(check, entry, fmt)
            check = where_offered(check, entry, fmt, part)
            yield activation_check(entry, path, part, check)


def _elements(entry: Activation, fmt: Format, part: Part) -> Any:
    def run(adapter: Adapter) -> Outcome:
        (batch,) = batches(entry, fmt, part)
        got = results(adapter, entry, batch, part)
        found, asked = count(fmt, batch, got, replace(question(entry, fmt, part), **_UNASKED))
        outcome = outcome_and_curve(found, asked, entry, part, _DEFECTS)
        if outcome.conforms:
            return outcome
        budget = asked.budgets(batch.x.astype(np.float64))
        errors = measure(got, batch.exact, fmt, x=batch.x, at_zero=batch.at_zero)
        wrong = errors.beyond(budget) | errors.nonfinite
        with np.errstate(invalid="ignore"):  # of a nan that signals
            results_ = got.astype(np.float64)
        points = Points(batch.x.astype(np.float64), results_, batch.exact.rounded, budget)
        return _diagnosed(outcome, entry, fmt, part, points, wrong)

    return run


def _diagnosed(
    outcome: Outcome,
    entry: Activation,
    fmt: Format,
    part: Part,
    points: Points,
    wrong: NDArray[np.bool_],
) -> Outcome:
    """Say of findings what the wrong results are: of all together, or of each interval."""
    order = inputs.scrambled(len(points.x))
    cause = diagnosis.elements(entry, fmt, part, points, wrong, order)
    diverging = [one for one in outcome.findings if one.kind]
    names = {one.key: cause.text for one in diverging}
    if not cause.whole and len(diverging) > 1:
        for one in diverging:
            inside = wrong & (points.x >= float(one.first)) & (points.x <= float(one.last))
            inside &= ~np.isfinite(points.got) | (one.defect != "nonfinite")
            inside &= np.isfinite(points.got) | (one.defect == "nonfinite")
            names[one.key] = diagnosis.elements(entry, fmt, part, points, inside, order).text
    return _named(outcome, names)


def _named(outcome: Outcome, names: Mapping[str, str]) -> Outcome:
    """Put causes, by keys of findings, into findings and the message."""
    findings = [
        structs.replace(one, looks_like=name, sentence=f"{one.sentence} ({name})")
        if (name := names.get(one.key, ""))
        else one
        for one in outcome.findings
    ]
    causes = "; ".join(dict.fromkeys(name for name in names.values() if name))
    message = f"{outcome.message}; the wrong results look like this: {causes}"
    return structs.replace(
        outcome, findings=findings, message=message if causes else outcome.message
    )


def _rows(entry: Activation, fmt: Format, part: Part) -> Any:
    def run(adapter: Adapter) -> Outcome:
        asked = []
        for batch in batches(entry, fmt, part):
            got = results(adapter, entry, batch, part)
            errors = measure(got, batch.exact, fmt, x=batch.x, at_zero=batch.at_zero)
            asked.append(rows.Measured(batch, got, errors))
        outcome = rows.judge(asked, fmt, subject(entry, part))
        if outcome.conforms:
            return outcome
        like = diagnosis.rows(entry, fmt, part, [_of_rows(measured) for measured in asked])
        return _named(outcome, {one.key: like for one in outcome.findings if one.kind})

    return run


def _of_rows(measured: rows.Measured) -> Rows:
    batch, errors = measured.batch, measured.errors
    assert batch.budget is not None
    with np.errstate(invalid="ignore"):  # of a nan that signals
        got = measured.got.astype(np.float64)
    return Rows(
        x=batch.x.astype(np.float64),
        outputs=batch.upstream.argmax(axis=-1) * np.ones(len(batch.x), dtype=np.intp),
        got=got,
        right=batch.exact.rounded,
        budget=batch.budget,
        wrong=errors.beyond(batch.budget) | errors.nonfinite,
        order=inputs.scrambled(len(batch.x)),
    )
