"""Errors over the numbers of a format, binade by binade."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullLocator

from actinit.conformance.error.curve import ROUNDED
from actinit.conformance.formats import Format

from ..content.error_curves import ErrorCurve, binade
from ..content.numbers import power
from .canvas import FAINT, PAGE, Drawing
from .looks import look
from .scales import of_powers

__all__ = ["errors"]

# Between x and -x, for all that is smaller than what is drawn; in binades.
_GAP = 0.5
# How far beyond the errors that are drawn the plot may go to show where nan begins, in binades.
_REACH = 32
# Errors that differ by no more than this factor are alike.
_ALIKE = 1.5
# Heights that are told apart, from the bottom to the top: one every other point of the plot.
_LEVELS = 100


def errors(name: str, curves: Sequence[ErrorCurve], fmt: Format, *, row: bool = False) -> Drawing:
    """Draw the largest error of each binade, both axes logarithmic, -x to the left of x.

    A dot marks each backend's worst input; where results are not finite, there is a bar on top.
    What is further out than is drawn is marked at the edge.

    Parameters
    ----------
    name : str
        Of the drawing.
    curves : sequence of ErrorCurve
        Of one function and part, on several backends.
    fmt : Format
        The format of inputs and results.
    row : bool, optional
        Whether inputs are rows, placed by the width of each.
    """
    low, high = _window(curves, fmt)
    # From here on not even the size is right, and how wrong it is says nothing.
    most = 4 * 2.0**fmt.precision
    largest = [ulp for one in curves for ulp in (*one.errors.values(), one.worst.error or 0.0)]
    peak = min(max(10.0, *largest), most)
    top = peak * (3 if any(one.nonfinite for one in curves) else 1.5)

    def place(x: float) -> float:
        """Return where a number is on the axis."""
        if abs(x) < 2.0**low:
            return 0.0 if x == 0 else math.copysign(_GAP / 2, x)
        along = math.log2(abs(x)) if math.isfinite(x) else high + 1
        return math.copysign(min(along, high + 1) - low + _GAP, x)

    def level(ulp: float) -> float:
        """Return an error as it is drawn: what no eye can tell apart is the same."""
        step = math.log(top / ROUNDED) / _LEVELS
        height = math.log(min(max(ulp, ROUNDED), most) / ROUNDED)
        return ROUNDED * math.exp(round(height / step) * step)

    def draw(axes: Axes) -> None:
        for one in curves:
            style = look(one.backend)
            x, y = _steps(one, low, high, (1,) if row else (-1, 1), level)
            axes.plot(x, y, label=one.backend, **style)
            for first, last in one.nonfinite:
                left, right = place(first), place(last)
                if right - left < _GAP:  # so that it is seen
                    left, right = (left, left + _GAP) if left < 0 else (right - _GAP, right)
                axes.plot([left, right], [top] * 2, linewidth=4, solid_capstyle="butt",
                          color=style["color"], clip_on=False)  # fmt: skip
            at = top if one.worst.error is None else np.clip(one.worst.error, ROUNDED, most)
            axes.plot(place(_size(one.worst.x)), at, "o", color=style["color"], markersize=5.5,
                      markeredgecolor=PAGE, clip_on=False, zorder=3)  # fmt: skip
        axes.axvline(0, color=FAINT, linewidth=1)
        of_powers(axes, "y")
        axes.yaxis.set_major_locator(LogLocator(numticks=5))
        axes.yaxis.set_major_formatter(lambda ulp, _: _tick(ulp))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.set_ylim(ROUNDED * 0.8, top)
        step = math.ceil((high + 1 - low) / 3)
        ticks = range(high + 1, low, -step)  # from the outside; the middle is 0
        places = [(s, e) for s in ((1,) if row else (-1, 1)) for e in ticks]
        axes.set_xticks(
            [0, *(s * (e - low + _GAP) for s, e in places)],
            ["0", *(binade(s, e, fmt) for s, e in places)],
        )
        axes.set_xlabel("width of the row, its largest element minus its smallest" if row else "x")
        axes.set_ylabel("ulp")
        axes.margins(x=0)
        axes.figure.legend(loc="outside lower center", ncols=3)

    points = [
        (one.backend, [[*at, ulp] for at, ulp in one.errors.items()], one.worst, one.nonfinite)
        for one in curves
    ]
    return Drawing(name, [points, fmt.name, row], draw, size=(4.6, 3.4))


def _steps(
    one: ErrorCurve, low: int, high: int, signs: Sequence[int], level: Callable[[float], float]
) -> tuple[list[float], list[float]]:
    """Return the corners of a curve, side by side, with a gap around zero."""
    x: list[float] = []
    y: list[float] = []
    for sign in signs:
        inner = [level(one.errors.get((sign, e), ROUNDED)) for e in range(low, high + 1)]
        side = list(_corners(inner))[::sign]
        x += [math.nan, *(sign * (along + _GAP) for along, _ in side)]
        y += [math.nan, *(ulp for _, ulp in side)]
    return x, y


def _corners(heights: Sequence[float]) -> Iterator[tuple[int, float]]:
    """Yield the corners of a staircase with steps of width 1, level ones put together."""
    for i, height in enumerate(heights):
        if i == 0 or heights[i - 1] != height:
            yield i, height
        if i == len(heights) - 1 or heights[i + 1] != height:
            yield i + 1, height


def _window(curves: Sequence[ErrorCurve], fmt: Format) -> tuple[int, int]:
    """Return the exponents between which some error is above 1 ulp, and a little more.

    Where errors go on and on alike, such as one that is relative down to the smallest number, the
    first of them are enough.
    """
    seen = [e for one in curves for (_, e), ulp in one.errors.items() if ulp > 1]
    low, high = min([*seen, -3]), max([*seen, 3])
    # Of an interval of nan and the like, the end that is nearer to zero.
    ends = (min(map(abs, ends)) for one in curves for ends in one.nonfinite)
    begins = [math.frexp(end)[1] - 1 for end in ends if 0 < end < math.inf]
    near = [e for e in begins if low - _REACH <= e <= high + _REACH]
    low, high = min([low, *near]), max([high, *near])
    while low < -3 and _goes_on(curves, low, low + 1):
        low += 1
    while high > 3 and high not in near and _goes_on(curves, high, high - 1):
        high -= 1
    return max(low - 1, fmt.emin - 1), min(high + 1, fmt.emax)


def _goes_on(curves: Sequence[ErrorCurve], outer: int, inner: int) -> bool:
    """Say whether the errors of a binade are much as those of the next one."""
    for one in curves:
        for sign in (-1, 1):
            a, b = (max(one.errors.get((sign, e), ROUNDED), 1.0) for e in (outer, inner))
            if max(a, b) > _ALIKE * min(a, b):
                return False
    return True


def _size(x: str) -> float:
    """Return an input, or the width of a row."""
    if not x.startswith("["):
        return float(x)
    row = [float(item) for item in x[1:-1].split(",")]
    return max(row) - min(row)


def _tick(ulp: float) -> str:
    return f"{ulp:g}" if ulp < 1000 else power(10, round(math.log10(ulp)))
