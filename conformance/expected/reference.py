"""The reference's values and derivatives in float64, and what is right at a zero."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit import reference
from actinit.spec import Activation, Part, evaluate

from ..formats import Format
from .defaults import defaults, kinks_of

__all__ = ["at_zero", "gradients_at", "reference_at"]

Array = NDArray[Any]
Floats = NDArray[np.float64]


def reference_at(
    entry: Activation, part: Part, points: Floats, parameters: Mapping[str, float] | None = None
) -> Floats:
    """Return the reference's value or derivative; the defaults stand in for parameters left out.

    They are the defaults of this entry, which may be a copy of the spec's with others.
    """
    function, chosen = reference.activations[entry.name], defaults(entry) | dict(parameters or {})
    return function(points, **chosen) if part == "value" else function.derivative(points, **chosen)


def at_zero(entry: Activation, fmt: Format, part: Part, points: Floats) -> tuple[Array, Array]:
    """Return the ends of what is right at zero: any subgradient if it is a kink."""
    if part == "derivative":
        for kink in kinks_of(entry):
            if evaluate(kink.at, defaults(entry)) == 0:
                low, high = sorted(evaluate(end, defaults(entry)) for end in kink.accept)
                return np.full(points.shape, low, fmt.dtype), np.full(points.shape, high, fmt.dtype)
    positive, negative = reference_at(entry, part, np.array([0.0, -0.0])).astype(fmt.dtype)
    found = np.where(np.signbit(points), negative, positive)
    return found, found


def gradients_at(entry: Activation, points: Floats, outputs: NDArray[np.intp]) -> Floats:
    """Return the gradient of one output of each row."""
    upstream = (np.arange(points.shape[1]) == outputs[:, np.newaxis]).astype(np.float64)
    gradients: Floats = reference.activations[entry.name].vjp(points, upstream)
    return gradients
