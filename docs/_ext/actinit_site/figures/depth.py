"""Signals and gradients in deep networks, start by start, over what theory predicts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from matplotlib.axes import Axes

from actinit.conformance.results.depth import Pair

from .canvas import INK, SERIES, Drawing
from .scales import of_powers

__all__ = ["Part", "carried", "lifeless"]

Part = Literal["outputs", "gradients"]
# An initialization keeps its look on every page; distributions of one variance share a colour.
_LOOKS: dict[str, dict[str, Any]] = {
    "random_uniform": {"color": SERIES[0]},
    "random_normal": {"color": SERIES[5]},
    "lecun_normal": {"color": SERIES[2]},
    "glorot_uniform": {"color": SERIES[2], "linestyle": "--"},
    "glorot_normal": {"color": SERIES[2], "linestyle": ":"},
    "he_uniform": {"color": SERIES[1], "linestyle": "--"},
    "he_normal": {"color": SERIES[1]},
    "orthogonal": {"color": SERIES[4]},
    "own gain": {"color": SERIES[3], "linestyle": "-."},
}


def carried(pairs: Sequence[Pair], depths: Sequence[int], part: Part) -> Drawing:
    """Draw the root mean squares of one activation's signals, or gradients, by layer."""

    def draw(axes: Axes) -> None:
        of_powers(axes, "y")
        axes.set_xlabel("layer")
        for pair in pairs:
            values = getattr(pair, part)
            if pair.theory is None or not all(values):
                continue
            predicted = getattr(pair.theory, part)
            axes.plot(depths, predicted, color=INK, linewidth=0.5)
            axes.plot(
                depths, values, linewidth=1.6, alpha=0.9, label=pair.start,
                **_LOOKS[pair.start],
            )  # fmt: skip
        axes.figure.legend(loc="outside lower center", ncols=3)

    name = f"{pairs[0].activation}-depth-{part}"
    return Drawing(name, [pairs, depths, part], draw, size=(4.4, 3.8))


def lifeless(pairs: Sequence[Pair], depths: Sequence[int]) -> Drawing:
    """Draw the share of dead units, and how alike examples have become, by layer."""

    def draw(axes: Axes) -> None:
        axes.set_xlabel("layer")
        axes.set_ylim(-0.03, 1.03)
        for pair in pairs:
            if pair.theory is None:
                continue
            axes.plot(depths, pair.dead, label=pair.start, **_LOOKS[pair.start])
            axes.plot(depths, pair.alike, color=INK, linewidth=0.5)
        axes.figure.legend(loc="outside lower center", ncols=3)

    return Drawing(f"{pairs[0].activation}-lifeless", [pairs, depths], draw, size=(4.4, 3.8))
