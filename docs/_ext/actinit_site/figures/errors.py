"""Errors over the numbers of a format, binade by binade."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullLocator

from actinit.conformance.formats import FORMATS

from ..results import Exhaustive
from ..words import power
from .canvas import FAINT, Drawing
from .looks import look

__all__ = ["errors"]

_FLOAT32 = FORMATS["float32"]
# Smaller errors, 0 among them, are drawn as this many ulp.
_FLOOR = 0.1
# Between x and -x, for all that is smaller than what is drawn; in binades.
_GAP = 0.5


def errors(found: Sequence[Exhaustive]) -> Drawing:
    """Draw the largest error of each binade, both axes logarithmic, -x to the left of x.

    Parameters
    ----------
    found : sequence of Exhaustive
        Of one function and part, on several backends.
    """
    swept = found[0].swept
    curves = [_binades(one.swept.curve) for one in found]
    low, high = _window(curves)
    edges = np.arange(low, high + 2) - low + _GAP

    def draw(axes: Axes) -> None:
        for one, curve in zip(found, curves, strict=True):
            style, label = look(one.report.backend), one.report.backend
            for side in (1, -1):
                ulps = [curve.get((side, e), np.nan) for e in range(low, high + 1)]
                steps, ends = np.maximum(ulps, _FLOOR)[::side], side * edges[::side]
                axes.stairs(steps, ends, baseline=None, label=label, **style)
                label = None
        axes.axvline(0, color=FAINT, linewidth=1)
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(numticks=5))
        axes.yaxis.set_major_formatter(lambda ulp, _: _tick(ulp))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.set_ylim(_FLOOR * 0.8, max(10, axes.get_ylim()[1]))
        step = math.ceil((high + 1 - low) / 3)
        ticks = range(high + 1, low, -step)  # from the outside; the middle is 0
        axes.set_xticks(
            [0, *(side * (e - low + _GAP) for side in (-1, 1) for e in ticks)],
            ["0", *(sign + power(2, e) for sign in ("\N{MINUS SIGN}", "") for e in ticks)],
        )
        axes.set_xlabel("x")
        axes.set_ylabel("ulp")
        axes.margins(x=0)
        axes.figure.legend(loc="outside lower center", ncols=3)

    points = [(one.report.backend, one.swept.curve) for one in found]
    return Drawing(f"{swept.entry}-{swept.part}-errors", points, draw, size=(4.6, 3.4))


def _binades(curve: Mapping[str, float]) -> dict[tuple[int, int], float]:
    """Return the errors by sign and exponent; subnormals are one below the normal numbers."""
    found = {}
    for name, ulp in curve.items():
        exponent = int(name.partition("^")[2] or _FLOAT32.emin - 1)
        found[-1 if name.startswith("-") else 1, exponent] = ulp
    return found


def _window(curves: Iterable[Mapping[tuple[int, int], float]]) -> tuple[int, int]:
    """Return the exponents between which some error is above 1 ulp, and a little more."""
    seen = [e for curve in curves for (_, e), ulp in curve.items() if ulp > 1]
    low, high = min([*seen, -3]) - 1, max([*seen, 3]) + 1
    return max(low, _FLOAT32.emin - 1), min(high, _FLOAT32.emax)


def _tick(ulp: float) -> str:
    if ulp <= _FLOOR:
        return f"\N{LESS-THAN OR EQUAL TO} {_FLOOR:g}"
    return f"{ulp:g}" if ulp < 1000 else power(10, round(math.log10(ulp)))
