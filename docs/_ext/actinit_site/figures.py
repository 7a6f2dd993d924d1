"""Plots as SVG, each drawn once and kept until its points, its style or its drawing change."""

from __future__ import annotations

import hashlib
import io
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import msgspec
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator

from actinit.conformance.curves import Curve, Histogram
from actinit.conformance.formats import FORMATS
from actinit.conformance.training.results import Run
from actinit.spec import backends
from actinit.spec.experiment import Start

from .results import Exhaustive
from .words import power

__all__ = ["Figures"]

_HERE = Path(__file__).parent
_STYLE = _HERE / "plots.mplstyle"
# Placeholders in the drawing and what stands for them on the page: see site.css.
_COLOURS = {
    "#000001": "var(--actinit-ink)",
    "#000002": "var(--actinit-line)",
    "#000003": "var(--pst-color-background)",
    **{f"#0000a{n}": f"var(--actinit-plot-{n})" for n in range(7)},
}
_SERIES = [f"#0000a{n}" for n in range(7)]
_INK = "#000001"
_FAINT = "#000002"
_PAGE = "#000003"
_FLOAT32 = FORMATS["float32"]
# Smaller errors, 0 among them, are drawn as this many ulp.
_FLOOR = 0.1
# Between x and -x, for all that is smaller than what is drawn; in binades.
_GAP = 0.5

Draw = Callable[[Axes], None]


class Figures:
    """Draws into a folder that is kept between builds.

    Parameters
    ----------
    folder : Path
        Where the drawn files lie.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._tools = _STYLE.read_bytes() + Path(__file__).read_bytes() + mpl.__version__.encode()

    def value(self, curve: Curve) -> str:
        """Draw a function."""

        def draw(axes: Axes) -> None:
            _axis(axes)
            axes.plot(curve.value.x, curve.value.y, color=_SERIES[0])

        return self._svg(f"{curve.entry}-value", curve, draw)

    def derivative(self, curve: Curve) -> str:
        """Draw a derivative: open where it jumps, a dot at what is taken there."""

        def draw(axes: Axes) -> None:
            _axis(axes)
            _broken(axes, curve, color=_SERIES[1])
            for kink in curve.kinks:
                axes.vlines(kink.x, kink.low, kink.high, color=_SERIES[1], linewidth=5, alpha=0.25)
                axes.plot([kink.x] * 2, [kink.low, kink.high], "o", color=_SERIES[1],
                          markersize=5, markerfacecolor=_PAGE)  # fmt: skip
                axes.plot(kink.x, kink.taken, "o", color=_SERIES[1], markersize=5)

        return self._svg(f"{curve.entry}-derivative", curve, draw)

    def together(self, name: str, curves: list[Curve], *, derivative: bool) -> str:
        """Draw several functions, or their derivatives, in one picture."""

        def draw(axes: Axes) -> None:
            _axis(axes)
            for number, curve in enumerate(curves):
                look: dict[str, Any] = {
                    "color": _SERIES[number % 7],
                    "linestyle": ("-", "--")[number // 7 % 2],
                }
                if derivative:
                    _broken(axes, curve, label=curve.entry, linewidth=1.6, **look)
                else:
                    axes.plot(
                        curve.value.x, curve.value.y, label=curve.entry, linewidth=1.6, **look
                    )
            axes.set_ylim((-0.25, 1.25) if derivative else (-2.2, 4.2))
            axes.figure.legend(loc="outside lower center", ncols=3)

        return self._svg(name, curves, draw, size=(4.6, 4.4))

    def histogram(self, histogram: Histogram, title: str) -> str:
        """Draw a density over the histogram of a sample."""

        def draw(axes: Axes) -> None:
            total = sum(bar.count for bar in histogram.bins)
            axes.set_yticks([])
            axes.set_xlabel(title)
            if histogram.density is None:
                (bar,) = histogram.bins
                axes.vlines(bar.low, 0, 1, color=_SERIES[0], linewidth=3)
                axes.plot(bar.low, 1, "o", color=_SERIES[0])
                axes.set_xlim(bar.low - 1, bar.low + 1)
                axes.set_ylim(0, 1.15)
                return
            axes.bar(
                [bar.low for bar in histogram.bins],
                [bar.count / total / (bar.high - bar.low) for bar in histogram.bins],
                width=[bar.high - bar.low for bar in histogram.bins],
                align="edge", color=_SERIES[0], alpha=0.35, linewidth=0,
            )  # fmt: skip
            axes.plot(histogram.density.x, histogram.density.y, color=_SERIES[1])

        return self._svg(f"{histogram.entry}-density", histogram, draw)

    def losses(self, start: Start, runs: list[tuple[str, Run]]) -> str:
        """Draw the losses of one start, epoch by epoch, with the article's as crosses."""

        def draw(axes: Axes) -> None:
            axes.set_xlabel("epoch")
            for number, (backend, run) in enumerate(runs):
                epochs = range(1, len(run.epochs) + 1)
                colour = _SERIES[number % 7]
                axes.plot(epochs, [e.loss for e in run.epochs], color=colour, label=backend)
                axes.plot(epochs, [e.val_loss for e in run.epochs], "--", color=colour)
            article = range(1, len(start.loss) + 1)
            axes.plot(article, start.loss, "x", color=_INK, markersize=6, label="article")
            axes.plot(article, start.val_loss, "+", color=_INK, markersize=7)
            axes.set_xticks(article)
            _zoom_flat(axes, [*start.loss, *start.val_loss])
            axes.legend()

        return self._svg(f"{start.name}-losses", [start, runs], draw)

    def errors(self, found: Sequence[Exhaustive]) -> str:
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
                look, label = _look(one.report.family, one.report.backend), one.report.backend
                for side in (1, -1):
                    ulps = [curve.get((side, e), np.nan) for e in range(low, high + 1)]
                    steps, ends = np.maximum(ulps, _FLOOR)[::side], side * edges[::side]
                    axes.stairs(steps, ends, baseline=None, label=label, **look)
                    label = None
            axes.axvline(0, color=_FAINT, linewidth=1)
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
        return self._svg(f"{swept.entry}-{swept.part}-errors", points, draw, size=(4.6, 3.4))

    def _svg(
        self, name: str, points: object, draw: Draw, size: tuple[float, float] | None = None
    ) -> str:
        digest = hashlib.sha256(msgspec.json.encode(points) + self._tools).hexdigest()[:16]
        file = self._folder / f"{name}.svg"
        mark = f"<!-- {digest} -->"
        if file.exists() and (kept := file.read_text(encoding="utf-8")).startswith(mark):
            return kept.removeprefix(mark)
        # The salt makes the ids of one plot differ from those of the next on the same page.
        with mpl.rc_context(fname=_STYLE), mpl.rc_context({"svg.hashsalt": name}):
            figure = Figure(figsize=size)
            draw(figure.add_subplot())
            stream = io.StringIO()
            figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
        drawn = _for_page(stream.getvalue())
        file.write_text(mark + drawn, encoding="utf-8")
        return drawn


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


