"""Hypotheses of the optimizer: its rates, its formulas, its states."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..problem import Problem
from ..reference import optimizers
from .varied import Hypothesis, Varied

__all__ = ["HYPOTHESES", "of_rates"]

Array = NDArray[Any]
_ADAMS = ("adam", "adam_hat")


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


class Formula(Varied):
    """Updates by another formula."""

    def __init__(self, problem: Problem, value: float = 0.0) -> None:
        super().__init__(problem, value)
        self.rates = {
            "momentum": 0.9,
            "beta_1": 0.9,
            "beta_2": 0.999,
            "epsilon": 1e-8,
            **problem.rates,
        }
        self.update = self.updated

    def updated(self, x: Array, g: Array, t: int, state: dict[str, Array], rates: Any) -> None:
        """Update a parameter in place."""
        raise NotImplementedError


class Nesterov(Formula):
    """Looks ahead by another part of momentum."""

    def updated(self, x: Array, g: Array, t: int, state: dict[str, Array], rates: Any) -> None:
        mu, rate = rates["momentum"], rates["learning_rate"]
        state["v"] = mu * state.get("v", np.zeros_like(x)) - rate * g
        x += mu * state["v"] - rate * g


class Dampened(Formula):
    """Takes a part of the gradient into the velocity, from some step on."""

    first = 1

    def updated(self, x: Array, g: Array, t: int, state: dict[str, Array], rates: Any) -> None:
        part = self.value if t >= self.first else 1.0
        v = state.get("v", np.zeros_like(x))
        state["v"] = rates["momentum"] * v - part * rates["learning_rate"] * g
        x += state["v"]


class Moved(Formula):
    """Moves by the velocity of the step before, or has momentum from another epoch or step on."""

    how = "late"

    def updated(self, x: Array, g: Array, t: int, state: dict[str, Array], rates: Any) -> None:
        mu, rate = rates["momentum"], rates["learning_rate"]
        v = state.get("v", np.zeros_like(x))
        if self.how == "reset" and (t - 1) % self.per_epoch == 0:
            v = np.zeros_like(x)
        state["v"] = mu * v - rate * g
        if self.how == "none":
            x -= rate * g
        elif self.how == "late":
            x += v
        elif self.how == "kept":
            x += mu * state["v"]
        elif self.how == "minus":
            state["v"] = -mu * v - rate * g
            x += state["v"]
        elif self.how == "corrected":
            state["v"] = mu * v - (1 - mu) * rate * g
            x += state["v"] / (1 - mu**t)
        else:
            x += state["v"]


class Adam(Formula):
    """Takes a step of Adam otherwise."""

    how = ""

    def updated(self, x: Array, g: Array, t: int, state: dict[str, Array], rates: Any) -> None:
        how = self.how
        b1, b2, eps, rate = (rates[k] for k in ("beta_1", "beta_2", "epsilon", "learning_rate"))
        if how == "swapped":
            b1, b2 = b2, b1
        m, v = state.get("m", np.zeros_like(x)), state.get("v", np.zeros_like(x))
        if "reset" in how and (t - 1) % self.per_epoch == 0:
            m, v, state["top"] = np.zeros_like(x), np.zeros_like(x), np.zeros_like(x)
        if how == "from-gradient" and t == 1:
            m, v = g, g * g
        m = b1 * m + (1 - b1) * g if how != "sum-1" else b1 * m + g
        v = b2 * v + (1 - b2) * (np.abs(g) if how == "absolute" else g * g)
        if how == "square-of-mean":
            v = m * m
        state["m"], state["v"] = m, v
        n = t + 1 if how == "late" else (t - 1) // self.per_epoch + 1 if how == "by-epoch" else t
        if how == "step-reset":
            n = (t - 1) % self.per_epoch + 1
        c1 = 1.0 if how in ("no-1", "no-12") else 1 - b1**n
        c2 = 1.0 if how in ("no-2", "no-12") else 1 - b2**n
        if how == "power":
            c1, c2 = 1 - b1, 1 - b2
        if how == "amsgrad":
            state["top"] = v = np.maximum(v, state.get("top", v))
        if how == "amsgrad-corrected":
            state["top"] = np.maximum(v / c2, state.get("top", v / c2))
            v = state["top"] * c2
        mean = m / c1
        if how == "nesterov":
            mean = b1 * m / (1 - b1 ** (t + 1)) + (1 - b1) * g / c1
        if how == "nesterov-same":
            mean = (b1 * m + (1 - b1) * g) / c1
        # adam_hat adds epsilon before the correction.
        hat = self.problem.optimizer.name == "adam_hat"
        if how == "inside":
            root = np.sqrt(v / c2 + self.value) if not hat else np.sqrt(v + self.value) / c2**0.5
        elif how == "inside-uncorrected":
            root = np.sqrt(v + self.value) / c2**0.5 if not hat else np.sqrt(v / c2 + self.value)
        elif how == "no-root":
            root = v / c2 + eps
        elif how == "epsilon-elsewhere":
            root = np.sqrt(v / c2) + self.value if hat else (np.sqrt(v) + self.value) / c2**0.5
        elif how == "epsilon-maximum":
            root = np.maximum(np.sqrt(v / c2), eps)
        else:
            root = np.sqrt(v / c2) + eps if not hat else (np.sqrt(v) + eps) / c2**0.5
        x -= rate * mean / root


class OtherOptimizer(Formula):
    """Is another optimizer."""

    name = "sgd"

    def updated(self, x: Array, g: Array, t: int, state: dict[str, Array], rates: Any) -> None:
        if self.name in optimizers:
            optimizers[self.name](x, g, t, state, rates)
            return
        rate, eps = rates["learning_rate"], rates["epsilon"]
        if self.name == "sign":
            x -= rate * np.sign(g)
            return
        share = {"adagrad": (1.0, 1.0), "rmsprop": (self.value, 1 - self.value)}[self.name]
        state["v"] = share[0] * state.get("v", np.zeros_like(x)) + share[1] * g * g
        x -= rate * g / (np.sqrt(state["v"]) + eps)


def _with(change: type[Varied], **attributes: Any) -> Any:
    return type(change.__name__, (change,), attributes)


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
_ADAM = {
    "no-12": ("no-bias-correction", "neither mean is corrected for having begun at 0"),
    "no-1": ("no-correction-of-mean", "the mean is not corrected for having begun at 0"),
    "no-2": ("no-correction-of-square", "the mean square is not corrected for having begun at 0"),
    "late": ("correction-a-step-late", "the corrections are those of the next step"),
    "power": (
        "correction-of-first-step",
        "the corrections are those of the first step at every step",
    ),
    "by-epoch": ("correction-by-epoch", "the corrections count epochs, not steps"),
    "step-reset": ("correction-begins-anew", "the corrections begin anew with each epoch"),
    "swapped": ("betas-swapped", "beta_1 and beta_2 are swapped"),
    "amsgrad": ("amsgrad", "the mean square never falls (AMSGrad)"),
    "amsgrad-corrected": ("amsgrad", "the corrected mean square never falls (AMSGrad)"),
    "no-root": ("no-root", "the root of the mean square is not taken"),
    "from-gradient": (
        "means-begin-at-gradient",
        "the means begin at the first gradient and its square, and not at 0",
    ),
    "sum-1": (
        "mean-not-weighted",
        "the gradient is added to the mean without the factor 1 - beta_1",
    ),
    "absolute": ("mean-of-magnitudes", "magnitudes are averaged, not squares"),
    "square-of-mean": ("square-of-mean", "the square of the mean is taken for the mean of squares"),
    "nesterov": ("nesterov", "the step looks ahead, as Nesterov's (NAdam)"),
    "nesterov-same": ("nesterov", "the step looks ahead, as Nesterov's"),
    "reset": ("state-begins-anew", "the means begin anew with each epoch"),
    "epsilon-maximum": (
        "epsilon-maximum",
        "epsilon is a lower bound of the root, and not added to it",
    ),
}
_MOMENTUM = {
    "none": ("no-momentum", "nothing of the last step is kept"),
    "late": ("velocity-of-step-before", "the parameters move by the velocity of the step before"),
    "kept": ("velocity-times-momentum", "the parameters move by momentum times the velocity"),
    "minus": ("momentum-negative", "the last step is taken off and not added"),
    "reset": ("state-begins-anew", "the velocity begins anew with each epoch"),
    "corrected": ("momentum-corrected", "the velocity is a mean, corrected for having begun at 0"),
}


HYPOTHESES = (
    *(
        Hypothesis(slug, what, _with(Adam, how=how), optimizers=_ADAMS)
        for how, (slug, what) in _ADAM.items()
    ),
    Hypothesis(
        "epsilon-inside-root",
        "epsilon, {value}, is added under the root",
        _with(Adam, how="inside"),
        values=_EPSILONS,
        optimizers=_ADAMS,
        is_fitted=True,
    ),
    Hypothesis(
        "epsilon-inside-root",
        "epsilon, {value}, is added under the root, on the other side of the correction",
        _with(Adam, how="inside-uncorrected"),
        values=_EPSILONS,
        optimizers=_ADAMS,
    ),
    Hypothesis(
        "epsilon-after-correction",
        "epsilon, {value}, is added after the correction",
        _with(Adam, how="epsilon-elsewhere"),
        values=_EPSILONS,
        optimizers=("adam_hat",),
    ),
    Hypothesis(
        "epsilon-before-correction",
        "epsilon, {value}, is added before the correction",
        _with(Adam, how="epsilon-elsewhere"),
        values=_EPSILONS,
        optimizers=("adam",),
    ),
    Hypothesis(
        "nesterov", "the step looks ahead, as Nesterov's", Nesterov, optimizers=("momentum",)
    ),
    *(
        Hypothesis(slug, what, _with(Moved, how=how), optimizers=("momentum",))
        for how, (slug, what) in _MOMENTUM.items()
    ),
    Hypothesis(
        "dampened",
        "{value} of the gradient goes into the velocity",
        Dampened,
        values=(0.1, 0.5, 0.9),
        is_fitted=True,
        optimizers=("momentum",),
    ),
    Hypothesis(
        "dampened-after-first",
        "{value} of the gradient goes into the velocity, after the first step",
        _with(Dampened, first=2),
        values=(0.1, 0.5, 0.9),
        is_fitted=True,
        optimizers=("momentum",),
    ),
    *(
        Hypothesis(
            f"optimizer-{name}", f"the optimizer is {name}", _with(OtherOptimizer, name=name)
        )
        for name in (*optimizers, "adagrad", "sign")
    ),
    Hypothesis(
        "optimizer-rmsprop",
        "the optimizer is RMSProp, which keeps {value}",
        _with(OtherOptimizer, name="rmsprop"),
        values=(0.9, 0.99, 0.999),
    ),
    *(
        Hypothesis(
            slug,
            f"{what} decay by {{value}}{how}",
            _with(Decayed, biases=biases, coupled=coupled),
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
            _with(Scheduled, how=slug, is_inside=inside),
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
            _with(Rate, rate=name),
            values=(
                *usual.get(name, ()),
                rate * 1.001,
                2 * rate if name == "learning_rate" else rate * 0.999,
            ),
            is_fitted=True,
        )
        for name, rate in problem.rates.items()
    )
