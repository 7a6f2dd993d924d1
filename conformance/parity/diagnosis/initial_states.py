"""Hypotheses of the states before the first step."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .varied import ADAMS, Hypothesis, Varied, varied

__all__ = ["HYPOTHESES"]

Array = NDArray[Any]


class Begun(Varied):
    """Has states that begin at another number than 0."""

    part = "velocity"

    def apply(self, gradient: list[Array]) -> None:
        """Update, the first time from that number."""
        if self.steps == 1:
            for part, state in zip(self.parameters, self.states, strict=True):
                state[self.part] = np.full_like(part, self.value)
        super().apply(gradient)


class BegunAtParameter(Varied):
    """Has a velocity, or a mean, that begins at the parameter."""

    part = "velocity"

    def apply(self, gradient: list[Array]) -> None:
        """Update, the first time from the parameters."""
        if self.steps == 1:
            for part, state in zip(self.parameters, self.states, strict=True):
                state[self.part] = part.copy()
        super().apply(gradient)


HYPOTHESES = (
    *(
        Hypothesis(
            f"{part}-begins-elsewhere",
            f"the {title} begins at {{value}}, and not at 0",
            varied(Begun, part=part),
            values=(1.0, 0.1, 0.01, -1.0, 1e-3),
            is_fitted=True,
            optimizers=optimizers,
        )
        for part, title, optimizers in (
            ("velocity", "velocity", ("momentum",)),
            ("mean", "mean", ADAMS),
            ("square", "mean square", ADAMS),
        )
    ),
    *(
        Hypothesis(
            f"{part}-begins-at-parameter",
            f"the {part} begins at the parameter, and not at 0",
            varied(BegunAtParameter, part=part),
            optimizers=optimizers,
        )
        for part, optimizers in (("velocity", ("momentum",)), ("mean", ADAMS))
    ),
)
