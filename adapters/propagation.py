"""What a backend is given to show how signals and gradients fare in a deep network.

In float64, since its smallest number is 1e-308: norms that float32 has lost for long are still
seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Carried", "Network"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Network:
    """Square layers, each with the same activation.

    Attributes
    ----------
    activation : str
        Name of an elementwise one; its parameters are at the spec's defaults.
    kernels : ndarray, shape (depth, width, width)
        From the inputs of a layer to its outputs.
    x : ndarray, shape (batch, width)
        What enters the first layer, of mean square 1.
    top : ndarray, shape (batch, width)
        The gradient of the loss by the outputs of the last layer, of mean square 1.
    """

    activation: str
    kernels: Floats
    x: Floats
    top: Floats


@dataclass(frozen=True)
class Carried:
    """Mean squares over batch and units, layer by layer.

    Attributes
    ----------
    sums : ndarray, shape (depth,)
        Of the sums that enter the activation.
    outputs : ndarray, shape (depth,)
        Of what leaves it.
    gradients : ndarray, shape (depth,)
        Of the gradient of the loss by the sums.
    """

    sums: Floats
    outputs: Floats
    gradients: Floats
