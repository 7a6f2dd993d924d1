"""A pass over hundreds of millions of weights, block by block, that counts what is rare.

A fault that one draw in a hundred million shows is in no sample that fits into memory. So tensor
after tensor is drawn, each with a seed of its own, and only counts are kept of it: of draws far
out, on a bound, on one number (`actinit.conformance.initializers.rare`), and the sum of fourth
powers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from actinit.adapters import Adapter

from ..check import Check, Finding, Outcome, Witness
from ..formats import FORMATS
from . import diagnosis, judges
from .draws import Draw
from .goodness import Verdict
from .plan import LARGER, settled, stage_of
from .rare import FOURTH, Event, events, tests
from .standard import Standard

__all__ = ["SIDE", "Stream", "check"]

Array = NDArray[Any]
Floats = NDArray[np.float64]
Tests = Mapping[str, Verdict]
#: Rows, and columns, of a tensor of the stream: 2**22 weights.
SIDE = 2048


@dataclass
class Stream:
    """Counts of a stream of weights, tensor by tensor.

    Attributes
    ----------
    distribution : Standard
        What was to be drawn.
    expected : sequence of Event
        What is counted.
    size, tensors : int
        Weights and tensors.
    counts : ndarray of int64, shape (tensors, events)
        How often each event happened in each tensor.
    fourth : ndarray of float64, shape (tensors,)
        Sums of the fourth powers of the standardised weights.
    least, greatest : float
        Of all weights.
    nonfinite, outside : int
        Weights that are infinite or nan, or beyond the bounds: what no chance excuses.
    """

    distribution: Standard
    expected: Sequence[Event]
    size: int = 0
    tensors: int = 0
    least: float = math.inf
    greatest: float = -math.inf
    nonfinite: int = 0
    outside: int = 0
    counts: NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 0), np.int64))
    fourth: Floats = field(default_factory=lambda: np.zeros(0))

    @classmethod
    def of(cls, tensors: Iterable[Array], distribution: Standard, dtype: str) -> Stream:
        """Count in tensors as they come; ends with the first that holds what no chance excuses.

        Parameters
        ----------
        tensors : iterable of ndarray
            Of one dtype.
        distribution : Standard
            What each weight should follow.
        dtype : str
            Name of the format.
        """
        fmt = FORMATS[dtype]
        found = cls(distribution, events(distribution, fmt))
        lows = np.array([event.low for event in found.expected])
        highs = np.array([event.high for event in found.expected])
        bounds = distribution.rounded_bounds(fmt)
        rows: list[NDArray[np.int64]] = []
        fourths: list[float] = []
        for tensor in tensors:
            # Formats that the compiler does not know are widened.
            kind = tensor.dtype if fmt.name in ("float32", "float64") else np.float32
            flat = np.ascontiguousarray(tensor, dtype=kind).ravel()
            counts, fourth, least, greatest, nonfinite, outside = _pass(
                flat, distribution.mean, distribution.stddev, *bounds, lows, highs
            )
            rows.append(counts)
            fourths.append(fourth)
            found.size += flat.size
            found.tensors += 1
            found.least, found.greatest = min(found.least, least), max(found.greatest, greatest)
            found.nonfinite += nonfinite
            found.outside += outside
            if found.nonfinite or found.outside:
                break
        found.counts, found.fourth = np.array(rows), np.array(fourths)
        return found

    @property
    def totals(self) -> dict[str, int]:
        """How often each event happened, by name."""
        every = self.counts.sum(axis=0)
        return {one.name: int(count) for one, count in zip(self.expected, every, strict=True)}

    @property
    def furthest(self) -> float:
        """How many standard deviations from the mean the outermost weight lies."""
        mean, stddev = self.distribution.mean, self.distribution.stddev
        return max(mean - self.least, self.greatest - mean) / stddev

    def tests(self) -> Tests:
        """Test the counts and the fourth moment."""
        counts = list(self.totals.values())
        fourth = float(self.fourth.sum())
        return tests(self.expected, counts, self.size, fourth, self.distribution)


@njit(cache=True, nogil=True)
def _pass(weights, mean, stddev, low, high, lows, highs):  # type: ignore[no-untyped-def]
    counts = np.zeros(len(lows), np.int64)
    # Between these there are no events but those of single numbers.
    inner_low, inner_high = -np.inf, np.inf
    numbers = np.zeros(2)
    singles = 0
    for k in range(len(lows)):
        if lows[k] == highs[k] and lows[k] != low and lows[k] != high:
            numbers[singles] = lows[k]
            singles += 1
        elif highs[k] < mean:
            inner_low = max(inner_low, highs[k])
        else:
            inner_high = min(inner_high, lows[k])
    first = numbers[0] if singles > 0 else np.nan
    second = numbers[1] if singles > 1 else np.nan
    scale = 1 / stddev
    fourth = 0.0
    least, greatest = np.inf, -np.inf
    nonfinite = outside = 0
    for weight in weights:
        w = np.float64(weight)
        square = (w - mean) * scale
        square *= square
        fourth += square * square
        least = w if w < least else least
        greatest = w if w > greatest else greatest
        if not inner_low < w < inner_high or ((w == first) | (w == second)):  # few are, or nan
            if not np.isfinite(w):
                nonfinite += 1
            elif w < low or w > high:
                outside += 1
            for k in range(len(lows)):
                counts[k] += lows[k] <= w <= highs[k]
    return counts, fourth, least, greatest, nonfinite, outside


def check(draw: Draw, weights: int) -> Check:
    """Return the check of what is rare: ``initializer/he_normal/float32/stream``.

    Parameters
    ----------
    draw : Draw
        What is drawn; its sizes are replaced.
    weights : int
        How many, of the first stage; rounded up to whole tensors.
    """
    side = min(SIDE, math.isqrt(weights))
    count = -(-weights // side**2)
    told = Draw(
        draw.entry, draw.path, draw.dtype, {"i": side, "o": side}, draw.parameters, about="stream"
    )

    def run(adapter: Adapter) -> Outcome:
        return outcome(told.offered(adapter), count, adapter)

    return told.check("distribution", run)


def outcome(draw: Draw, count: int, adapter: Adapter) -> Outcome:
    """Draw so many tensors, and four times as many where that leaves a doubt, and judge them.

    Parameters
    ----------
    draw : Draw
        What is drawn, as the backend can be told.
    count : int
        Tensors of the first stage.
    adapter : Adapter
        The backend.
    """
    distribution = Standard(draw.distribution)
    streams: dict[int, Stream] = {}

    def drawn(stage: int) -> Stream:
        if stage not in streams:
            places = range(count) if stage == 0 else range(count, count * (1 + LARGER))
            tensors = (draw.run(adapter, later=place) for place in places)
            streams[stage] = Stream.of(tensors, distribution, draw.dtype)
        return streams[stage]

    if bad := _inexcusable(draw, drawn(0), 0):
        return bad
    found, failing = settled(lambda stage: drawn(stage).tests())
    if len(streams) > 1 and (bad := _inexcusable(draw, drawn(1), count)):
        return bad
    stage = stage_of(found, failing)
    kept = streams[stage]
    measured = {
        "n": kept.size, "min": kept.least, "max": kept.greatest, **judges.figures(found),
    }  # fmt: skip
    if failing:
        findings = _findings(draw, kept, failing, later=count * stage)
        others = ", ".join(one.key.rpartition("/")[2].replace("_", " ") for one in findings[1:])
        message = findings[0].sentence + (f"; and {others}" if others else "")
        return Outcome.diverging(findings, message, measured=measured)
    least = min(test.p for test in found.values())
    message = f"{kept.size:,} draws, {len(found)} tests, least p = {least:.2g}"
    return Outcome(conforms=True, message=message, measured=measured)


def _inexcusable(draw: Draw, kept: Stream, later: int) -> Outcome | None:
    """Object to weights that are no numbers, or beyond the bounds; None if there are none.

    The stream has ended with the tensor that they are in.
    """
    if bad := judges.nonfinite_among(kept.nonfinite, kept.size):
        return bad
    if not kept.outside:
        return None
    least, greatest = kept.distribution.rounded_bounds(FORMATS[draw.dtype])
    sides = {
        "lower": (kept.least, least, kept.least < least, "w.min()"),
        "upper": (kept.greatest, greatest, kept.greatest > greatest, "w.max()"),
    }
    findings = [
        Finding(
            key=f"stream/outside-{side}",
            kind="range",
            defect="stream",
            sentence=f"of {kept.size:,} draws {kept.outside:,} are outside [{least!r}, "
            f"{greatest!r}], the bounds rounded to {draw.dtype}: {got!r} is one",
            count=kept.outside,
            points=kept.size,
            worst=Witness.figure(f"{side} end", got, bound, measure=measure),
            data={"tensors": 1, "later": later + kept.tensors - 1},
        )
        for side, (got, bound, past, measure) in sides.items()
        if past
    ]
    return Outcome.diverging(findings, measured={"n": kept.size, "outside": kept.outside})


def _findings(
    draw: Draw, kept: Stream, failing: Mapping[str, Verdict], later: int
) -> list[Finding]:
    """Return a finding for each test that failed, shown on the tensor that shows it most.

    What is on a number of its own comes first, then tails from the outside in, for these count what
    lies further out.
    """
    totals = kept.totals
    cause = diagnosis.of_rare(kept.distribution, totals, kept.size, failing, kept.furthest)
    found = []
    for place in _telling(kept.expected):
        event = kept.expected[place]
        if event.name not in failing:
            continue
        count, due = totals[event.name], event.due * kept.size
        tensor = int(kept.counts[:, place].argmax() if count > due else 0)
        worst = Witness.figure(
            f"draws that are {event.words}, in a tensor",
            int(kept.counts[tensor, place]),
            event.due * kept.size / kept.tensors,
            error=float(count),
            measure=_measure(event),
        )
        sentence = f"{count:,} of {kept.size:,} draws are {event.words}, where {due:.3g} are due"
        found.append((event.name, sentence, worst, tensor, count))
    if FOURTH in failing:
        got, due = float(kept.fourth.sum()) / kept.size, kept.distribution.power(4)[0]
        tensor = int(np.abs(kept.fourth - due * kept.size / kept.tensors).argmax())
        mean, stddev = kept.distribution.mean, kept.distribution.stddev
        worst = Witness.figure(
            "standardised fourth moment, of a tensor",
            float(kept.fourth[tensor]) * kept.tensors / kept.size,
            due,
            error=failing[FOURTH].statistic,
            measure=f"(((w - {mean!r}) / {stddev!r}) ** 4).mean()",
        )
        sentence = f"the fourth moment of {kept.size:,} draws is {got:.7g}, where {due:.7g} is due"
        found.append((FOURTH, sentence, worst, tensor, 1))
    return [
        Finding(
            key=f"stream/{name}",
            kind="distribution",
            defect="stream",
            sentence=f"{sentence}, p = {failing[name].p:.1g}"
            + (f"; this looks like: {cause}" if cause else ""),
            count=count,
            points=kept.size,
            worst=worst,
            data={
                "statistic": failing[name].statistic,
                "p": failing[name].p,
                "tensors": 1,
                "later": later + tensor,
            },
            looks_like=cause,
        )
        for name, sentence, worst, tensor, count in found
    ]


def _telling(expected: Sequence[Event]) -> list[int]:
    """Return the places of events, those that say most first."""
    cuts = [event.name.partition("_")[2] for event in expected]
    order = [-int(cut) if cut.isdecimal() else -math.inf for cut in cuts]
    return sorted(range(len(expected)), key=lambda place: order[place])


def _measure(event: Event) -> str:
    if event.low == event.high:
        return f"(w == {event.low!r}).sum()"
    # A weight beyond the bound is no event of this kind: the stream would have ended with it.
    return (
        f"(w <= {event.high!r}).sum()"
        if event.name.startswith("lower")
        else f"(w >= {event.low!r}).sum()"
    )
