"""A deep network without biases, and what it carries, by the reference in float64.

Float64, since its smallest number is 1e-308: norms that float32 has lost for long are still seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from actinit import reference as ref
from actinit.adapters.propagation import Carried, Network

__all__ = ["Life", "made", "reference"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Life:
    """What the units of each layer do over the batch.

    Attributes
    ----------
    dead : ndarray, shape (depth,)
        Share of units without a slope for any example.
    alike : ndarray, shape (depth,)
        Mean cosine between the outputs of two examples; nan where nothing comes out.
    """

    dead: Floats
    alike: Floats


def made(activation: str, kernels: Iterable[Floats], batch: int, seed: int) -> Network:
    """Return a network with a random input, and a random gradient at its top."""
    stacked = np.stack(list(kernels))
    rng = np.random.default_rng(seed)
    x, top = (rng.standard_normal((batch, stacked.shape[1])) for _ in range(2))
    return Network(activation, stacked, *(part / np.sqrt(np.mean(part**2)) for part in (x, top)))


def reference(network: Network) -> tuple[Carried, Life]:
    """Carry signal and gradient with the formulas written out."""
    function = ref.activations[network.activation]
    slopes, dead, alike = [], [], []
    sums, outputs, gradients = [], [], []
    signal = network.x
    for kernel in network.kernels:
        z = signal @ kernel
        signal = function(z)
        slopes.append(function.derivative(z))
        sums.append(np.mean(z**2))
        outputs.append(np.mean(signal**2))
        dead.append(np.mean((slopes[-1] == 0).all(axis=0)))
        alike.append(_alike(signal))
    gradient = network.top
    for kernel, slope in zip(network.kernels[::-1], slopes[::-1], strict=True):
        gradient = slope * gradient
        gradients.append(np.mean(gradient**2))
        gradient = gradient @ kernel.T
    carried = Carried(np.array(sums), np.array(outputs), np.array(gradients[::-1]))
    return carried, Life(np.array(dead), np.array(alike))


def _alike(signal: Floats) -> float:
    lengths = np.sqrt(np.sum(signal**2, axis=1, keepdims=True))
    if not (lengths > 0).all():
        return np.nan
    directions = signal / lengths
    examples = len(signal)
    # The sum over all pairs, less each example with itself.
    return float((np.sum(directions.sum(axis=0) ** 2) - examples) / (examples * (examples - 1)))
