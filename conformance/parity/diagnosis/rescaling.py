"""Centring, standardization and other rescalings along an axis, with their gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["AXES", "RESCALED", "Rescaling"]

Array = NDArray[Any]
# What is added to a variance, or to a deviation.
_EPSILONS = (0.0, 1e-5, 1e-8, 1e-7, 1e-6, 1e-3, 1e-12)
#: The axes that a rescaling may run over, in words; the first is that of the batch.
AXES: dict[int | None, str] = {0: "over the batch", 1: "over each example", None: "over all"}
#: Rescaling: its sentence, epsilons to try, and what may be subtracted from the count.
RESCALED = {
    "centred": ("centred", (0.0,), (0,)),
    "standardized": ("standardized (epsilon {value} in the variance)", _EPSILONS, (0, 1)),
    "deviation": ("standardized (epsilon {value} in the deviation)", _EPSILONS[1:], (0, 1)),
    "scaled": ("divided by the deviation (epsilon {value} in the variance)", _EPSILONS, (0, 1)),
    "length": ("brought to length 1 (epsilon {value})", _EPSILONS, (0,)),
    "root-mean-square": (
        "divided by the root of the mean square (epsilon {value} in it)",
        _EPSILONS,
        (0,),
    ),
    "maximum": ("divided by the largest magnitude (epsilon {value})", _EPSILONS, (0,)),
    "range": ("brought to between 0 and 1 (epsilon {value})", _EPSILONS, (0,)),
}


class Rescaling:
    """Centres, standardizes or brings to unit length, along an axis; with its gradient.

    Parameters
    ----------
    how : str
        ``centred``, ``standardized`` (epsilon in the variance), ``deviation`` (epsilon in the
        deviation), ``scaled`` (by the deviation, not centred), ``length``, ``root-mean-square``,
        ``maximum`` or ``range``.
    axis : int or None
        None for all entries.
    epsilon : float
        Which keeps a divisor from being 0.
    ddof : int
        What is subtracted from the number of entries in the variance.
    """

    def __init__(self, how: str, axis: int | None, epsilon: float, ddof: int = 0) -> None:
        self.how, self.axis, self.epsilon, self.ddof = how, axis, epsilon, ddof

    def _over(self, z: Array, what: Callable[..., Any], **more: Any) -> Array:
        return np.asarray(what(z, axis=self.axis, keepdims=True, **more))

    def divisor(self, z: Array) -> Array:
        """Return what is divided by, after centring."""
        eps = self.epsilon
        if self.how in ("standardized", "scaled"):
            return np.sqrt(self._over(z, np.var, ddof=self.ddof) + eps)
        if self.how == "deviation":
            return self._over(z, np.std, ddof=self.ddof) + eps
        if self.how == "length":
            return np.sqrt(self._over(z * z, np.sum)) + eps
        if self.how == "root-mean-square":
            return np.sqrt(self._over(z * z, np.mean) + eps)
        if self.how == "maximum":
            return self._over(np.abs(z), np.max) + eps
        if self.how == "range":
            return self._over(z, np.max) - self._over(z, np.min) + eps
        return np.ones(())

    def __call__(self, z: Array) -> Array:
        """Return the rescaled entries."""
        shift: Any = 0.0
        if self.how in ("centred", "standardized", "deviation"):
            shift = self._over(z, np.mean)
        elif self.how == "range":
            shift = self._over(z, np.min)
        return (z - shift) / self.divisor(z)

    def vjp(self, z: Array, upstream: Array) -> Array:
        """Return the gradient through it: of what is centred, standardized or of one length."""
        divisor = self.divisor(z)
        if self.how == "centred":
            return upstream - self._over(upstream, np.mean)
        if self.how in ("length", "root-mean-square"):
            size = np.sqrt(self._over(z * z, np.sum)) if self.how == "length" else divisor
            count = 1 if self.how == "length" else z.size // size.size
            along = self._over(upstream * z, np.sum) / (count * size * divisor)
            return (upstream - z * along) / divisor
        centred = z - self._over(z, np.mean)
        count = z.size // divisor.size
        size = divisor - self.epsilon if self.how == "deviation" else divisor
        slope = centred / ((count - self.ddof) * size * divisor**2)
        if self.how == "scaled":
            return upstream / divisor - slope * self._over(upstream * z, np.sum)
        through = upstream / divisor - slope * self._over(upstream * centred, np.sum)
        return through - self._over(through, np.mean)
