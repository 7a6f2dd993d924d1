"""What all distributions have in common: how weights are drawn, and what SciPy calls it."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Distribution", "Draws"]

Draws = NDArray[np.float64]


class Distribution(ABC):
    """What the weights of a tensor follow."""

    #: Least and greatest number that may be drawn, both included.
    bounds: tuple[float, float] = (-math.inf, math.inf)
    #: Whether anything is drawn.
    random: bool = True

    @abstractmethod
    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Draws:
        """Return weights in float64."""

    @abstractmethod
    def frozen(self) -> Any:
        """Return the distribution of one weight as a frozen distribution of scipy.stats."""
