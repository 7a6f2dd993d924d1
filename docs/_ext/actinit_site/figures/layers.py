"""How what flows through a network is spread, layer by layer."""

from __future__ import annotations

from typing import Literal

import numpy as np
from matplotlib.axes import Axes

from actinit.conformance.results.layers import Moment, Spread

from ..content.numbers import power
from .canvas import SERIES, Drawing

__all__ = ["spreads"]

What = Literal["sums", "outputs", "gradients", "weights"]


def spreads(before: Moment, after: Moment, what: What) -> Drawing:
    """Draw the histograms of each layer at initialization (dashed) and after training (solid).

    Parameters
    ----------
    before, after : Moment
        Of one initialization.
    what : str
        Which of the spreads of a state; gradients are drawn by their size, on a logarithmic axis.
    """
    layers = [
        [(state.layer, spread) for state in moment.states if (spread := getattr(state, what))]
        for moment in (before, after)
    ]

    def draw(axes: Axes) -> None:
        for dash, states in zip(("--", "-"), layers, strict=True):
            for layer, spread in states:
                style = {"color": SERIES[layer - 1], "linestyle": dash, "linewidth": 1.5}
                label = f"layer {layer}" if dash == "-" else None
                _line(axes, spread, style, label)
        if what == "gradients":
            axes.xaxis.set_major_formatter(
                lambda x, _: power(10, round(x)) if x == round(x) else ""
            )
        axes.set_yticks([])
        if axes.get_legend_handles_labels()[1]:
            axes.figure.legend(loc="outside lower center", ncols=3)
        else:
            axes.set_xticks([])
            axes.text(0.5, 0.5, "all are 0", ha="center", transform=axes.transAxes)

    name = f"{before.start}-{what}-spread"
    return Drawing(name, [before, after], draw, size=(4.0, 2.7))


def _line(axes: Axes, spread: Spread, style: dict[str, object], label: str | None) -> None:
    """Draw a histogram as steps of equal area; of values that are all the same, a stroke."""
    counts = np.asarray(spread.counts, dtype=np.float64)
    if len(counts) == 1:
        if counts[0]:
            axes.axvline(spread.low, label=label, **style)
        return
    edges = np.linspace(spread.low, spread.high, len(counts) + 1)
    density = counts / counts.sum() / (edges[1] - edges[0])
    # The root, so that a narrow peak leaves something of what is broad to be seen.
    axes.stairs(np.sqrt(density), edges, baseline=None, label=label, **style)
