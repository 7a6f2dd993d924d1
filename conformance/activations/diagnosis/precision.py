"""Forms of too few digits: rounded, truncated, of a rounded input, from a table, in steps."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from actinit.spec import Activation, Part

from ...error.metric import ulp
from ...expected.reference import reference_at
from ...formats import Format
from .arithmetic import cutting, narrower, to_precision
from .evidence import Curve, Evidence, Floats, Form, Points, noise

__all__ = ["cancelled", "grain", "rounded", "tabulated"]

_GATED = ("gelu", "gelu_tanh", "silu")
# Results that are looked at at least, and what of them must be so.
_FEW, _ALL = 64, 0.99
_LINEAR = range(2, 12)
# Steps have so many values less than what is right, in the sample.
_FEWER = 0.6
# In formats of 16 bits all results have few bits and few values.
_FINE = 24
# Steps that a person would choose for fixed-point numbers or for a number of digits.
_STEPS = tuple(
    sorted([10.0**-k for k in range(1, 13)] + [2.0**-k for k in range(1, 53)] + [1 / 255, 1 / 127],
           reverse=True)
)  # fmt: skip
# A table's ends and number of nodes, as a person would choose them.
_ENDS = (3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0, 16.0, 20.0)
_NODES = (16, 32, 64, 100, 128, 200, 256, 400, 500, 512, 800, 1000, 1024, 2000, 2048, 4096, 8192)


def rounded(evidence: Evidence) -> Iterator[Form]:
    """Yield what was asked for, with its result or its input in a narrower format."""
    for kind in narrower(evidence.fmt):
        for text, truncate in (("rounded", False), ("truncated", True)):
            cut = cutting(kind, truncate=truncate)
            yield from _cut(evidence, f"{text} to {kind.name}", text, cut)


def _cut(evidence: Evidence, how: str, again: str, cut: Curve) -> Iterator[Form]:
    own = evidence.own

    def right(x: Floats) -> Floats:
        # What is cut was a number of the format before.
        return evidence.right(x).astype(evidence.fmt.dtype).astype(np.float64)

    yield Form(f"{own} {how}", lambda x: cut(right(x)))
    yield Form(f"{own} of x {how}", lambda x: evidence.right(cut(x)))
    yield Form(f"{own} of x {how}, {again} again", lambda x: cut(right(cut(x))))
    if evidence.part == "value" and evidence.entry.name in _GATED:
        yield Form(f"x times a gate {how}", lambda x: x * cut(evidence.right(x) / x))


def tabulated(evidence: Evidence) -> Iterator[Form]:
    """Yield tables of what was asked for, with straight lines or steps between their nodes."""
    for end in _ENDS:
        for count in sorted({each + extra for each in _NODES for extra in (0, 1)}):
            yield from _table(evidence, end, count)


def _table(evidence: Evidence, end: float, count: int) -> Iterator[Form]:
    nodes, values = _nodes(evidence.entry, evidence.part, end, count)

    def nearest(x: Floats) -> Floats:
        place = (np.clip(x, -end, end) + end) / (nodes[1] - nodes[0])
        return np.asarray(values[np.rint(place).astype(np.intp)])

    about = f"a table of {count} nodes from {-end:g} to {end:g}"
    yield Form(
        f"{about}, with straight lines between them",
        lambda x: np.asarray(np.interp(x, nodes, values)),
    )
    yield Form(f"{about}, the nearest of them", nearest)


@lru_cache(maxsize=2**10)  # those of a function's value, derivative and one more: some 10 MB
def _nodes(entry: Activation, part: Part, end: float, count: int) -> tuple[Floats, Floats]:
    """Return nodes and what is right there, which every format and every wrong result asks for."""
    nodes = np.linspace(-end, end, count)
    return nodes, reference_at(entry, part, nodes)


def grain(evidence: Evidence) -> str:
    """Name results that have few digits, few values, or lie on lines, whatever else they are."""
    x, got, right, _ = evidence.wrong
    if evidence.fmt.precision < _FINE:
        return ""
    usable = np.isfinite(got) & (got != 0) & np.isfinite(right)
    if usable.sum() < _FEW or usable.mean() < 0.5:
        return ""
    x, got, right = x[usable], got[usable], right[usable]
    return (
        _few_bits(evidence, x, got)
        or _multiples(evidence, got, right)
        or _steps(x, got, right)
        or _lines(evidence, x, got, right)
    )


def _few_bits(evidence: Evidence, x: Floats, got: Floats) -> str:
    """Name results with fewer significant bits than their format has."""
    if np.unique(got).size < _FEW:
        return ""
    for kind in reversed(list(narrower(evidence.fmt))):
        if (to_precision(got, kind) == got).mean() >= _ALL:
            # Of inputs with few digits a plain function has few digits too.
            if (to_precision(x, kind) == x).mean() > 0.5:
                return ""
            return f"computed in {kind.name}"
    return ""


def _multiples(evidence: Evidence, got: Floats, right: Floats) -> str:
    """Name results that are multiples of a number, as in fixed point."""
    unit = ulp(got, evidence.fmt)
    for step in _STEPS:
        # Multiples that are no finer than the format's own numbers say something.
        coarse = step >= 16 * unit
        if coarse.mean() < 0.9:
            return ""
        off = np.abs(got - step * np.rint(got / step))
        if (off <= 2 * unit).mean() >= _ALL and np.unique(got).size >= 4:
            if np.quantile(np.abs(got - right), _ALL) > 8 * step:
                return ""
            if step == 2.0 ** -(round(-np.log2(step))) and step <= 2.0**-8:
                return (
                    f"multiples of 2**-{round(-np.log2(step))}, as where a term near 1 cancels or "
                    "in fixed point"
                )
            return f"rounded to multiples of {step:.6g}"
    return ""


def _steps(x: Floats, got: Floats, right: Floats) -> str:
    """Name results of few values where right ones have many."""
    inner = (np.abs(x) < 16) & (np.abs(x) > 2.0**-6)
    x, got, right = x[inner], got[inner], right[inner]
    values, due = np.unique(got).size, np.unique(right).size
    if values < 4 or values > _FEWER * due:
        return ""
    # Each value is that of one interval, or of one on each side.
    runs = 1 + int((np.diff(got) != 0).sum())
    return f"piecewise constant, as of a table: {values} values" if runs <= 2 * values else ""


def _lines(evidence: Evidence, x: Floats, got: Floats, right: Floats) -> str:
    """Name results that lie on straight lines where the right ones do not."""
    fmt = evidence.fmt
    for exponent in _LINEAR:
        width = 2.0**-exponent
        straight = bent = 0
        for cell in _cells(x, width):
            points, results, exact = x[cell], got[cell], right[cell]
            chord = np.interp(points, points[[0, -1]], results[[0, -1]])
            due = np.interp(points, points[[0, -1]], exact[[0, -1]])
            unit = float(ulp(np.abs(results).max(keepdims=True), fmt)[0])
            if np.abs(exact - due).max() > 16 * unit:
                bent += 1
                straight += int(np.ptp(results) > 0 and np.abs(results - chord).max() <= 2 * unit)
        if bent >= 8 and straight >= 0.5 * bent:
            return "piecewise linear, as interpolated in a table"
    return ""


def _cells(x: Floats, width: float) -> Iterator[slice]:
    """Yield runs of at least five inputs in intervals of a width, within [-16, 16]."""
    inside = np.flatnonzero(np.abs(x) < 16)
    if inside.size == 0:
        return
    cell = np.floor(x[inside] / width)
    starts = np.flatnonzero(np.append(True, np.diff(cell) != 0))
    for start, stop in zip(starts, [*starts[1:], inside.size], strict=True):
        if stop - start >= 5:
            yield slice(int(inside[start]), int(inside[stop - 1]) + 1)


def cancelled(points: Points, fmt: Format) -> str:
    """Name results that are off by roundings of terms which are much larger than the result."""
    allowed = noise(points, fmt)
    small = np.abs(points.right) <= np.maximum(1.0, np.abs(points.x)) / 8
    errors = np.abs(points.got - points.right)
    few = errors <= 4 * allowed
    if (
        points.x.size >= 8
        and (small & few).mean() >= _ALL
        and (errors >= allowed / 32).mean() > 0.1
    ):
        return "off by a few roundings of terms near 1 or x, as where such terms cancel"
    return ""
