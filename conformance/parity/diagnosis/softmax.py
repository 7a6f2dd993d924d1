"""Hypotheses of a softmax over another axis than the classes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .rescaling import AXES
from .varied import Hypothesis, Varied, varied

__all__ = ["HYPOTHESES"]

Array = NDArray[Any]


class OtherAxis(Varied):
    """Takes the softmax over another axis than the classes."""

    axis: int | None = 0
    where = "both"  # in the loss, in the gradient, or in both
    is_derived = True  # whether the gradient is that of this loss, or still p - one-hot

    def loss(self, z: Array, y: Array) -> tuple[float, Array]:
        """Return the mean loss of a batch, and its gradient by the last pre-activations."""
        right, delta = super().loss(z, y)
        hot = np.zeros_like(z)
        hot[np.arange(len(y)), y] = 1
        shifted = z - z.max(axis=self.axis, keepdims=True)
        logs = shifted - np.log(np.exp(shifted).sum(axis=self.axis, keepdims=True))
        weights = hot.sum(axis=self.axis, keepdims=True) if self.is_derived else 1.0
        n = self.divisor(y)
        other = (np.exp(logs) * weights - hot) / n
        loss = -float(logs[hot == 1].sum()) / n
        return right if self.where == "gradient" else loss, delta if self.where == "loss" else other


def _softmaxes() -> Iterator[Hypothesis]:
    for axis, over in AXES.items():
        if axis == 1:  # that is right
            continue
        name = "batch" if axis == 0 else "all"
        for derived in (True, False):
            for where, part in (
                ("both", ""), ("loss", " in the loss; the gradient is right"),
                ("gradient", " in the gradient; the loss is right"),
            ):  # fmt: skip
                rest = "" if derived or where == "loss" else ", as if its gradient were p - one-hot"
                yield Hypothesis(
                    f"softmax-over-{name}",
                    f"the softmax is taken {over}, not over the classes{rest}{part}",
                    varied(OtherAxis, axis=axis, where=where, is_derived=derived),
                )


HYPOTHESES = tuple(_softmaxes())
