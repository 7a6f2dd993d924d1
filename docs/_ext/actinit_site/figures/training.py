"""What training runs came to."""

from __future__ import annotations

from matplotlib.axes import Axes

from actinit.conformance.training.results import Run
from actinit.spec.experiment import Start

from .canvas import INK, SERIES, Drawing

__all__ = ["losses"]


def losses(start: Start, runs: list[tuple[str, Run]]) -> Drawing:
    """Draw the losses of one start, epoch by epoch, with the article's as crosses."""

    def draw(axes: Axes) -> None:
        axes.set_xlabel("epoch")
        for number, (backend, run) in enumerate(runs):
            epochs = range(1, len(run.epochs) + 1)
            colour = SERIES[number % 7]
            axes.plot(epochs, [e.loss for e in run.epochs], color=colour, label=backend)
            axes.plot(epochs, [e.val_loss for e in run.epochs], "--", color=colour)
        article = range(1, len(start.loss) + 1)
        axes.plot(article, start.loss, "x", color=INK, markersize=6, label="article")
        axes.plot(article, start.val_loss, "+", color=INK, markersize=7)
        axes.set_xticks(article)
        _zoom_flat(axes, [*start.loss, *start.val_loss])
        axes.legend()

    return Drawing(f"{start.name}-losses", [start, runs], draw)


def _zoom_flat(axes: Axes, values: list[float]) -> None:
    """Keep a flat curve flat: show at least a tenth of its size."""
    low, high = axes.get_ylim()
    middle = sum(values) / len(values)
    if high - low < middle / 10:
        axes.set_ylim(middle * 0.95, middle * 1.05)
