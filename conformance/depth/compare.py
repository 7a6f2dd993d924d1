"""How far two that carried the same network may be apart.

A sum of n products is rounded, in whatever order, to within ``n u`` of the sum of their sizes, u
being the unit roundoff; roundings of both signs come to about ``sqrt(n) u`` of the result. Allowed
is ``n u`` of the result, which lies between, far above what is rounded and far below what any other
formula makes. What layer k rounds is carried on by the network itself. In the mean over directions,
a disturbance of its sums grows on the way to layer l as a gradient does on the way back; so, beside
the signal, by ``sqrt(G_k Q_k / (G_l Q_l))``, Q being the mean squares of sums and G those of
gradients. A gradient is rounded in each layer that it passes, and meets the slopes of disturbed
sums: of an activation that bends on the scale of its inputs, these are disturbed by as much. A mean
square is disturbed by twice as much.

An activation is rounded to a few u, which is little beside n u.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from actinit.adapters.propagation import Carried

__all__ = ["BEYOND", "PARTS", "Apart", "allowed", "apart"]

Floats = NDArray[np.float64]
#: What is compared of a network.
PARTS = ("sums", "outputs", "gradients")
_U = 2.0**-53
#: What a file can hold of an infinite distance.
BEYOND = float(np.finfo(np.float64).max)


@dataclass(frozen=True)
class Apart:
    """The disagreement that is largest beside what is allowed where it is.

    Attributes
    ----------
    part : str
        "sums", "outputs" or "gradients".
    layer : int
        From 1.
    difference, allowed : float
        Relative; the largest number, which a file can hold, where one is zero, or not finite, and
        the other is not.
    largest : float
        The largest difference anywhere.
    """

    part: str
    layer: int
    difference: float
    allowed: float
    largest: float

    @property
    def agrees(self) -> bool:
        """Whether the difference is within what is allowed, there and so everywhere."""
        return self.difference <= self.allowed


def allowed(reference: Carried, width: int) -> Carried:
    """Return by how much each mean square may be off, relatively."""
    rounding = 2 * width * _U  # of both sides
    carried = np.sqrt(reference.sums * reference.gradients)
    with np.errstate(divide="ignore", invalid="ignore"):
        signal = rounding * np.where(carried > 0, np.cumsum(carried) / carried, 1.0)
    back = np.cumsum((rounding + signal)[::-1])[::-1]
    return Carried(2 * signal, 2 * signal, 2 * back)


def apart(reference: Carried, other: Carried, width: int, parts: Sequence[str] = PARTS) -> Apart:
    """Hold one that carried a network against the reference."""
    bound = allowed(reference, width)
    found: list[tuple[str, int, float, float]] = []
    largest = 0.0
    for part in parts:
        right, got, most = (getattr(one, part) for one in (reference, other, bound))
        with np.errstate(divide="ignore", invalid="ignore"):
            off = np.where(right == got, 0.0, np.abs(got - right) / right)
        off = np.nan_to_num(off, nan=BEYOND, posinf=BEYOND)
        with np.errstate(over="ignore"):
            at = int(np.argmax(off / most))
        found.append((part, at + 1, float(off[at]), float(most[at])))
        largest = max(largest, float(off.max()))
    return Apart(*max(found, key=lambda one: one[2] / one[3]), largest)
