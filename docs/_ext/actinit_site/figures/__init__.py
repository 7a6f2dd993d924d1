"""Plots: each module makes drawings of one kind, and `canvas` makes SVG of them."""

from . import (
    claims,
    classroom,
    depth,
    distributions,
    errors,
    functions,
    layers,
    parity,
    sparklines,
    training,
)
from .canvas import Canvas, Drawing

__all__ = [
    "Canvas",
    "Drawing",
    "claims",
    "classroom",
    "depth",
    "distributions",
    "errors",
    "functions",
    "layers",
    "parity",
    "sparklines",
    "training",
]
