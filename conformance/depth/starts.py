"""The initializations that are compared: rules that know the layer's fans, rules that do not."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit import reference as ref
from actinit.reference import propagation

__all__ = ["OWN_GAIN", "STARTS", "Start", "own_gain"]

Floats = NDArray[np.float64]
OWN_GAIN = "own gain"


@dataclass(frozen=True)
class Start:
    """A rule for the kernels of square layers.

    Attributes
    ----------
    name : str
        Of the initializer, or `OWN_GAIN`.
    initializer : str
        Of the entry that draws.
    parameters : mapping, optional
        Its arguments, where they are not the defaults.
    """

    name: str
    initializer: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def gain(self, width: int) -> float:
        """Return the root of the weights' mean square, times the root of the fan-in."""
        distribution = ref.initializers[self.initializer].distribution(
            (width, width), **self.parameters
        )
        return math.sqrt(width * (distribution.var() + distribution.mean() ** 2))

    def kernels(self, width: int, depth: int, seed: int) -> Iterator[Floats]:
        """Draw the kernels of a network; of the same distribution and seed, the same weights."""
        rng = np.random.default_rng(seed)
        draw = ref.initializers[self.initializer]
        for _ in range(depth):
            yield draw((width, width), rng=rng, dtype=np.float64, **self.parameters)


#: At the initializers' own defaults; random_uniform's are -0.05 to 0.05, and random_normal's
#: standard deviation is 0.05, whatever the layer.
STARTS: Mapping[str, Start] = {
    name: Start(name, name)
    for name in (
        "zeros", "random_uniform", "random_normal", "lecun_normal", "glorot_uniform",
        "glorot_normal", "he_uniform", "he_normal", "orthogonal",
    )
}  # fmt: skip


def own_gain(activation: str) -> Start:
    """Return the initialization that keeps the gradients of sums of variance 1."""
    scale = propagation.gain(activation) ** 2
    return Start(OWN_GAIN, "variance_scaling", {"scale": scale, "distribution": "normal"})
