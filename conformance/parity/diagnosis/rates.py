"""Hypotheses of the optimizer's rates: other values, schedules, decay."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters.training import Problem

from .varied import Hypothesis, Varied, varied

__all__ = ["HYPOTHESES", "of_rates"]

Array = NDArray[Any]


class Rate(Varied):
    """Has another value of a rate."""

    rate = "learning_rate"

    def __init__(self, problem: Problem, value: float = 0.0) -> None:
        super().__init__(problem, value)
        self.rates = {**problem.rates, self.rate: value}


class Scheduled(Varied):
    """Changes the learning rate from step to step."""

    how = "inverse"
    is_inside = False  # whether momentum keeps steps of the rates that they were taken with

    def schedule(self) -> float:
        """Return what the rate of this step is multiplied by."""
        t, c = self.steps, self.value
        total = len(self.every_step)
        factors: dict[str, Callable[[], float]] = {
            "inverse": lambda: 1 / (1 + c * (t - 1)),
            "inverse-from-1": lambda: 1 / (1 + c * t),
            "inverse-epoch": lambda: 1 / (1 + c * self.epoch),
            "power": lambda: c ** (t - 1),
            "power-from-1": lambda: c**t,
            "power-epoch": lambda: c**self.epoch,
            "warmup": lambda: min(1.0, t / c),
            "warmup-from-0": lambda: min(1.0, (t - 1) / c),
            "root": lambda: t**-0.5,
            "linear": lambda: 1 - (t - 1) / total,
            "cosine": lambda: (1 + math.cos(math.pi * (t - 1) / total)) / 2,
        }
        return float(factors[self.how]())

    @property
    def every_step(self) -> range:
        """One place for each step of the training."""
        if not hasattr(self, "_steps"):
            self._steps = range(sum(1 for _ in self.problem.batches()))
        return self._steps

    def apply(self, gradient: list[Array]) -> None:
        """Update by a part of the step, or with a part of the rate."""
        factor = self.schedule()
        if self.is_inside:
            rate = self.problem.rates["learning_rate"] * factor
            self.rates = {**self.problem.rates, "learning_rate": rate}
            super().apply(gradient)
            return
        before = [part.copy() for part in self.parameters]
        super().apply(gradient)
        for part, last in zip(self.parameters, before, strict=True):
            part[:] = last + factor * (part - last)


class Decayed(Varied):
    """Decays weights: coupled, as a part of the gradient, or by the update."""

    biases = False
    coupled = True

    def apply(self, gradient: list[Array]) -> None:
        """Update, with the decay."""
        decay = self.value if self.coupled else self.value * self.rates["learning_rate"]
        before = [
            part * decay if self.biases or n % 2 == 0 else np.zeros_like(part)
            for n, part in enumerate(self.parameters)
        ]
        if self.coupled:
            gradient = [g + more for g, more in zip(gradient, before, strict=True)]
        super().apply(gradient)
        if not self.coupled:
            for part, less in zip(self.parameters, before, strict=True):
                part -= less


_DECAYS = (1e-4, 1e-3, 1e-2, 5e-4, 1e-5, 0.1)
_PACES = (1e-3, 1e-2, 1e-4, 0.1, 1.0)
_SHARES = (0.9, 0.99, 0.999, 0.95, 0.5, 0.96)
_EPSILONS = (1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-10, 1e-12, 1e-16)
# By name: what it does, numbers to try, whether others are solved for.
_SCHEDULES: dict[str, tuple[str, tuple[float, ...], bool]] = {
    "inverse": ("the learning rate is divided by 1 + {value} t, t from 0", _PACES, True),
    "inverse-from-1": ("the learning rate is divided by 1 + {value} t, t from 1", _PACES, True),
    "inverse-epoch": ("the learning rate is divided by 1 + {value} times the epochs", _PACES, True),
    "power": ("the learning rate is multiplied by {value} after each step", _SHARES, True),
    "power-from-1": ("the learning rate is multiplied by {value} before each step", _SHARES, True),
    "power-epoch": ("the learning rate is multiplied by {value} after each epoch", _SHARES, True),
    "warmup": (
        "the learning rate grows over {value} steps",
        (2, 3, 4, 5, 8, 10, 16, 20, 32, 50, 64, 100, 1000),
        True,
    ),
    "warmup-from-0": (
        "the learning rate grows over {value} steps, from 0",
        (2, 3, 4, 5, 8, 10, 16, 20, 32, 50, 64, 100, 1000),
        True,
    ),
    "root": ("the learning rate is divided by the root of the step's number", (0.0,), False),
    "linear": ("the learning rate falls to 0 in a line", (0.0,), False),
    "cosine": ("the learning rate falls to 0 by a cosine", (0.0,), False),
}
HYPOTHESES = (
    *(
        Hypothesis(
            slug,
            f"{what} decay by {{value}}{how}",
            varied(Decayed, biases=biases, coupled=coupled),
            values=_DECAYS,
            is_fitted=True,
        )
        for coupled, slug, how in (
            (True, "weight-decay", ", in the gradient"),
            (False, "weight-decay-decoupled", " times the learning rate, beside the update"),
        )
        for biases, what in ((False, "kernels"), (True, "all parameters"))
    ),
    *(
        Hypothesis(
            f"rate-{slug}",
            what,
            varied(Scheduled, how=slug, is_inside=inside),
            values=values,
            is_fitted=fitted,
            optimizers=("momentum",) if inside else (),
        )
        for slug, (what, values, fitted) in _SCHEDULES.items()
        for inside in (False, True)
    ),
)


def of_rates(problem: Problem) -> tuple[Hypothesis, ...]:
    """Return hypotheses of each rate's value."""
    usual = {
        "epsilon": _EPSILONS,
        "beta_1": (0.9, 0.99, 0.5, 0.95),
        "beta_2": (0.999, 0.99, 0.9999, 0.95, 0.9),
        "momentum": (0.99, 0.95, 0.5),
    }
    return tuple(
        Hypothesis(
            f"other-{name}".replace("_", "-"),
            f"{name} is {{value}}, and not {rate:g}",
            varied(Rate, rate=name),
            values=(
                *usual.get(name, ()),
                rate * 1.001,
                2 * rate if name == "learning_rate" else rate * 0.999,
            ),
            is_fitted=True,
        )
        for name, rate in problem.rates.items()
    )
