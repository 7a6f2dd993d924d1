"""What a backend computed in place of the entry's function, where it is a function that is known.

A form is named only if it explains at least 99 % of the wrong results to within 2 ulp, at least 32
of them, and differs from what is right by more than 4 ulp at 90 % of these: so it explains what the
entry itself does not. Of several the first counts, the plainest forms being tried first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit import reference
from actinit.spec import Activation, activations

from .formats import Format
from .metric import ulp
from .oracle.formula import Part

__all__ = ["looks_like"]

Floats = NDArray[np.float64]
_NEAR, _APART, _LEAST = 2.0, 4.0, 32
_SHARE, _SHARE_APART = 0.99, 0.9


def looks_like(
    entry: Activation, fmt: Format, part: Part, x: NDArray[Any], got: NDArray[Any], right: Floats
) -> str:
    """Return the name of what some wrong results of an elementwise entry are, or nothing.

    Parameters
    ----------
    entry, fmt, part
        Who was asked for what.
    x, got : ndarray
        Inputs and results, of those that are beyond the budget.
    right : ndarray of float64
        What is right for them.
    """
    points, results = x.astype(np.float64), got.astype(np.float64)
    if points.size < _LEAST:
        return ""
    with np.errstate(all="ignore"):
        for name, values in _forms(entry, part, points, results, right):
            unit = ulp(values, fmt)
            near = (np.abs(results - values) <= _NEAR * unit) | (results == values)
            apart = np.abs(right - values) > _APART * unit
            if near.mean() >= _SHARE and (near & apart).mean() >= _SHARE_APART:
                return name
    return ""


def _forms(
    entry: Activation, part: Part, x: Floats, got: Floats, right: Floats
) -> Iterator[tuple[str, Floats]]:
    """Yield known forms with their values, the plainest first."""
    own = entry.name if part == "value" else f"{entry.name}'"
    others: tuple[Part, ...] = ("value", "derivative")
    for other in (part, *(each for each in others if each != part)):
        for name, function in reference.activations.items():
            rows = activations[name].shape != "elementwise"
            if rows or (name, other) == (entry.name, part):
                continue
            values = function(x) if other == "value" else function.derivative(x)
            yield name if other == "value" else f"{name}'", values
    if part == "value":
        yield "x * sigmoid(1.702 * x)", x * reference.sigmoid(1.702 * x)
    yield f"-{own}", -right
    function = reference.activations[entry.name]
    yield f"{own} of -x", function(-x) if part == "value" else function.derivative(-x)
    factor = float(np.nanmedian(got / right))
    yield f"{factor:.4g} * {own}", float(f"{factor:.4g}") * right
    shift = float(np.nanmedian(got - right))
    yield f"{own} + {shift:.4g}", right + float(f"{shift:.4g}")
