"""Hypotheses of gradients averaged over units, and of relu's masks from other layers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .varied import Hypothesis, Varied, varied

__all__ = ["HYPOTHESES"]

Array = NDArray[Any]


class Averaged(Varied):
    """Replaces activations by their mean over the batch, or biases' gradients by one for all."""

    how = "bias-mean-over-units"

    def changed(self, gradient: list[Array]) -> list[Array]:
        """Return what the optimizer gets instead of the gradient."""
        kernel = self.how == "kernel-mean-over-inputs"
        return [
            np.broadcast_to(g.mean(axis=0, keepdims=True), g.shape)
            if kernel == (g.ndim == 2)
            else g
            for g in gradient
        ]


class CrossedMasks(Varied):
    """Takes relu's derivative from the pre-activations of another layer of the same size."""

    def backward(self, inputs: list[Array], sums: list[Array], delta: Array) -> list[Array]:
        """Return the gradient by each parameter from that by the last pre-activations."""
        hidden = sums[:-1]
        turned = hidden[1:] + hidden[:1]
        crossed = [b if a.shape == b.shape else a for a, b in zip(hidden, turned, strict=True)]
        return super().backward(inputs, [*crossed, sums[-1]], delta)


HYPOTHESES = (
    Hypothesis(
        "bias-gradient-averaged",
        "all units of a layer get the mean of the biases' gradients",
        Averaged,
    ),
    Hypothesis(
        "kernel-gradient-averaged",
        "all inputs of a unit get the mean of the kernel's gradients",
        varied(Averaged, how="kernel-mean-over-inputs"),
    ),
    Hypothesis(
        "relu-masks-crossed",
        "relu's derivative is taken from the pre-activations of another layer",
        CrossedMasks,
    ),
)
