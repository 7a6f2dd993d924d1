"""Hypotheses of loss or gradient from some examples of a batch only."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .varied import Hypothesis, Varied, varied

__all__ = ["HYPOTHESES"]

Array = NDArray[Any]


class SomeExamples(Varied):
    """Takes loss or gradient from some examples of a batch only."""

    how = "first"
    where = "both"

    def loss(self, z: Array, y: Array) -> tuple[float, Array]:
        """Return the loss of those examples, and its gradient by the last pre-activations."""
        right, delta = super().loss(z, y)
        losses = -self.log_softmax(z)[np.arange(len(y)), y]
        order = np.argsort(losses, kind="stable")
        chosen = {
            "first": np.array([0]),
            "last": np.array([len(y) - 1]),
            "worst": order[-1:],
            "best": order[:1],
            "median": order[(len(y) - 1) // 2 : len(y) // 2 + 1],
            "half": np.arange(len(y) // 2),
            "second-half": np.arange(len(y) // 2, len(y)),
            "every-second": np.arange(0, len(y), 2),
            "wrong": np.flatnonzero(z.argmax(axis=1) != y),
        }[self.how]
        weights = np.zeros(len(y))
        weights[chosen] = len(y) / max(1, len(chosen))
        loss, other = float((losses * weights).mean()), delta * weights[:, None]
        return right if self.where == "gradient" else loss, delta if self.where == "loss" else other


_SOME = {
    "first": "the first example of a batch",
    "last": "the last example of a batch",
    "worst": "the example of the largest loss",
    "best": "the example of the smallest loss",
    "median": "the median of a batch",
    "half": "the first half of a batch",
    "second-half": "the second half of a batch",
    "every-second": "every second example",
    "wrong": "the examples that are misclassified",
}


HYPOTHESES = (
    *(
        Hypothesis(
            "part-of-batch",
            {
                "both": f"loss and gradient are those of {what} only",
                "loss": f"the loss that is returned is that of {what} only",
                "gradient": f"the gradient is that of {what} only; the loss is right",
            }[where],
            varied(SomeExamples, how=how, where=where),
        )
        for how, what in _SOME.items()
        for where in ("both", "loss", "gradient")
    ),
)
