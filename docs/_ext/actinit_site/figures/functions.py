"""Functions and their derivatives, alone, together, and as their parameters change."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from matplotlib.axes import Axes

from actinit.conformance.results.curves import Curve, Line

from .canvas import FAINT, PAGE, SERIES, Drawing

__all__ = ["derivative", "second", "together", "value", "variants"]

# A span of values that is none: the axis is not to magnify it.
_LEVEL = 1e-9
# Beside the colours, so that a plot can be read without them.
_DASHES = ("-", "--", "-.", ":")


def value(curve: Curve) -> Drawing:
    """Draw a function: a dot at each kink, a ring where it is flat or bends the other way."""

    def draw(axes: Axes) -> None:
        _axis(axes)
        axes.plot(curve.value.x, curve.value.y, color=SERIES[0])
        for kink in curve.kinks:
            axes.plot(kink.x, kink.value, "o", color=SERIES[0], markersize=5)
        _rings(axes, SERIES[0], [(point.x, point.value) for point in curve.points])

    return Drawing(f"{curve.entry}-value", curve, draw)


def derivative(curve: Curve) -> Drawing:
    """Draw a derivative: open where it jumps, a dot at what is taken there; rings as in `value`."""

    def draw(axes: Axes) -> None:
        _axis(axes)
        _broken(axes, curve.derivative, color=SERIES[1])
        _rings(axes, SERIES[1], [(point.x, point.derivative) for point in curve.points])
        for kink in curve.kinks:
            axes.vlines(kink.x, kink.low, kink.high, color=SERIES[1], linewidth=5, alpha=0.25)
            axes.plot([kink.x] * 2, [kink.low, kink.high], "o", color=SERIES[1],
                      markersize=5, markerfacecolor=PAGE)  # fmt: skip
            axes.plot(kink.x, kink.taken, "o", color=SERIES[1], markersize=5)

    return Drawing(f"{curve.entry}-derivative", curve, draw)


def second(curve: Curve) -> Drawing:
    """Draw a second derivative: open where there is none, a ring where it is 0."""

    def draw(axes: Axes) -> None:
        _axis(axes)
        _broken(axes, curve.second, color=SERIES[2])
        roots = [point for point in curve.points if point.what == "inflection"]
        _rings(axes, SERIES[2], [(point.x, point.second) for point in roots])
        ends = [at for one, next in pairwise(curve.second)
                for at in ((one.x[-1], one.y[-1]), (next.x[0], next.y[0]))]  # fmt: skip
        _rings(axes, SERIES[2], ends)
        low, high = axes.get_ylim()
        if high - low < _LEVEL:  # nothing but zeros, or nearly so
            axes.set_ylim(-1, 1)

    return Drawing(f"{curve.entry}-second", curve, draw)


def variants(curve: Curve, parameter: str, symbol: str) -> Drawing:
    """Draw a function for several values of a parameter."""
    shown = [one for one in curve.variants if one.parameter == parameter]

    def draw(axes: Axes) -> None:
        _axis(axes)
        for number, one in enumerate(shown):
            axes.plot(one.value.x, one.value.y, color=SERIES[number], linestyle=_DASHES[number % 4],
                      linewidth=1.6, label=f"{symbol} = {one.at:g}")  # fmt: skip
        axes.figure.legend(loc="outside lower center", ncols=2)

    return Drawing(f"{curve.entry}-{parameter}", shown, draw)


def together(name: str, curves: list[Curve], *, derivative: bool) -> Drawing:
    """Draw several functions, or their derivatives, in one picture."""

    def draw(axes: Axes) -> None:
        _axis(axes)
        for number, curve in enumerate(curves):
            look: dict[str, Any] = {
                "color": SERIES[number % 7],
                "linestyle": ("-", "--")[number // 7 % 2],
            }
            if derivative:
                _broken(axes, curve.derivative, label=curve.entry, linewidth=1.6, **look)
            else:
                axes.plot(curve.value.x, curve.value.y, label=curve.entry, linewidth=1.6, **look)
        axes.set_ylim((-0.25, 1.25) if derivative else (-2.2, 4.2))
        axes.figure.legend(loc="outside lower center", ncols=3)

    return Drawing(name, curves, draw, size=(4.6, 4.4))


def _axis(axes: Axes) -> None:
    """Draw the lines x = 0 and y = 0 a little stronger than the grid."""
    for line in (axes.axhline, axes.axvline):
        line(0, color=FAINT, linewidth=1)
    axes.set_xlabel("x")
    axes.margins(x=0)


def _rings(axes: Axes, colour: str, places: Iterable[tuple[float, float]]) -> None:
    for x, y in places:
        axes.plot(x, y, "o", color=colour, markersize=5, markerfacecolor=PAGE)


def _broken(axes: Axes, lines: Iterable[Line], *, label: str | None = None, **look: Any) -> None:
    for line in lines:
        axes.plot(line.x, line.y, label=label, **look)
        label = None
