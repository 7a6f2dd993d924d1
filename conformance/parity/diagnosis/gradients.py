"""Hypotheses of what is done to the entries of a gradient before the optimizer gets it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters.training import Problem, Step

from .varied import Hypothesis, Varied, varied

Array = NDArray[Any]


class Entrywise(Varied):
    """Changes each entry of a gradient by itself."""

    how = "sign"

    def changed(self, gradient: list[Array]) -> list[Array]:
        """Return what the optimizer gets instead of the gradient."""
        c = self.value
        ways: dict[str, Callable[[Array], Array]] = {
            "sign": np.sign,
            "magnitude": np.abs,
            "square": lambda g: g * g,
            "signed-square": lambda g: g * np.abs(g),
            "signed-root": lambda g: np.sign(g) * np.sqrt(np.abs(g)),
            "tanh": np.tanh,
            "soft-sign": lambda g: g / (1 + np.abs(g)),
            "non-negative": lambda g: np.maximum(g, 0),
            "non-positive": lambda g: np.minimum(g, 0),
            "dropped": lambda g: np.where(np.abs(g) < c, 0.0, g),
            "dropped-equal": lambda g: np.where(np.abs(g) <= c, 0.0, g),
            "dropped-large": lambda g: np.where(np.abs(g) > c, 0.0, g),
            "shrunk": lambda g: np.sign(g) * np.maximum(np.abs(g) - c, 0),
            "dropped-relative": lambda g: np.where(np.abs(g) < c * np.abs(g).max(), 0.0, g),
            "below": lambda g: np.minimum(g, c),
            "above": lambda g: np.maximum(g, -c),
            "rounded": lambda g: np.round(g / c) * c,
            "shifted": lambda g: g + c,
        }
        return [ways[self.how](g) for g in gradient]


class Largest(Varied):
    """Keeps a share of the entries, the largest ones."""

    of = "tensor"
    rounding: Callable[[float], float] = staticmethod(np.ceil)

    def changed(self, gradient: list[Array]) -> list[Array]:
        """Return what the optimizer gets instead of the gradient."""
        every = np.concatenate([np.abs(g).ravel() for g in gradient])
        return [
            np.where(np.abs(g) >= self._least(every if self.of == "all" else np.abs(g)), g, 0.0)
            for g in gradient
        ]

    def _least(self, magnitudes: Array) -> float:
        if self.of == "quantile":
            return float(np.quantile(magnitudes, 1 - self.value))
        count = max(1, int(self.rounding(self.value * magnitudes.size)))
        return float(np.partition(magnitudes.ravel(), -count)[-count])


class Centralized(Varied):
    """Subtracts the mean of a gradient over an axis."""

    axis: int | None = 0
    of = "kernels"

    def changed(self, gradient: list[Array]) -> list[Array]:
        """Return what the optimizer gets instead of the gradient."""
        if self.of == "together":
            mean = float(np.concatenate([g.ravel() for g in gradient]).mean())
            return [g - mean for g in gradient]
        wanted = {"kernels": (2,), "all": (1, 2), "biases": (1,)}[self.of]
        return [
            g - g.mean(axis=self.axis if g.ndim == 2 else None, keepdims=True)
            if g.ndim in wanted
            else g
            for g in gradient
        ]


def _dropped(problem: Problem, steps: Sequence[Step]) -> list[float]:
    """Return a bound below which entries are 0: between those that are and those that are not."""
    right, last = Varied(problem), problem.start
    low, high = 0.0, np.inf
    for (x, y), got in zip(problem.batches(), steps, strict=False):
        _, gradient = right.learn(x, y)
        for g, before, after in zip(gradient, last, got.parameters, strict=True):
            size, stays = np.abs(g), before == after
            low = max(low, float(size[stays].max(initial=0.0)))
            high = min(high, float(size[~stays].min(initial=np.inf)))
        if problem.optimizer.name != "sgd":
            break  # later on a state moves also what is set to 0
        last = got.parameters
        right.follow(last)
    if not 0 < low < high < np.inf:
        return []
    digits = (float(f"{(low + high) / 2:.{n}g}") for n in range(1, 17))
    return [next((one for one in digits if low < one <= high), (low + high) / 2)]


_ENTRYWISE: dict[str, tuple[str, str, Sequence[float], bool]] = {
    "sign": ("gradient-sign", "the optimizer gets the sign of the gradient", (0.0,), False),
    "magnitude": ("gradient-magnitude", "the optimizer gets magnitudes", (0.0,), False),
    "square": ("gradient-squared", "the optimizer gets squares", (0.0,), False),
    "signed-square": ("gradient-squared", "the optimizer gets squares, with the sign", (0.0,),
                      False),
    "signed-root": ("gradient-root", "the optimizer gets roots, with the sign", (0.0,), False),
    "tanh": ("gradient-squashed", "the optimizer gets tanh of the gradient", (0.0,), False),
    "soft-sign": ("gradient-squashed", "the optimizer gets g / (1 + |g|)", (0.0,), False),
    "non-negative": ("gradient-one-sided", "negative entries of the gradient are set to 0", (0.0,),
                     False),
    "non-positive": ("gradient-one-sided", "positive entries of the gradient are set to 0", (0.0,),
                     False),
    "dropped": ("gradient-small-dropped",
                "entries of the gradient below a magnitude of {value} are set to 0",
                (1e-3, 1e-2, 1e-4, 1e-5, 0.1, 1e-6), False),
    "dropped-large": ("gradient-large-dropped",
                      "entries of the gradient above a magnitude of {value} are set to 0",
                      (0.1, 0.01, 1e-3, 0.05, 0.5, 1.0), False),
    "dropped-relative": ("gradient-small-dropped",
                         "entries of the gradient below {value} of the tensor's largest are set "
                         "to 0", (0.1, 0.01, 1e-3, 0.5, 0.05), False),
    "shrunk": ("gradient-shrunk", "magnitudes of the gradient are lessened by {value}",
               (1e-3, 1e-2, 1e-4, 1e-5), True),
    "below": ("clipped-one-sided", "the entries of the gradient are at most {value}", (1.0, 0.1,
              0.01, 1e-3), True),
    "above": ("clipped-one-sided", "the entries of the gradient are at least -{value}", (1.0, 0.1,
              0.01, 1e-3), True),
    "rounded": ("gradient-rounded", "the gradient is rounded to multiples of {value}",
                (*(10.0**-n for n in range(1, 11)), *(2.0**-n for n in range(2, 31))), False),
    "shifted": ("gradient-shifted", "{value} is added to every entry of the gradient",
                (1e-3, 1e-8, 1e-6, 1e-4), True),
}  # fmt: skip


HYPOTHESES = (
    *(
        Hypothesis(
            slug,
            what,
            varied(Entrywise, how=how),
            values=values,
            is_fitted=is_fitted,
            read=_dropped if how == "dropped" else None,
        )
        for how, (slug, what, values, is_fitted) in _ENTRYWISE.items()
    ),
    *(
        Hypothesis(
            "gradient-largest-kept",
            f"of the gradient of {what} only {{value}} of the entries, the largest, are kept",
            varied(Largest, of=of, rounding=staticmethod(rounding)),
            values=(0.5, 0.1, 0.01, 0.25, 0.2, 0.05, 0.9, 0.75, 0.3, 0.8),
        )
        for of, what in (
            ("tensor", "each tensor"),
            ("all", "all parameters"),
            ("quantile", "each tensor"),
        )
        for rounding in (np.ceil, np.floor, np.round)
    ),
    *(
        Hypothesis(
            "gradient-centralized",
            f"the mean over {over} is subtracted from the gradient of {title}",
            varied(Centralized, axis=axis, of=of),
        )
        for axis, over in ((0, "each column"), (1, "each row"), (None, "each tensor"))
        for of, title in (
            ("kernels", "kernels"),
            ("all", "all parameters"),
            ("biases", "biases"),
            ("together", "all parameters together"),
        )
    ),
)
