"""The results file of the points that the site's plots go through."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

__all__ = ["Bin", "Curve", "Curves", "Histogram", "Kink", "Line", "Point", "Variant"]

What = Literal["minimum", "maximum", "inflection"]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """Points to be joined."""

    x: list[float]
    y: list[float]


class Kink(msgspec.Struct, frozen=True, kw_only=True):
    """A point where the derivative jumps: its ends, and what the reference returns there."""

    x: float
    value: float
    low: float
    high: float
    taken: float


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A point that is worth a mark, where the function is smooth: a root of a derivative."""

    what: What
    x: float
    value: float
    derivative: float
    second: float


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """The function with one of its parameters at some value, the others at their defaults."""

    parameter: str
    at: float
    value: Line


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """An activation and its derivatives; each is broken where it jumps.

    Of a function of a row this is the slice along its first element, the second being 0: the first
    result, and its derivative with respect to the first element. It has no second derivative here.
    """

    entry: str
    value: Line
    derivative: list[Line]
    second: list[Line]
    kinks: list[Kink]
    points: list[Point]  #: From left to right.
    variants: list[Variant]  #: Parameter by parameter, from the lowest value to the highest.


class Bin(msgspec.Struct, frozen=True, kw_only=True):
    """One bar of a histogram."""

    low: float
    high: float
    count: int


class Histogram(msgspec.Struct, frozen=True, kw_only=True):
    """An initializer's density and a drawn sample; without a density all mass is at one point."""

    entry: str
    mean: float
    stddev: float
    density: Line | None
    bins: list[Bin]
    drawn_mean: float
    drawn_stddev: float


class Curves(msgspec.Struct, frozen=True, kw_only=True):
    """The content of the file."""

    remedy: ClassVar[str] = "compute it again"

    schema: str = "actinit-curves-2"
    versions: dict[str, str]
    shape: tuple[int, int]
    seed: int
    activations: list[Curve]
    initializers: list[Histogram]
