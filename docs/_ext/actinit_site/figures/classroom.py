"""Plots of the page for a class: functions that can be switched, gradients, and starts on MNIST."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from actinit.conformance.results.curves import Curve

from ..content.classroom import Course
from .canvas import SERIES, Drawing
from .scales import of_powers

__all__ = ["accuracies", "gradients", "switched"]

_WIDTH, _HEIGHT, _LEFT, _BOTTOM = 360, 240, 34, 24
_MARGIN = 8
_DASHES = ("", "7 4", "2 3", "9 3 2 3")


def switched(curves: Sequence[Curve], *, derivative: bool) -> str:
    """Return functions in one picture, each line of a class of its own, so that a page hides some.

    Parameters
    ----------
    curves : sequence of Curve
        In the order of their colours.
    derivative : bool
        Whether to draw the derivatives.
    """
    low, high = (-0.1, 1.1) if derivative else (-1.5, 3.0)
    left, right = -6.0, 6.0

    def across(x: float) -> float:
        return _LEFT + (x - left) / (right - left) * (_WIDTH - _LEFT - _MARGIN)

    def down(y: float) -> float:
        return _HEIGHT - _BOTTOM - (y - low) / (high - low) * (_HEIGHT - _BOTTOM - _MARGIN)

    def line(path: str) -> str:
        return f'<path class="actinit-axis" d="{path}"/>'

    def label(x: float, y: float, anchor: str, number: float) -> str:
        return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{_plain(number)}</text>'

    parts = []
    for x in (-6, -3, 0, 3, 6):
        parts.append(line(f"M{across(x):.1f} {down(high):.1f}V{down(low):.1f}"))
        parts.append(label(across(x), _HEIGHT - 6, "middle", x))
    for y in (0.0, 0.5, 1.0) if derivative else (-1, 0, 1, 2, 3):
        parts.append(line(f"M{across(left):.1f} {down(y):.1f}H{across(right):.1f}"))
        parts.append(label(_LEFT - 5, down(y) + 5, "end", y))
    for number, curve in enumerate(curves):
        look = f'style="stroke: var(--actinit-plot-{number})"'
        look += f' stroke-dasharray="{_DASHES[number % 4]}"'
        for line in curve.derivative if derivative else [curve.value]:
            points = [
                f"{across(x):.1f},{down(y):.1f}"
                for x, y in zip(line.x, line.y, strict=True)
                if low <= y <= high
            ]
            parts.append(
                f'<polyline class="actinit-of-{curve.entry}" {look} points="{" ".join(points)}"/>'
            )
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" aria-hidden="true" focusable="false">'
        f"{''.join(parts)}</svg>"
    )


def _plain(number: float) -> str:
    return f"{number:g}".replace("-", "−")  # noqa: RUF001


def gradients(lines: Sequence[tuple[str, Sequence[tuple[int, float]]]]) -> Drawing:
    """Draw what is left of gradients by how many layers they have passed, on a scale of powers."""

    def draw(axes: Axes) -> None:
        of_powers(axes, "y")
        axes.set_xlabel("layers passed on the way back")
        for number, (label, points) in enumerate(lines):
            x, y = zip(*points, strict=True)
            dash = ("-", "--", ":", "-.")[number % 4]
            axes.plot(x, y, dash, marker="o", markersize=4, color=SERIES[number % 7], label=label)
        axes.figure.legend(loc="outside lower center", ncols=2)

    return Drawing("class-gradients", list(lines), draw, size=(4.6, 3.8))


def accuracies(courses: Sequence[Course]) -> Drawing:
    """Draw how well networks do after each epoch, a line for each initialization."""

    def draw(axes: Axes) -> None:
        axes.set_xlabel("epoch")
        for number, one in enumerate(courses):
            dash = ("-", "--", ":")[number % 3]
            percent = [100 * mean for mean in one.means]
            axes.plot(
                one.epochs, percent, dash, marker="o", markersize=4, color=SERIES[number % 7],
                label=one.start,
            )  # fmt: skip
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.figure.legend(loc="outside lower center", ncols=2)

    return Drawing("class-starts", list(courses), draw, size=(4.6, 3.8))
