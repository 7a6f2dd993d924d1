"""Hypotheses of the network: its activations, its biases, its kernels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit import reference as ref
from actinit.adapters.training import Problem, Step
from actinit.spec import activations, references

from .varied import Hypothesis, Varied, varied

__all__ = ["HYPOTHESES", "of_layers"]

Array = NDArray[Any]


class Other(Varied):
    """Has another activation in the hidden layers."""


class OutputActivated(Varied):
    """Has the hidden activation behind the last layer too."""

    def loss(self, z: Array, y: Array) -> tuple[float, Array]:
        loss, delta = super().loss(self.activation(z), y)
        return loss, self.activation.vjp(z, delta)


class Unbiased(Varied):
    """Does not add a bias, or all of them."""

    def forward(self, x: Array) -> tuple[list[Array], list[Array]]:
        kept = self.parameters
        self.parameters = [
            np.zeros_like(part) if place % 2 and self.value in (0, place // 2 + 1) else part
            for place, part in enumerate(kept)
        ]
        found = super().forward(x)
        self.parameters = kept
        return found


class Transposed(Varied):
    """Reads a square kernel the other way round: as it is given, or whenever it is used."""

    always = False

    def __init__(self, problem: Problem, value: float = 0.0) -> None:
        super().__init__(problem, value)
        if not self.always:
            self._turn()

    def _turn(self) -> None:
        place = 2 * int(self.value) - 2
        self.parameters[place] = self.parameters[place].T.copy()

    def learn(self, x: Array, y: Array) -> tuple[float, list[Array]]:
        if not self.always:
            return super().learn(x, y)
        self._turn()
        loss, gradient = super().learn(x, y)
        self._turn()
        place = 2 * int(self.value) - 2
        gradient[place] = gradient[place].T
        return loss, gradient


class TransposedOut(Varied):
    """Returns a square kernel the other way round."""

    def step(self, x: Array, y: Array) -> Step:
        step, place = super().step(x, y), 2 * int(self.value) - 2
        step.parameters[place] = step.parameters[place].T
        return step

    def follow(self, parameters: list[Array]) -> None:
        place = 2 * int(self.value) - 2
        super().follow([part.T if n == place else part for n, part in enumerate(parameters)])


class ZeroedBiases(Varied):
    """Starts from biases of 0, whatever is given."""

    def __init__(self, problem: Problem, value: float = 0.0) -> None:
        super().__init__(problem, value)
        for part in self.parameters[1::2]:
            part[:] = 0


def _others() -> list[str]:
    """Return the elementwise functions beside relu.

    The older ones come first: celu at its default is elu, which is what it is then called.
    """
    names = (name for name, entry in activations.items() if entry.shape == "elementwise")
    published = {name: references()[activations[name].references[0]].year for name in names}
    return sorted(published.keys() - {"relu"}, key=lambda name: (published[name], name))


HYPOTHESES = (
    *(
        Hypothesis(
            f"activation-{name}",
            f"the hidden layers have {name} for relu",
            varied(Other, activation=ref.activations[name]),
        )
        for name in _others()
    ),
    Hypothesis("output-activated", "the last layer has the hidden activation too", OutputActivated),
    Hypothesis("biases-not-added", "the biases are not added", Unbiased),
    Hypothesis("biases-start-at-0", "the biases begin at 0, whatever is given", ZeroedBiases),
)


def of_layers(problem: Problem) -> tuple[Hypothesis, ...]:
    """Return hypotheses of single layers."""
    kernels = problem.start[::2]
    square = [n for n, kernel in enumerate(kernels, 1) if kernel.shape[0] == kernel.shape[1]]
    return (
        *(
            Hypothesis(
                "bias-not-added", "the bias of layer {value} is not added", Unbiased, values=(n,)
            )
            for n in range(1, len(kernels) + 1)
        ),
        *(
            Hypothesis(slug, what, change, values=(n,))
            for n in square
            for slug, what, change in (
                (
                    "kernel-transposed",
                    "the kernel of layer {value} is taken the other way round",
                    Transposed,
                ),
                (
                    "kernel-transposed",
                    "the kernel of layer {value} is read the other way round in each step",
                    varied(Transposed, always=True),
                ),
                (
                    "kernel-returned-transposed",
                    "the kernel of layer {value} is returned the other way round",
                    TransposedOut,
                ),
            )
        ),
    )
