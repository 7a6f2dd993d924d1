"""Hypotheses of the optimizer's formulas."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters.training import Problem

from ..reference import optimizers
from .varied import ADAMS, Hypothesis, Varied, varied

__all__ = ["HYPOTHESES", "Formula"]

Array = NDArray[Any]


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


_EPSILONS = (1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-10, 1e-12, 1e-16)
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
        Hypothesis(slug, what, varied(Adam, how=how), optimizers=ADAMS)
        for how, (slug, what) in _ADAM.items()
    ),
    Hypothesis(
        "epsilon-inside-root",
        "epsilon, {value}, is added under the root",
        varied(Adam, how="inside"),
        values=_EPSILONS,
        optimizers=ADAMS,
        is_fitted=True,
    ),
    Hypothesis(
        "epsilon-inside-root",
        "epsilon, {value}, is added under the root, on the other side of the correction",
        varied(Adam, how="inside-uncorrected"),
        values=_EPSILONS,
        optimizers=ADAMS,
    ),
    Hypothesis(
        "epsilon-after-correction",
        "epsilon, {value}, is added after the correction",
        varied(Adam, how="epsilon-elsewhere"),
        values=_EPSILONS,
        optimizers=("adam_hat",),
    ),
    Hypothesis(
        "epsilon-before-correction",
        "epsilon, {value}, is added before the correction",
        varied(Adam, how="epsilon-elsewhere"),
        values=_EPSILONS,
        optimizers=("adam",),
    ),
    Hypothesis(
        "nesterov", "the step looks ahead, as Nesterov's", Nesterov, optimizers=("momentum",)
    ),
    *(
        Hypothesis(slug, what, varied(Moved, how=how), optimizers=("momentum",))
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
        varied(Dampened, first=2),
        values=(0.1, 0.5, 0.9),
        is_fitted=True,
        optimizers=("momentum",),
    ),
    *(
        Hypothesis(
            f"optimizer-{name}", f"the optimizer is {name}", varied(OtherOptimizer, name=name)
        )
        for name in (*optimizers, "adagrad", "sign")
    ),
    Hypothesis(
        "optimizer-rmsprop",
        "the optimizer is RMSProp, which keeps {value}",
        varied(OtherOptimizer, name="rmsprop"),
        values=(0.9, 0.99, 0.999),
    ),
)
