"""What training runs came to: means with their intervals, epoch by epoch."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from actinit.conformance.results.study import Cell

from .canvas import INK, Drawing
from .looks import look

__all__ = ["course"]


def course(cells: Sequence[Cell]) -> Drawing:
    """Draw one figure by epoch: a line and a band for each backend, crosses for the article's.

    Parameters
    ----------
    cells : sequence of Cell
        Of one initialization and figure, on several backends.
    """
    by_backend: dict[str, list[Cell]] = {}
    for cell in cells:
        by_backend.setdefault(cell.backend, []).append(cell)
    article = {cell.epoch: cell.article for cell in cells if cell.article is not None}

    def draw(axes: Axes) -> None:
        axes.set_xlabel("epoch")
        for backend, mine in by_backend.items():
            epochs, style = [cell.epoch for cell in mine], look(backend)
            axes.plot(epochs, [cell.mean for cell in mine], label=backend, **style)
            banded = [
                (e, c.low, c.high) for e, c in zip(epochs, mine, strict=True) if c.low is not None
            ]
            if banded:
                x, low, high = zip(*banded, strict=True)
                axes.fill_between(x, low, high, color=style["color"], alpha=0.18, linewidth=0)
        if article:
            axes.plot(list(article), list(article.values()), "x", color=INK, label="article")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        _zoom_flat(axes, [cell.mean for cell in cells])
        axes.figure.legend(loc="outside lower center", ncols=3)

    first = cells[0]
    return Drawing(f"{first.start}-{first.figure}", list(cells), draw, size=(4.0, 3.2))


def _zoom_flat(axes: Axes, values: list[float]) -> None:
    """Keep a flat curve flat: where all changes are below a hundredth, show a tenth."""
    low, high = axes.get_ylim()
    middle = sum(values) / len(values)
    if high - low < middle / 100:
        axes.set_ylim(middle * 0.95, middle * 1.05)
