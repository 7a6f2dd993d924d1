"""Hypotheses of what velocity and moments are averages of, and of which the step takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .formulas import Formula
from .varied import ADAMS, Hypothesis, varied

__all__ = ["HYPOTHESES"]

Array = NDArray[Any]


_SCALARS: dict[str, Callable[[Array], float]] = {
    "mean": lambda a: float(a.mean()),
    "sum": lambda a: float(a.sum()),
    "maximum": lambda a: float(a.max()),
    "last": lambda a: float(a.flat[-1]),
    "first": lambda a: float(a.flat[0]),
}


class Scalar(Formula):
    """Has one number for the state of a tensor, of a layer, or of all: of which part of it."""

    parts: tuple[str, ...] = ("square",)
    of = "tensor"
    how = "mean"
    axis: int | None = None

    def apply(self, gradient: list[Array]) -> None:
        """Update from what is averaged over tensors."""
        self.groups = self.gathered(gradient)
        for place, (part, g, state) in enumerate(
            zip(self.parameters, gradient, self.states, strict=True)
        ):
            self.place = place
            self.update(part, g, self.steps, state, self.rates)

    def gathered(self, gradient: list[Array]) -> list[list[Array]]:
        """Return the gradients that each tensor shares its number with."""
        layers = [gradient[n : n + 2] for n in range(0, len(gradient), 2)]
        return {
            "tensor": [[g] for g in gradient],
            "layer": [layer for layer in layers for _ in layer],
            "all": [gradient for _ in gradient],
        }[self.of]

    def pooled(self, power: int, g: Array) -> Any:
        """Return the number for a power of the gradient."""
        if self.axis is not None:
            return (g**power).mean(axis=self.axis, keepdims=True) if g.ndim == 2 else g**power
        flat = np.concatenate([(g**power).ravel() for g in self.groups[self.place]])
        return _SCALARS[self.how](flat)

    def updated(self, x: Array, g: Array, t: int, state: dict[str, Array], rates: Any) -> None:
        """Update a parameter in place."""
        rate = rates["learning_rate"]
        if self.problem.optimizer.name == "momentum":
            last = state.get("v", np.zeros(()))
            state["v"] = rates["momentum"] * last - rate * self.pooled(1, g)
            x += state["v"]
            return
        b1, b2, eps = rates["beta_1"], rates["beta_2"], rates["epsilon"]
        mean = self.pooled(1, g) if "mean" in self.parts else g
        square = self.pooled(2, g) if "square" in self.parts else g * g
        state["m"] = b1 * state.get("m", 0.0) + (1 - b1) * mean
        state["v"] = b2 * state.get("v", 0.0) + (1 - b2) * square
        corrected = state["m"] / (1 - b1**t)
        if self.problem.optimizer.name == "adam_hat":
            root = (np.sqrt(state["v"]) + eps) / (1 - b2**t) ** 0.5
        else:
            root = np.sqrt(state["v"] / (1 - b2**t)) + eps
        x -= rate * corrected / root


class OtherMeans(Formula):
    """Takes other means into a step of Adam, or the means of the step before."""

    how = "late"

    def updated(self, x: Array, g: Array, t: int, state: dict[str, Array], rates: Any) -> None:
        """Update a parameter in place."""
        how = self.how
        b1, b2, eps, rate = (rates[k] for k in ("beta_1", "beta_2", "epsilon", "learning_rate"))
        zero = np.zeros_like(x)
        m0, v0 = state.get("m", zero), state.get("v", zero)
        m = state["m"] = b1 * m0 + (1 - b1) * g
        v = state["v"] = b2 * v0 + (1 - b2) * g * g
        c1, c2 = 1 - b1**t, 1 - b2**t
        if how == "belief":
            v = state["v"] = b2 * v0 + (1 - b2) * (g - m) ** 2
        elif how == "belief-before":
            v = state["v"] = b2 * v0 + (1 - b2) * (g - m0) ** 2
        elif how == "centred":
            v = v - m * m
        elif how == "infinity":
            v = state["v"] = np.maximum(b2 * v0, np.abs(g))
            x -= rate / c1 * m / (v + eps)
            return
        elif how == "square-of-average":
            v = state["v"] = b2 * v0 + (1 - b2) * m * m
        elif how == "not-weighted":
            v = state["v"] = b2 * v0 + g * g
        elif how == "corrected-kept":
            m, v = state["m"], state["v"] = m / c1, v / c2
            c1 = c2 = 1.0
        elif how == "exchanged":
            m, v = v, np.abs(m)
        if how in ("late", "late-mean"):
            m = m0
        if how in ("late", "late-square"):
            v = v0
        if self.problem.optimizer.name == "adam_hat":
            root = (np.sqrt(v) + eps) / c2**0.5
        else:
            root = np.sqrt(v / c2) + eps
        x -= rate * (m / c1) / root


class SecondOnly(Formula):
    """Leaves one of the states of Adam out: the mean, or the mean square."""

    def updated(self, x: Array, g: Array, t: int, state: dict[str, Array], rates: Any) -> None:
        """Update a parameter in place, by the corrected mean alone."""
        b1 = rates["beta_1"]
        state["m"] = b1 * state.get("m", np.zeros_like(x)) + (1 - b1) * g
        x -= rates["learning_rate"] * state["m"] / (1 - b1**t)


_LATE = {
    "late": ("moments-of-step-before", "the step takes both moments of the step before"),
    "late-mean": ("mean-of-step-before", "the step takes the mean of the step before"),
    "late-square": ("square-of-step-before", "the step takes the mean square of the step before"),
    "belief": ("belief", "squares of the gradient's distance from its mean are averaged"),
    "belief-before": (
        "belief",
        "squares of the gradient's distance from its last mean are averaged",
    ),
    "centred": ("variance", "the square of the mean is subtracted from the mean square"),
    "infinity": ("infinity-norm", "the largest magnitude is taken for the mean square (AdaMax)"),
    "square-of-average": (
        "square-of-average",
        "squares of the mean are averaged, not squares of the gradient",
    ),
    "not-weighted": (
        "square-not-weighted",
        "the gradient's square is added to the mean square without the factor 1 - beta_2",
    ),
    "corrected-kept": ("corrected-kept", "the corrected moments are kept for the next step"),
    "exchanged": ("moments-swapped", "the mean and the mean square are swapped"),
}


def _scalars() -> Iterator[Hypothesis]:
    groups = {"tensor": "each tensor", "layer": "each layer", "all": "all tensors"}
    which = {
        "velocity": (("velocity",), "the velocity", ("momentum",)),
        "square": (("square",), "the mean square", ADAMS),
        "mean": (("mean",), "the mean", ADAMS),
        "moments": (("mean", "square"), "both moments", ADAMS),
    }
    for name, (parts, what, optimizers) in which.items():
        verb = "are" if name == "moments" else "is"
        for of, group in groups.items():
            for how in _SCALARS:
                yield Hypothesis(
                    f"scalar-{name}",
                    f"{what} {verb} one number for {group}: the {how} over the entries"
                    if how not in ("last", "first")
                    else f"{what} {verb} one number for {group}: that of the {how} entry",
                    varied(Scalar, parts=parts, of=of, how=how),
                    optimizers=optimizers,
                )
        for axis, line in ((0, "column"), (1, "row")):
            yield Hypothesis(
                f"{line}-{name}",
                f"{what} {verb} one number for each {line} of a kernel",
                varied(Scalar, parts=parts, axis=axis),
                optimizers=optimizers,
            )


HYPOTHESES = (
    *_scalars(),
    *(
        Hypothesis(slug, what, varied(OtherMeans, how=how), optimizers=ADAMS)
        for how, (slug, what) in _LATE.items()
    ),
    Hypothesis(
        "square-not-used",
        "the step is the corrected mean times the learning rate, without the mean square",
        SecondOnly,
        optimizers=ADAMS,
    ),
)
