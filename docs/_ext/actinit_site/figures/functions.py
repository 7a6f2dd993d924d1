"""Functions and their derivatives, alone and together."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from actinit.conformance.curves import Curve

from .canvas import FAINT, PAGE, SERIES, Drawing

__all__ = ["derivative", "together", "value"]


def value(curve: Curve) -> Drawing:
    """Draw a function."""

    def draw(axes: Axes) -> None:
        _axis(axes)
        axes.plot(curve.value.x, curve.value.y, color=SERIES[0])

    return Drawing(f"{curve.entry}-value", curve, draw)


def derivative(curve: Curve) -> Drawing:
    """Draw a derivative: open where it jumps, a dot at what is taken there."""

    def draw(axes: Axes) -> None:
        _axis(axes)
        _broken(axes, curve, color=SERIES[1])
        for kink in curve.kinks:
            axes.vlines(kink.x, kink.low, kink.high, color=SERIES[1], linewidth=5, alpha=0.25)
            axes.plot([kink.x] * 2, [kink.low, kink.high], "o", color=SERIES[1],
                      markersize=5, markerfacecolor=PAGE)  # fmt: skip
            axes.plot(kink.x, kink.taken, "o", color=SERIES[1], markersize=5)

    return Drawing(f"{curve.entry}-derivative", curve, draw)


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
                _broken(axes, curve, label=curve.entry, linewidth=1.6, **look)
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


def _broken(axes: Axes, curve: Curve, *, label: str | None = None, **look: Any) -> None:
    for line in curve.derivative:
        axes.plot(line.x, line.y, label=label, **look)
        label = None
