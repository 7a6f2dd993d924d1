"""The numbers of the plots of a function, at the integers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from actinit.conformance.results.curves import Curve, Line

__all__ = ["Row", "rows"]


class Row(NamedTuple):
    """A function and its derivatives at a point; None where there is none."""

    x: float
    value: float
    derivative: float | None
    second: float | None


def rows(curve: Curve) -> Iterator[Row]:
    """Yield the numbers that are drawn at each integer; at a kink none of a derivative."""
    kinks = {kink.x for kink in curve.kinks}
    seams = {line.x[-1] for line in curve.second[:-1]}
    derivative, second = _by_x(curve.derivative, kinks), _by_x(curve.second, seams)
    for x, value in zip(curve.value.x, curve.value.y, strict=True):
        if x.is_integer():
            yield Row(x, value, derivative.get(x), second.get(x))


def _by_x(lines: Iterable[Line], without: set[float]) -> dict[float, float]:
    found = {x: y for line in lines for x, y in zip(line.x, line.y, strict=True)}
    return {x: y for x, y in found.items() if x not in without}
