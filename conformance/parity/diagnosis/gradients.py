"""Hypotheses of what is done to a gradient before the optimizer gets it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .varied import Hypothesis, Varied, varied

__all__ = ["HYPOTHESES"]

Array = NDArray[Any]


class ClippedNorm(Varied):
    """Clips the gradient by its norm: of all parameters together, or of each."""

    each = False

    def changed(self, gradient: list[Array]) -> list[Array]:
        norms = [float(np.linalg.norm(g)) for g in gradient]
        if not self.each:
            norms = [float(np.linalg.norm(norms))] * len(norms)
        return [
            g * min(1.0, self.value / norm) if norm else g
            for g, norm in zip(gradient, norms, strict=True)
        ]


class ClippedValue(Varied):
    """Clips each entry of the gradient."""

    def changed(self, gradient: list[Array]) -> list[Array]:
        return [np.clip(g, -abs(self.value), abs(self.value)) for g in gradient]


_CLIPS = (1.0, 0.5, 0.1, 5.0, 0.25, 2.0, 10.0, 0.05, 0.01, 1e-3)
HYPOTHESES = (
    Hypothesis(
        "clipped-by-norm",
        "the gradient is clipped to a norm of {value}",
        ClippedNorm,
        values=_CLIPS,
        is_fitted=True,
    ),
    Hypothesis(
        "clipped-by-norm-each",
        "the gradient of each parameter is clipped to a norm of {value}",
        varied(ClippedNorm, each=True),
        values=_CLIPS,
        is_fitted=True,
    ),
    Hypothesis(
        "clipped-by-value",
        "the entries of the gradient are clipped to {value}",
        ClippedValue,
        values=_CLIPS,
        is_fitted=True,
    ),
)
