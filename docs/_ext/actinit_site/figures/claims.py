"""Pictures that decide a claim better than a figure does."""

from __future__ import annotations

from matplotlib.axes import Axes

from actinit.conformance.results.claims import Decision

from .canvas import SERIES, Drawing
from .scales import of_powers

__all__ = ["decided"]


def decided(decision: Decision) -> Drawing:
    """Draw the series of a claim."""
    plot = decision.plot
    assert plot is not None

    def draw(axes: Axes) -> None:
        if plot.log:
            of_powers(axes, "y")
        axes.set_xlabel(plot.x)
        axes.set_ylabel(plot.y)
        for number, line in enumerate(plot.lines):
            axes.plot(line.x, line.y, color=SERIES[number % 7], label=line.label)
        axes.margins(x=0)
        axes.legend()

    return Drawing(f"claim-{decision.id}", plot, draw, size=(4.4, 2.9))
