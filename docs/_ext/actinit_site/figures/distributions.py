"""Densities of the distributions of weights, over what was drawn from them."""

from __future__ import annotations

from matplotlib.axes import Axes

from actinit.conformance.results.curves import Histogram

from .canvas import SERIES, Drawing

__all__ = ["histogram"]


def histogram(histogram: Histogram, title: str) -> Drawing:
    """Draw a density over the histogram of a sample."""

    def draw(axes: Axes) -> None:
        total = sum(bar.count for bar in histogram.bins)
        axes.set_yticks([])
        axes.set_xlabel(title)
        if histogram.density is None:
            (bar,) = histogram.bins
            axes.vlines(bar.low, 0, 1, color=SERIES[0], linewidth=3)
            axes.plot(bar.low, 1, "o", color=SERIES[0])
            axes.set_xlim(bar.low - 1, bar.low + 1)
            axes.set_ylim(0, 1.15)
            return
        axes.bar(
            [bar.low for bar in histogram.bins],
            [bar.count / total / (bar.high - bar.low) for bar in histogram.bins],
            width=[bar.high - bar.low for bar in histogram.bins],
            align="edge", color=SERIES[0], alpha=0.35, linewidth=0,
        )  # fmt: skip
        axes.plot(histogram.density.x, histogram.density.y, color=SERIES[1])

    return Drawing(f"{histogram.entry}-density", histogram, draw)
