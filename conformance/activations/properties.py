"""Properties that an entry states: range, monotonicity, symmetry.

What floating point can keep is asked for strictly: a bound that is an integer (sigmoid's 1,
tanh's -1), which every format holds, is never passed. The rest may be off by the budgets of the
results that are compared, the oddness of a function too: two results that both conform may lie
apart by as much. That it is off is counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters import Adapter
from actinit.spec import Activation, Part, evaluate

from ..check import Check, Finding, Grade, Outcome, Witness
from ..error.findings import findings
from ..error.question import Question
from ..error.tally import Tally
from ..expected.batches import batches
from ..expected.defaults import defaults
from ..expected.question import question
from ..formats import Format, brief, describe, formats_of
from .judge import subject, tell
from .naming import activation_check
from .offered import where_offered
from .sample import by_sign, results, tally

__all__ = ["checks"]

Array = NDArray[Any]


def checks(entry: Activation) -> Iterator[Check]:
    """Yield a check for each property: ``activation/tanh/float32/value/range``."""
    for fmt in formats_of(entry).values():
        for part, name, table, run in _stated(entry, fmt):
            check = where_offered(run, entry, fmt, part)
            yield activation_check(entry, (fmt.name, part, name), table, check)


def _stated(entry: Activation, fmt: Format) -> Iterator[tuple[Part, str, str, Any]]:
    """Yield the properties that an entry states: of what, the name, the table, the check."""
    properties = entry.properties
    bounds = [evaluate(end, defaults(entry)) for end in entry.value.range]
    if np.isfinite(bounds).any():
        run = (_range if entry.shape == "elementwise" else _row_range)(entry, fmt, *bounds)
        yield "value", "range", "value", run
    if properties.monotone:
        yield "value", "monotone", "properties", _monotone(entry, fmt)
    if properties.symmetry:
        yield "value", "symmetry", "properties", _symmetry(entry, fmt, "value")
    if properties.derivative_symmetry:
        yield "derivative", "symmetry", "properties", _symmetry(entry, fmt, "derivative")


def _range(entry: Activation, fmt: Format, low: float, high: float) -> Any:
    def run(adapter: Adapter) -> Outcome:
        (batch,) = batches(entry, fmt, "value")
        found, asked = tally(adapter, entry, fmt, "value", batch, monotone=None, symmetry=None)
        praise = f"within [{low:g}, {high:g}]"
        return _judge(found, asked, entry, "value", ("range",), found.count, praise)

    return run


def _monotone(entry: Activation, fmt: Format) -> Any:
    def run(adapter: Adapter) -> Outcome:
        (batch,) = batches(entry, fmt, "value")
        found, asked = tally(adapter, entry, fmt, "value", batch, symmetry=None)
        defects = ("order_beyond", "order")
        return _judge(found, asked, entry, "value", defects, found.count, "never turns back")

    return run


def _symmetry(entry: Activation, fmt: Format, part: Part) -> Any:
    def run(adapter: Adapter) -> Outcome:
        (batch,) = batches(entry, fmt, part)
        mirrored = replace(batch, x=-batch.x)
        got, other = (results(adapter, entry, each, part) for each in (batch, mirrored))
        found, asked, pairs = Tally(fmt), question(entry, fmt, part), 0
        positive, negative = by_sign(batch.x)
        # Of a negative input that is there without its mirror image, the mirrored results are new.
        alone = ~np.isin(
            mirrored.x[negative].view(fmt.bits), batch.x[positive].view(fmt.bits),
            assume_unique=True,
        )  # fmt: skip
        for x, here, there in (
            (batch.x[positive], got[positive], other[positive]),
            (mirrored.x[negative][alone], other[negative][alone], got[negative][alone]),
        ):
            found.add_symmetry(x, here, there, asked)
            pairs += x.size
        defects = ("symmetry_beyond", "symmetry")
        return _judge(found, asked, entry, part, defects, pairs, f"is {asked.symmetry}")

    return run


def _judge(
    counted: Tally,
    asked: Question,
    entry: Activation,
    part: Part,
    defects: tuple[str, ...],
    points: int,
    praise: str,
) -> Outcome:
    """Judge one property; what conforms and was counted is told."""
    found = findings(counted, asked, subject(entry, part), defects)
    diverging = [finding for finding in found if finding.kind]
    measured: dict[str, float] = {"points": points}
    measured |= {defect: number for defect in defects if (number := counted.number(defect))}
    kind = diverging[0].kind if diverging else None
    if diverging:
        grade: Grade | None = "F" if kind == "range" else None
        return Outcome.diverging(found, grade=grade, measured=measured)
    return Outcome(conforms=True, message=tell(found) or praise, measured=measured, findings=found)


def _row_range(entry: Activation, fmt: Format, low: float, high: float) -> Any:
    """Hold rows to bounds, which for these are integers and so are never passed."""

    def run(adapter: Adapter) -> Outcome:
        points = 0
        found: dict[str, list[tuple[Array, Array, Array, float]]] = {}
        for batch in batches(entry, fmt, "value"):
            got = results(adapter, entry, batch, "value")
            points += got.size
            for bound, side, name in ((low, 1, "below"), (high, -1, "above")):
                with np.errstate(invalid="ignore"):
                    past = (bound - got.astype(np.float64)) * side
                if (past > 0).any():
                    found.setdefault(name, []).append((batch.x, got, past, bound))
        findings = [_past(entry, name, parts, points) for name, parts in found.items()]
        if findings:
            count = sum(finding.count for finding in findings)
            measured: dict[str, float] = {"range": count, "points": points}
            return Outcome.diverging(findings, grade="F", measured=measured)
        return Outcome(
            conforms=True, message=f"within [{low:g}, {high:g}]", measured={"points": points}
        )

    return run


def _past(
    entry: Activation, name: str, parts: list[tuple[Array, Array, Array, float]], points: int
) -> Finding:
    """Return the finding of the results beyond one bound; of several, the furthest is shown."""
    x, got, past, bound = max(parts, key=lambda part: float(np.nanmax(part[2])))
    at = np.unravel_index(int(np.nanargmax(past)), past.shape)
    return Finding(
        key=f"range/{name}",
        kind="range",
        defect="range",
        sentence=f"{entry.name} is {name} the bound {describe(bound)}: {describe(got[at])} "
        f"at x = {brief(x[at[0]])}",
        count=sum(int((part[2] > 0).sum()) for part in parts),
        points=points,
        worst=Witness.of(x[at[0]], got[at], bound),
    )
