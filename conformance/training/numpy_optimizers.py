"""Optimizers on one vector of parameters, in place: the formulas of ``spec/training``.

Here they are arranged for speed, with as few passes over memory as they can be. They stand in
`actinit.conformance.parity.reference` as they are written; tests hold the one to the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["OPTIMIZERS", "Adam", "AdamHat", "Momentum", "Sgd", "Stepper"]

Array = NDArray[Any]
Rates = Mapping[str, float]


# Steps from one sweep to the next.
_SWEPT = 100


class Stepper(Protocol):
    """What moves the parameters."""

    def step(self, gradient: Array) -> None:
        """Move the parameters by one step."""


class Sgd:
    """Gradient descent.

    Parameters
    ----------
    parameters : ndarray
        What `step` changes.
    rates : mapping of str to float
        A value for each parameter of the entry.
    """

    def __init__(self, parameters: Array, rates: Rates) -> None:
        self.parameters, self.rates = parameters, rates
        self.work = np.empty_like(parameters)

    def step(self, gradient: Array) -> None:
        np.multiply(gradient, self.rates["learning_rate"], out=self.work)
        self.parameters -= self.work


class Momentum(Sgd):
    """Gradient descent that keeps some of its last step; see `Sgd`."""

    def __init__(self, parameters: Array, rates: Rates) -> None:
        super().__init__(parameters, rates)
        self.velocity = np.zeros_like(parameters)
        self.steps = 0

    def step(self, gradient: Array) -> None:
        np.multiply(gradient, self.rates["learning_rate"], out=self.work)
        self.steps += 1
        if self.steps % _SWEPT == 0:
            _sweep(self.velocity, self.rates["momentum"])
        self.velocity *= self.rates["momentum"]
        self.velocity -= self.work
        self.parameters += self.velocity


class Adam(Sgd):
    """Adam, epsilon after the bias correction; see `Sgd`.

    Instead of the two running means it keeps the means over their factors ``1 - beta``, which saves
    two passes over memory; what that changes is taken into the rate and into epsilon.
    """

    def __init__(self, parameters: Array, rates: Rates) -> None:
        super().__init__(parameters, rates)
        self.mean, self.square = np.zeros_like(parameters), np.zeros_like(parameters)
        self.steps = 0

    def epsilon(self, correction: float) -> float:
        """Return what is added to the root of the mean square as it stands."""
        return self.rates["epsilon"] * correction

    def step(self, gradient: Array) -> None:
        rates, work = self.rates, self.work
        beta_1, beta_2 = rates["beta_1"], rates["beta_2"]
        self.steps += 1
        correction = (1 - beta_2**self.steps) ** 0.5
        root = (1 - beta_2) ** 0.5
        rate = rates["learning_rate"] * correction / (1 - beta_1**self.steps) * (1 - beta_1) / root
        if self.steps % _SWEPT == 0:
            _sweep(self.mean, beta_1)
        self.mean *= beta_1
        self.mean += gradient
        self.square *= beta_2
        np.multiply(gradient, gradient, out=work)
        self.square += work
        # x -= rate * mean / (sqrt(square) + epsilon / root)
        np.sqrt(self.square, out=work)
        work += self.epsilon(correction) / root
        np.divide(self.mean, work, out=work)
        work *= rate
        self.parameters -= work


class AdamHat(Adam):
    """Adam, epsilon before the bias correction; see `Adam`."""

    def epsilon(self, correction: float) -> float:
        return self.rates["epsilon"]


def _sweep(values: Array, kept: float) -> None:
    """Set to 0 what would be subnormal before the next sweep if nothing were added to it.

    What decays towards 0, as of pixels that are always black, ends there, and a processor takes a
    hundred times as long for such a number. None that large moves a parameter by a unit of its last
    digit, but for one that is itself 0 or nearly.
    """
    if kept:
        values[np.abs(values) < np.finfo(values.dtype).tiny / kept**_SWEPT] = 0


#: By the name of the entry.
OPTIMIZERS: Mapping[str, Callable[[Array, Rates], Stepper]] = {
    "sgd": Sgd, "momentum": Momentum, "adam": Adam, "adam_hat": AdamHat,
}  # fmt: skip