def _look(family: str, backend: str) -> dict[str, Any]:
    """Return a family's colour, and a dash for each of its modes."""
    known = backends()
    modes = list(known[family].modes) if family in known else []
    place = list(known).index(family) if family in known else len(known)
    dash = ("-", "--", ":")[modes.index(backend) % 3 if backend in modes else 0]
    return {"color": _SERIES[place % 7], "linestyle": dash, "linewidth": 1.6}


def _axis(axes: Axes) -> None:
    """Draw the lines x = 0 and y = 0 a little stronger than the grid."""
    for line in (axes.axhline, axes.axvline):
        line(0, color=_FAINT, linewidth=1)
    axes.set_xlabel("x")
    axes.margins(x=0)


def _broken(axes: Axes, curve: Curve, *, label: str | None = None, **look: Any) -> None:
    for line in curve.derivative:
        axes.plot(line.x, line.y, label=label, **look)
        label = None


def _zoom_flat(axes: Axes, values: list[float]) -> None:
    """Keep a flat curve flat: show at least a tenth of its size."""
    low, high = axes.get_ylim()
    middle = sum(values) / len(values)
    if high - low < middle / 10:
        axes.set_ylim(middle * 0.95, middle * 1.05)


def _for_page(svg: str) -> str:
    """Make a drawing part of a page: no frame of its own, its colours, no ids but used ones."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'<svg [^>]*?viewBox="([^"]*)"[^>]*>',
                 r'<svg viewBox="\1" aria-hidden="true" focusable="false">', svg, count=1,
                 flags=re.DOTALL)  # fmt: skip
    used = set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', svg))
    names = {name for pair in used for name in pair if name}
    svg = re.sub(r' id="([^"]*)"', lambda m: m[0] if m[1] in names else "", svg)
    svg = svg.replace("xlink:href", "href")
    for placeholder, variable in _COLOURS.items():
        svg = svg.replace(placeholder, variable)
    # A hundredth of a point is finer than any screen.
    svg = re.sub(r'(?<= d=")[^"]*', lambda m: re.sub(r"(\.\d\d)\d+", r"\1", m[0]), svg)
    return re.sub(r"\n\s*", "\n", svg).strip()
