"""Functions as small as a word: a line of an index has no room for an axis."""

from __future__ import annotations

from actinit.conformance.results.curves import Curve

__all__ = ["value"]

# All on one scale, so that they can be compared: inputs and values that are drawn, and pixels.
_LEFT, _RIGHT, _BOTTOM, _TOP = -4.0, 4.0, -1.5, 4.0
_WIDTH, _HEIGHT = 112, 77
# Of the points of a plot, as many as can be told apart.
_EVERY = 3


def value(curve: Curve) -> str:
    """Return the SVG of a function, with a faint line at each axis."""
    points = list(zip(curve.value.x, curve.value.y, strict=True))[::_EVERY]
    drawn = [
        f"{_across(x):.1f},{_down(y):.1f}"
        for x, y in points
        if _LEFT <= x <= _RIGHT and _BOTTOM <= y <= _TOP
    ]
    axes = f"M0 {_down(0):.1f}H{_WIDTH}M{_across(0):.1f} 0V{_HEIGHT}"
    label = f"{curve.entry} from {_LEFT:g} to {_RIGHT:g}"
    return (
        f'<svg class="actinit-sparkline" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img"'
        f' aria-label="{label}">'
        f'<path d="{axes}"/><polyline points="{" ".join(drawn)}"/></svg>'
    )


def _across(x: float) -> float:
    return (x - _LEFT) / (_RIGHT - _LEFT) * _WIDTH


def _down(y: float) -> float:
    return (_TOP - y) / (_TOP - _BOTTOM) * _HEIGHT
