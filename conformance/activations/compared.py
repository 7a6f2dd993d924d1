"""Two ways of a backend to the same results: what differs between them, and what must not.

Both are asked for the same sample. Where the spec grants each of them a rounding or two their last
digits may differ, and how far is noted. A difference that is more than both may be off together
says that the way decides whether a result is right: that is a finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actinit.spec import Activation, Part

from ..check import Finding, Outcome, Witness
from ..error.intervals import short
from ..error.metric import lost, ulp
from ..expected.batches import Batch
from ..expected.question import question
from ..formats import Format, brief, hexadecimal

__all__ = ["Compared", "Ways", "outcome_of"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

_LARGEST = np.finfo(np.float64).max


class Ways(NamedTuple):
    """What the two ways are called in sentences, such as ``compiled`` and ``eager``."""

    one: str
    other: str


class Compared:
    """What two ways gave for a batch, and how far apart that is in ulp of the exact result.

    Parameters
    ----------
    entry : Activation
        The entry.
    fmt : Format
        The format.
    part : {"value", "derivative"}
        What was asked.
    batch : Batch
        The sample.
    one, other : ndarray
        The results, in the order of the batch.
    """

    def __init__(
        self, entry: Activation, fmt: Format, part: Part, batch: Batch, one: Any, other: Any
    ) -> None:
        self.x, self.one, self.other = batch.x, one, other
        self.right: Floats = batch.exact.rounded
        results = [result.astype(np.float64) for result in (one, other)]
        bits = [np.ascontiguousarray(result).view(fmt.bits) for result in (one, other)]
        nan = [np.isnan(result) for result in results]
        self.differing: Mask = (bits[0] != bits[1]).reshape(other.shape) & ~(nan[0] & nan[1])
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

    def witness(self, mask: Mask) -> tuple[Witness, float]:
        """Return where the chosen results are farthest apart, and what is right there."""
        sizes = np.where(mask, np.where(self.nonfinite, np.inf, self.ulps), -1.0)
        at = np.unravel_index(int(np.argmax(sizes)), sizes.shape)
        found = Witness.of(self.x[at[0]], self.one[at], self.other[at], error=float(sizes[at]))
        return found, float(self.right[at])

    def where(self, mask: Mask) -> tuple[float, float]:
        """Return the least and the greatest input of the chosen; of rows, their widths."""
        x = self.x.astype(np.float64)
        places = x if x.ndim == 1 else x.max(axis=1) - x.min(axis=1)
        chosen = places[mask.reshape(len(x), -1).any(axis=1)]
        return float(chosen.min()), float(chosen.max())


def outcome_of(
    compared: list[Compared], what: str, ways: Ways, further: Sequence[Finding] = ()
) -> Outcome:
    """Judge what was compared.

    Parameters
    ----------
    compared : list of Compared
        One for each batch.
    what : str
        Of which function, as sentences have it.
    ways : Ways
        Names of the two ways.
    further : sequence of Finding, optional
        What differs beside the batches.

    Returns
    -------
    Outcome
        Conforming if nothing is further apart than the spec grants both; differences are noted.
    """
    count = sum(one.x.shape[0] for one in compared)
    differing = sum(int(one.differing.sum()) for one in compared)
    if not differing and not further:
        return Outcome(
            conforms=True,
            message=f"the same bits as {ways.other}",
            measured={"points": count, "differing": 0},
        )
    diverging = [
        *further, *_findings(compared, "nonfinite", what, ways),
        *_findings(compared, "beyond", what, ways),
    ]  # fmt: skip
    apart = max(float(one.ulps[np.isfinite(one.ulps)].max(initial=0.0)) for one in compared)
    measured = {"points": count, "differing": differing, "apart": apart}
    if diverging:
        return Outcome.diverging(diverging, measured=measured)
    noted = _findings(compared, "differing", what, ways)
    message = "; ".join(finding.sentence for finding in noted)
    return Outcome(
        conforms=True,
        message=f"{message}; within what the spec grants both",
        witness=noted[0].worst,
        measured=measured,
        findings=noted,
    )


def _findings(compared: list[Compared], defect: str, what: str, ways: Ways) -> list[Finding]:
    """Return a finding for each side of zero, or for all widths of rows, that has the defect."""
    by_side: dict[int, list[tuple[Compared, Mask]]] = {}
    for one in compared:
        for side, mask in enumerate(one.sides(getattr(one, defect))):
            if mask.any():
                by_side.setdefault(side, []).append((one, mask))
    rows = compared[0].x.ndim > 1
    return [
        _finding(chosen, defect, what, ways, "rows" if rows else ("negative", "positive")[side])
        for side, chosen in sorted(by_side.items())
    ]


def _finding(
    chosen: list[tuple[Compared, Mask]], defect: str, what: str, ways: Ways, side: str
) -> Finding:
    ends = [one.where(mask) for one, mask in chosen]
    low, high = min(end[0] for end in ends), max(end[1] for end in ends)
    worst, right = max(
        (one.witness(mask) for one, mask in chosen),
        key=lambda found: np.inf if found[0].error is None else found[0].error,
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
        sentence=f"{ways.one}, {what} is not what it is {ways.other} {where}: "
        f"at {worst.x} it is {worst.got}, {ways.other} {worst.exact}{size}; "
        f"right is {brief(right)}",
    )
