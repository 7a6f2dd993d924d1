"""Hypotheses of the step counter that Adam's corrections use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from .varied import ADAMS, Hypothesis, Varied, varied

__all__ = ["HYPOTHESES", "SHIFTED"]

Array = NDArray[Any]


class Counted(Varied):
    """Counts other things than steps for the corrections of Adam."""

    how = "per-tensor"

    def count(self, place: int) -> float:
        """Return the number of the step for a tensor."""
        t, n, layers = self.steps, len(self.parameters), len(self.parameters) // 2
        counts: dict[str, Callable[[], float]] = {
            "per-tensor": lambda: (t - 1) * n + place + 1,
            "per-tensor-from-last": lambda: (t - 1) * n + n - place,
            "per-tensor-before": lambda: t * n,
            "per-layer": lambda: (t - 1) * layers + place // 2 + 1,
            "per-layer-from-last": lambda: (t - 1) * layers + layers - place // 2,
            "per-layer-before": lambda: t * layers,
            "per-example": lambda: self.examples,
            "per-epoch-over": lambda: t // self.per_epoch + 1,
            "epochs-over": lambda: max(1, self.epoch),
            "every-second": lambda: (t + 1) // 2,
            "full-batches": lambda: max(1, self.filled),
            "offset": lambda: t + self.value,
            "offset-at-least-1": lambda: max(1.0, t + self.value),
            "times": lambda: t * self.value,
            "at-most": lambda: min(t, self.value),
        }
        return float(counts[self.how]())

    def apply(self, gradient: list[Array]) -> None:
        """Update each parameter by its own count."""
        self.examples = getattr(self, "examples", 0) + self.size
        self.filled = getattr(self, "filled", 0) + (self.size == self.full)
        for place, (part, g, state) in enumerate(
            zip(self.parameters, gradient, self.states, strict=True)
        ):
            count: Any = self.count(place)
            self.update(part, g, count, state, self.rates)


_COUNTS = {
    "per-tensor": "the corrections' step counter advances once for each tensor",
    "per-tensor-from-last": "the corrections' step counter advances once for each tensor, "
    "from the last one",
    "per-tensor-before": "the corrections' step counter advances by the number of tensors",
    "per-layer": "the corrections' step counter advances once for each layer",
    "per-layer-from-last": "the corrections' step counter advances once for each layer, "
    "from the last one",
    "per-layer-before": "the corrections' step counter advances by the number of layers",
    "per-example": "the corrections' step counter counts examples",
    "per-epoch-over": "the corrections' step counter counts epochs, and the last step of one "
    "has the next number",
    "epochs-over": "the corrections' step counter counts epochs that are over",
    "every-second": "the corrections' step counter advances at every second step",
    "full-batches": "the corrections' step counter counts full batches only",
}

HYPOTHESES = tuple(
    Hypothesis("step-counter", what, varied(Counted, how=how), optimizers=ADAMS)
    for how, what in _COUNTS.items()
)
#: Those with a number in them, which is solved for.
SHIFTED = (
    Hypothesis(
        "step-counter",
        "the corrections' step counter starts {value} further on",
        varied(Counted, how="offset"),
        values=(-1, 2, 3, 4, 5, 9, 10, 99, 100, 999, 1000, 10000),
        is_fitted=True,
        optimizers=ADAMS,
    ),
    Hypothesis(
        "step-counter",
        "the corrections' step counter starts {value} further on, and is at least 1",
        varied(Counted, how="offset-at-least-1"),
        values=(-1, -2, -3, -4, -5, -7, -8),
        optimizers=ADAMS,
    ),
    Hypothesis(
        "step-counter",
        "the corrections' step counter advances by {value} at each step",
        varied(Counted, how="times"),
        values=(2, 3, 10, 0.5, 32),
        is_fitted=True,
        optimizers=ADAMS,
    ),
    Hypothesis(
        "step-counter",
        "the corrections' step counter stops at {value}",
        varied(Counted, how="at-most"),
        values=(1, 2, 3, 4, 5, 7, 8, 10, 16, 20, 32, 50),
        optimizers=ADAMS,
    ),
)
