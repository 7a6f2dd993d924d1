"""A compiled mode of a framework against its eager one: what compiling changes.

Both are asked for the same sample. Where the spec grants each of them a rounding or two their last
digits may differ, and how far is noted. A difference that is more than both may be off together
says that compiling decides whether a result is right: that is a finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters import Adapter, NotOffered, load
from actinit.spec import Activation, Part

from ..backend.eager import eager_name
from ..check import Check, Finding, Outcome, Witness
from ..error.intervals import short
from ..error.metric import lost, ulp
from ..expected.batches import Batch, batches
from ..expected.question import question
from ..formats import ARITHMETIC, Format, hexadecimal
from .judge import subject
from .naming import PARTS, activation_check
from .sample import results

__all__ = ["checks"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

_LARGEST = np.finfo(np.float64).max
_eager = cache(load)


def checks(entry: Activation) -> Iterator[Check]:
    """Yield the checks of modes: ``activation/elu/float32/value/mode``."""
    for fmt in ARITHMETIC.values():
        for part in PARTS:
            run = _runner(entry, fmt, part)
            yield activation_check(entry, (fmt.name, part, "mode"), part, run)


def _runner(entry: Activation, fmt: Format, part: Part) -> Any:
    def run(adapter: Adapter) -> Outcome:
        name = eager_name(adapter)
        if name is None:
            raise NotOffered(f"{adapter.name} is no compiled mode of a framework")
        eager = _eager(name)
        compared = [
            _Compared(
                entry, fmt, part, batch, results(adapter, entry, batch, part),
                results(eager, entry, batch, part),
            )
            for batch in batches(entry, fmt, part)
        ]  # fmt: skip
        return _outcome(compared, subject(entry, part))

    return run


class _Compared:
    """What the two modes gave for a batch, and how far apart that is in ulp of the exact result."""

    def __init__(
        self, entry: Activation, fmt: Format, part: Part, batch: Batch, compiled: Any, eager: Any
    ) -> None:
        self.x, self.compiled, self.eager = batch.x, compiled, eager
        results = [result.astype(np.float64) for result in (compiled, eager)]
        bits = [np.ascontiguousarray(result).view(fmt.bits) for result in (compiled, eager)]
        nan = [np.isnan(result) for result in results]
        self.differing: Mask = (bits[0] != bits[1]).reshape(eager.shape) & ~(nan[0] & nan[1])
        self.nonfinite: Mask = (np.isfinite(results[0]) != np.isfinite(results[1])) & self.differing
        exact = np.abs(batch.exact.rounded)
        with np.errstate(all="ignore"):
            apart = np.minimum(np.abs(results[0] - results[1]) / ulp(exact, fmt), _LARGEST)
        # Whether subnormal numbers are flushed is a policy, as it is in the metric.
        counted = self.differing & ~self.nonfinite & (exact >= 2.0**fmt.emin)
        self.ulps: Floats = np.where(counted, apart, 0.0)
        # Nor do both keep to the spec where one of them alone is lost, beside a root too.
        gone = [lost(result, batch.exact.rounded, fmt) for result in results]
        self.beyond: Mask = self.ulps > self._granted(entry, fmt, part, batch)
        self.beyond |= counted & (gone[0] != gone[1])

    def _granted(self, entry: Activation, fmt: Format, part: Part, batch: Batch) -> Floats:
        """Return how far apart two results may be that both keep to the spec."""
        if batch.budget is not None:
            return 2 * batch.budget
        return 2 * question(entry, fmt, part).budgets(batch.x.astype(np.float64))

    def sides(self, mask: Mask) -> Iterator[Mask]:
        """Yield the chosen results of negative inputs and of positive ones, or all of rows."""
        if self.x.ndim > 1:
            yield mask
        else:
            yield mask & np.signbit(self.x)
            yield mask & ~np.signbit(self.x)

    def witness(self, mask: Mask) -> Witness:
        """Return where the chosen results are farthest apart."""
        sizes = np.where(mask, np.where(self.nonfinite, np.inf, self.ulps), -1.0)
        at = np.unravel_index(int(np.argmax(sizes)), sizes.shape)
        return Witness.of(self.x[at[0]], self.compiled[at], self.eager[at], error=float(sizes[at]))

    def where(self, mask: Mask) -> tuple[float, float]:
        """Return the least and the greatest input of the chosen; of rows, their widths."""
        x = self.x.astype(np.float64)
        places = x if x.ndim == 1 else x.max(axis=1) - x.min(axis=1)
        chosen = places[mask.reshape(len(x), -1).any(axis=1)]
        return float(chosen.min()), float(chosen.max())


def _outcome(compared: list[_Compared], what: str) -> Outcome:
    count = sum(one.x.shape[0] for one in compared)
    differing = sum(int(one.differing.sum()) for one in compared)
    if not differing:
        return Outcome(
            conforms=True,
            message="the same bits as the eager mode",
            measured={"points": count, "differing": 0},
        )
    diverging = [*_findings(compared, "nonfinite", what), *_findings(compared, "beyond", what)]
    noted = _findings(compared, "differing", what)
    shown = diverging or noted
    apart = max(float(one.ulps[np.isfinite(one.ulps)].max(initial=0.0)) for one in compared)
    message = "; ".join(finding.sentence for finding in shown)
    return Outcome(
        conforms=not diverging,
        kind="mode" if diverging else None,
        message=message if diverging else f"{message}; within what the spec grants both",
        witness=shown[0].worst,
        measured={"points": count, "differing": differing, "apart": apart},
        findings=shown,
    )


def _findings(compared: list[_Compared], defect: str, what: str) -> list[Finding]:
    """Return a finding for each side of zero, or for all widths of rows, that has the defect."""
    by_side: dict[int, list[tuple[_Compared, Mask]]] = {}
    for one in compared:
        for side, mask in enumerate(one.sides(getattr(one, defect))):
            if mask.any():
                by_side.setdefault(side, []).append((one, mask))
    rows = compared[0].x.ndim > 1
    return [
        _finding(chosen, defect, what, "rows" if rows else ("negative", "positive")[side])
        for side, chosen in sorted(by_side.items())
    ]


def _finding(chosen: list[tuple[_Compared, Mask]], defect: str, what: str, side: str) -> Finding:
    ends = [one.where(mask) for one, mask in chosen]
    low, high = min(end[0] for end in ends), max(end[1] for end in ends)
    worst = max(
        (one.witness(mask) for one, mask in chosen),
        key=lambda found: np.inf if found.error is None else found.error,
    )
    near, far = sorted((low, high), key=abs)
    where = f"at {short(near)}" if near == far else f"from {short(near)} to {short(far)}"
    if side == "rows":
        where = f"in rows of width {short(low)} to {short(high)}"
    size = "" if worst.error is None else f", {short(worst.error)} ulp apart"
    return Finding(
        key=f"{defect}/{side}/1",
        kind=None if defect == "differing" else "mode",
        defect=defect,
        first=repr(low),
        last=repr(high),
        first_hex=hexadecimal(low),
        last_hex=hexadecimal(high),
        count=sum(int(mask.sum()) for _, mask in chosen),
        points=sum(mask.size for _, mask in chosen),
        worst=worst,
        sentence=f"compiled, {what} is not what it is eager {where}: "
        f"at {worst.x} it is {worst.got}, eager {worst.exact}{size}",
    )
