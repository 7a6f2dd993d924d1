"""The rows at which a function has the derivative that its formula says: beside ties and edges."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from actinit.spec import Activation, Edges, Piece, compute

from ..error.metric import ulp
from ..formats import Format
from ..oracle import exact
from .defaults import defaults

__all__ = ["smooth"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def smooth(entry: Activation, fmt: Format, points: Floats) -> Mask:
    """Return which rows have no ties, and no element at an edge.

    Parameters
    ----------
    entry : Activation
        An entry of shape "row" or "reduction".
    fmt : Format
        The format that is judged.
    points : ndarray of float64
        Shape (rows, n); those that are not finite are masked alike, or have no edges.

    Returns
    -------
    ndarray of bool
        Shape (rows,).
    """
    found = np.ones(len(points), dtype=bool)
    if entry.derivative.ties:
        with np.errstate(invalid="ignore"):  # a nan is no largest element
            found = (points == points.max(axis=1, keepdims=True)).sum(axis=1) == 1
    if (edges := entry.derivative.edges) is not None:
        finite = np.isfinite(points).all(axis=1)
        for rows in (np.flatnonzero(finite), np.flatnonzero(~finite)):
            held = _without_masks(points[rows])
            if held.size:
                within = compute(edges.within, {"n": held.shape[1]}) * ulp(np.ones(1), fmt)
                away = exact(_distance(entry, edges), "value", held, defaults(entry)).rounded
                found[rows] &= (np.abs(away) > within).all(axis=1)
    return found


def _without_masks(rows: Floats) -> Floats:
    """Return rows that are masked alike without their masks, and nothing of other rows."""
    kept = np.isfinite(rows[:1]).all(axis=0)
    same = (np.isfinite(rows) == kept).all() and not np.isnan(rows).any()
    return np.ascontiguousarray(rows[:, kept] if same else rows[:, :0])


@lru_cache(maxsize=16)  # the exact values are kept by entry
def _distance(entry: Activation, edges: Edges) -> Activation:
    """Return the entry whose value is how far each element is from an edge."""
    return replace(entry, value=replace(entry.value, pieces=(Piece(then=edges.at),)))
