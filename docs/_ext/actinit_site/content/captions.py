"""What is marked in the plots of a function, in words."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from actinit.conformance.results.curves import Curve

from .numbers import number

__all__ = ["derivative", "gaps", "second", "value"]


def value(curve: Curve) -> str:
    """Return what is marked in the plot of a function: dots at kinks, rings where it is flat."""
    kinks = len(curve.kinks)
    marks = [f"{_some('a dot', 'dots', kinks)} at the {_some('kink', 'kinks', kinks)}"] * bool(
        kinks
    )
    counts = Counter(point.what for point in curve.points)
    if counts:
        places = [_some(what, _PLURAL[what], count) for what, count in counts.items()]
        marks.append(f"{_some('a ring', 'rings', counts.total())} at the {' and '.join(places)}")
    return "; ".join(marks)


def derivative(curve: Curve) -> str:
    """Return what is marked in the plot of a derivative: what is taken where it jumps."""
    if not curve.kinks:
        return ""
    kinks = len(curve.kinks)
    return f"{_some('a dot', 'dots', kinks)} at what is taken where it jumps"


def second(curve: Curve) -> str:
    """Return what is marked in the plot of a second derivative: its roots and its gaps."""
    roots = sum(point.what == "inflection" for point in curve.points)
    marks = [f"{_some('a ring', 'rings', roots)} where it is 0"] * bool(roots)
    return "; ".join([*marks, *["open where there is none"] * (len(curve.second) > 1)])


def gaps(curve: Curve) -> str:
    """Return where a second derivative has gaps, such as ``x = -3, 3``; empty if nowhere."""
    places = [number((one.x[-1] + next.x[0]) / 2) for one, next in pairwise(curve.second)]
    return f"x = {', '.join(places)}" if places else ""


_PLURAL = {"minimum": "minima", "maximum": "maxima", "inflection": "inflections"}


def _some(one: str, more: str, count: int) -> str:
    return one if count == 1 else more
