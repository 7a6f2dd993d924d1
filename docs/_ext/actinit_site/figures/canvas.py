"""Drawings as SVG, each made once and kept until its points, its style or its code change."""

from __future__ import annotations

import hashlib
import inspect
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import msgspec
from matplotlib.axes import Axes
from matplotlib.figure import Figure

__all__ = ["FAINT", "INK", "PAGE", "SERIES", "Canvas", "Draw", "Drawing"]

_STYLE = Path(__file__).with_name("plots.mplstyle")
# Placeholders in the drawing and what stands for them on the page: see site.css.
_COLOURS = {
    "#000001": "var(--actinit-ink)",
    "#000002": "var(--actinit-line)",
    "#000003": "var(--pst-color-background)",
    **{f"#0000a{n}": f"var(--actinit-plot-{n})" for n in range(7)},
}
# How a line of a grid is drawn.
_GRID = 'style="fill: none; stroke: var(--actinit-line); stroke-width: 0.6; stroke-linecap: round"'
# A side of the frame.
_SIDE = ('style="fill: none; stroke: var(--actinit-line); stroke-width: 0.8; '
         'stroke-linejoin: miter; stroke-linecap: square"')  # fmt: skip
#: Colours of a plot's parts, and of its series in order.
SERIES = [f"#0000a{n}" for n in range(7)]
INK = "#000001"
FAINT = "#000002"
PAGE = "#000003"

Draw = Callable[[Axes], None]


@dataclass(frozen=True)
class Drawing:
    """What is to be drawn.

    Attributes
    ----------
    name : str
        Of the file that keeps it; one drawing, one name.
    points : object
        All that decides how it looks, but for the code of `draw` and the style.
    draw : callable
        Draws into the axes that it is given.
    size : tuple of two floats, optional
        Width and height in inches; by default the style's.
    """

    name: str
    points: object
    draw: Draw
    size: tuple[float, float] | None = None


class Canvas:
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

    def svg(self, drawing: Drawing) -> str:
        """Return a drawing as SVG, a part of a page."""
        code = Path(inspect.getfile(drawing.draw)).read_bytes()
        content = msgspec.json.encode([drawing.points, drawing.size]) + code + self._tools
        file = self._folder / f"{drawing.name}.svg"
        mark = f"<!-- {hashlib.sha256(content).hexdigest()[:16]} -->"
        if file.exists() and (kept := file.read_text(encoding="utf-8")).startswith(mark):
            return kept.removeprefix(mark)
        # The salt makes the ids of one plot differ from those of the next on the same page.
        with mpl.rc_context(fname=_STYLE), mpl.rc_context({"svg.hashsalt": drawing.name}):
            figure = Figure(figsize=drawing.size)
            drawing.draw(figure.add_subplot())
            stream = io.StringIO()
            figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
        drawn = _for_page(stream.getvalue())
        file.write_text(mark + drawn, encoding="utf-8")
        return drawn


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
    svg = re.sub(r'(?<= d=")[^"]*', lambda m: _brief(m[0]), svg)
    # What all plots have alike stands once, in site.css.
    svg = re.sub(r"font-family: [^;\"]*; ?", "", svg)
    svg = svg.replace('; fill: var(--actinit-ink)"', '"').replace(_GRID, 'class="actinit-grid"')
    svg = svg.replace(_SIDE, 'class="actinit-side"')
    svg = re.sub(r' clip-path="[^"]*" (?=class="actinit-grid")', " ", svg)  # it lies within
    svg = re.sub(r' transform="rotate\(-?0 [^)]*\)"', "", svg)
    svg = re.sub(r' ([xy])="(-?\d+\.\d{2,})"', lambda m: f' {m[1]}="{float(m[2]):.1f}"', svg)
    return re.sub(r"\n\s*", "\n", _flat(svg)).strip()


def _flat(svg: str) -> str:
    """Leave out what shows nothing: groups that say nothing of what is in them, unseen frames."""
    svg = re.sub(r'<path d="[^"]*" style="fill: none"/>|<g/>', "", svg)
    while True:
        # Innermost groups first; what is left of one may be an empty group.
        fewer = re.sub(r"<g>\s*((?:(?!</?g\b).)*?)\s*</g>", r"\1", svg, flags=re.DOTALL)
        if fewer == svg:
            return svg
        svg = fewer


def _brief(path: str) -> str:
    """Write the points of a path to a tenth, without what only divides lines.

    Plots are shown at most twice as large, where a tenth is finer than a pixel.
    """
    path = re.sub(r"\d+\.\d{2,}", lambda m: f"{float(m[0]):.1f}", path)
    path = re.sub(r"\.0(?!\d)", "", path)
    return re.sub(r"\s*\n\s*", "", re.sub(r"([MLCQz]) ", r"\1", path)).strip()
