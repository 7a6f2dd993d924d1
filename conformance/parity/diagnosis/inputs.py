"""Hypotheses of the inputs: rescaled, or with their features in another order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .rescaling import AXES, RESCALED, Rescaling
from .varied import Hypothesis, Varied, varied

__all__ = ["HYPOTHESES"]

Array = NDArray[Any]


class Prepared(Varied):
    """Rescales the inputs of each batch."""

    how = "centred"
    axis: int | None = 0
    ddof = 0

    def batch(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Return what it learns from instead of a batch."""
        return Rescaling(self.how, self.axis, self.value, self.ddof)(x), y


class PreparedByFirst(Varied):
    """Centres, or standardizes, all inputs by the statistics of the first batch."""

    how = "standardized"

    def batch(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Return what it learns from instead of a batch."""
        if not hasattr(self, "first"):
            self.first = x.mean(axis=0), x.std(axis=0)
        return (x - self.first[0]) / (self.first[1] if self.how == "standardized" else 1.0), y


class PreparedByAll(PreparedByFirst):
    """Centres, or standardizes, all inputs by the statistics of the whole training set."""

    def batch(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Return what it learns from instead of a batch."""
        if not hasattr(self, "first"):
            seen = []
            for count, (part, _) in enumerate(self.problem.batches(), 1):
                seen.append(part)
                if count == self.per_epoch:
                    break
            every = np.concatenate(seen)
            self.first = every.mean(axis=0), every.std(axis=0)
        return super().batch(x, y)


class Turned(Varied):
    """Has the features of every example in another order."""

    how = "reversed"

    def batch(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Return what it learns from instead of a batch."""
        return {
            "reversed": x[:, ::-1],
            "rolled": np.roll(x, 1, axis=1),
            "rolled-back": np.roll(x, -1, axis=1),
            "sorted": np.sort(x, axis=1),
            "reshaped": np.ascontiguousarray(x.T).reshape(x.shape),
        }[self.how], y


_FEATURES = {
    "reversed": "the features of every example are in reverse order",
    "rolled": "the features of every example are rolled by one place",
    "rolled-back": "the features of every example are rolled back by one place",
    "sorted": "the features of every example are sorted",
    "reshaped": "a batch is reshaped where it should be transposed",
}


def _prepared() -> Iterator[Hypothesis]:
    for axis, over in AXES.items():
        for how, (what, values, ddofs) in RESCALED.items():
            for ddof in ddofs:
                yield Hypothesis(
                    f"inputs-{how}",
                    f"the inputs are {what} {over}" + " with n - 1" * ddof,
                    varied(Prepared, how=how, axis=axis, ddof=ddof),
                    values=values,
                )


HYPOTHESES = (
    *_prepared(),
    *(
        Hypothesis(
            f"inputs-{how}",
            f"the inputs are {how} by the statistics of the {which}",
            varied(change, how=how),
        )
        for change, which in ((PreparedByFirst, "first batch"), (PreparedByAll, "training set"))
        for how in ("centred", "standardized")
    ),
    *(
        Hypothesis(f"features-{how}", what, varied(Turned, how=how))
        for how, what in _FEATURES.items()
    ),
)
