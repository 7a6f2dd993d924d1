"""Hypotheses of constraints on weights: bounds, norms, signs, after each step or in each pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters.training import Problem, Step

from .varied import Hypothesis, Varied, varied

__all__ = ["HYPOTHESES"]

Array = NDArray[Any]
Constraint = Callable[[Array, float, Any], Array]
_AXES: dict[Any, str] = {0: "column", 1: "row", None: "tensor"}


def _norm(w: Array, axis: Any) -> Array:
    return np.sqrt((w * w).sum(axis=axis if w.ndim == 2 else None, keepdims=True))


def _divided(w: Array, by: Array) -> Array:
    """Return a quotient; where the divisor is 0, what is divided."""
    return np.divide(w, by, out=w.copy(), where=by != 0)


def _max_norm(w: Array, bound: float, axis: Any) -> Array:
    norm = _norm(w, axis)
    return np.where(norm > bound, _divided(w * bound, norm), w)


def _max_norm_keras(w: Array, bound: float, axis: Any) -> Array:
    norm = _norm(w, axis)
    return w * (np.clip(norm, 0, bound) / (norm + 1e-7))


def _largest_norm(axis: Any) -> Callable[[Problem, Sequence[Step]], list[float]]:
    """Return what reads off the bound on a norm: the largest that came back."""

    def read(problem: Problem, steps: Sequence[Step]) -> list[float]:
        parts = [part for part in steps[-1].parameters if part.ndim == 2]
        every = [part for one in (steps[0], steps[-1]) for part in one.parameters]
        kernels = max(float(_norm(part, axis).max()) for part in parts)
        return [kernels, max(float(_norm(part, axis).max()) for part in every)]

    return read


def _largest(problem: Problem, steps: Sequence[Step]) -> list[float]:
    """Return the largest magnitude that came back after the first step, and at the end."""
    return [
        max(float(np.abs(part).max()) for part in step.parameters[::stride])
        for step in (steps[0], steps[-1])
        for stride in (2, 1)
    ]


class Constrained(Varied):
    """Holds parameters to a constraint: after each step, or whenever they are used."""

    constraint: Constraint = staticmethod(_max_norm)
    axis: Any = 0
    of = "kernels"
    when = "after"  # or "before" the update, or "never"

    def constrained(self, parameters: list[Array]) -> list[Array]:
        """Return parameters that are held to it."""
        wanted = {"kernels": (2,), "biases": (1,), "all": (1, 2)}[self.of]
        return [
            self.constraint(part, self.value, self.axis) if part.ndim in wanted else part
            for part in parameters
        ]

    def apply(self, gradient: list[Array]) -> None:
        """Update the parameters."""
        if self.when == "before":
            self.parameters = self.constrained(self.parameters)
        super().apply(gradient)
        if self.when == "after":
            self.parameters = self.constrained(self.parameters)


class ConstrainedPasses(Constrained):
    """Holds parameters to a constraint whenever they are used, and keeps them as they are."""

    def learn(self, x: Array, y: Array) -> tuple[float, list[Array]]:
        """Return the mean loss of a batch, and its gradient."""
        kept = self.parameters
        self.parameters = self.constrained(kept)
        found = super().learn(x, y)
        self.parameters = kept
        return found


class FromStart(Constrained):
    """Holds the parameters that it is given to it, once."""

    def __init__(self, problem: Problem, value: float = 0.0) -> None:
        super().__init__(problem, value)
        self.parameters = self.constrained(self.parameters)


class NormKept(Varied):
    """Brings weights back, after each step, to the norm that they had before it, or at first."""

    axis: Any = 0
    first = False
    biases = False

    def apply(self, gradient: list[Array]) -> None:
        """Update, and keep norms."""
        before = self.problem.start if self.first else [part.copy() for part in self.parameters]
        super().apply(gradient)
        for part, last in zip(self.parameters, before, strict=True):
            if part.ndim == 2 or self.biases:
                part[:] = _divided(part * _norm(last, self.axis), _norm(part, self.axis))


class WeightNormalized(Varied):
    """Has kernels of unit norm in each pass, with the gradient through the norm."""

    axis: Any = 0

    def learn(self, x: Array, y: Array) -> tuple[float, list[Array]]:
        """Return the mean loss of a batch, and its gradient."""
        kept = self.parameters
        norms = [_norm(part, self.axis) for part in kept]
        self.parameters = [
            _divided(part, norm) if part.ndim == 2 else part
            for part, norm in zip(kept, norms, strict=True)
        ]
        loss, gradient = super().learn(x, y)
        for place, (unit, norm) in enumerate(zip(self.parameters, norms, strict=True)):
            if unit.ndim == 2:
                g = gradient[place]
                along = (g * unit).sum(axis=self.axis, keepdims=True)
                gradient[place] = _divided(g - unit * along, norm)
        self.parameters = kept
        return loss, gradient


class Tangent(Varied):
    """Takes the part of the gradient along the weights off."""

    axis: Any = 0

    def changed(self, gradient: list[Array]) -> list[Array]:
        """Return what the optimizer gets instead of the gradient."""
        return [
            g - _divided(w * (g * w).sum(axis=self.axis, keepdims=True), _norm(w, self.axis) ** 2)
            if g.ndim == 2
            else g
            for g, w in zip(gradient, self.parameters, strict=True)
        ]


class Shrunk(Varied):
    """Decays by magnitude: a penalty in the gradient, in the loss too, or after the step."""

    asks_once = True
    how = "gradient"
    biases = False

    def learn(self, x: Array, y: Array) -> tuple[float, list[Array]]:
        """Return the mean loss of a batch, and its gradient."""
        loss, gradient = super().learn(x, y)
        for place, part in enumerate(self.parameters):
            if part.ndim == 2 or self.biases:
                if self.how != "threshold":
                    gradient[place] = gradient[place] + self.value * np.sign(part)
                if self.how == "loss":
                    loss += self.value * float(np.abs(part).sum())
        return loss, gradient

    def apply(self, gradient: list[Array]) -> None:
        """Update, and shrink."""
        super().apply(gradient)
        if self.how == "threshold":
            for part in self.parameters:
                if part.ndim == 2 or self.biases:
                    by = self.value * self.rates["learning_rate"]
                    part[:] = np.sign(part) * np.maximum(np.abs(part) - by, 0)


def _standardized(w: Array, epsilon: float, axis: Any) -> Array:
    axis = axis if w.ndim == 2 else None
    centred = w - w.mean(axis=axis, keepdims=True)
    return _divided(centred, w.std(axis=axis, keepdims=True) + epsilon)


def _small_dropped(w: Array, bound: float, axis: Any) -> Array:
    return np.where(np.abs(w) < bound, 0.0, w)


# By axis: name, what is said, the constraint, numbers to try, what reads one off.
_OF_AXES: dict[str, tuple[str, Constraint, tuple[float, ...], bool]] = {
    "max-norm": ("held to a norm of {value} at most", _max_norm, (1.0, 2.0, 3.0, 0.5), True),
    "max-norm-epsilon": (
        "held to a norm of {value} at most (1e-7 added to the norm)",
        _max_norm_keras,
        (1.0, 2.0, 3.0, 0.5, 4.0),
        True,
    ),
    "unit-norm": (
        "brought to norm 1 (epsilon {value})",
        lambda w, eps, axis: _divided(w, _norm(w, axis) + eps),
        (0.0, 1e-7, 1e-8, 1e-12, 1e-6, 1e-5),
        False,
    ),
    "fixed-norm": (
        "brought to norm {value}",
        lambda w, size, axis: _divided(w * size, _norm(w, axis)),
        (2.0, 3.0, 0.5),
        True,
    ),
    "weights-centred": (
        "centred",
        lambda w, _, axis: w - w.mean(axis=axis if w.ndim == 2 else None, keepdims=True),
        (0.0,),
        False,
    ),
    "weights-standardized": (
        "standardized (epsilon {value})",
        _standardized,
        (0.0, 1e-5, 1e-8, 1e-7, 1e-6, 1e-3),
        False,
    ),
}
_OF_ENTRIES: dict[str, tuple[str, Constraint, tuple[float, ...], Any]] = {
    "weights-clipped": (
        "clipped to {value}",
        lambda w, bound, _: np.clip(w, -abs(bound), abs(bound)),
        (1.0, 0.5, 0.1, 0.01, 2.0),
        _largest,
    ),
    "non-negative": ("kept from being negative", lambda w, _, __: np.maximum(w, 0), (0.0,), None),
    "weights-in-0-1": ("clipped to between 0 and 1", lambda w, _, __: np.clip(w, 0, 1), (0.0,),
                       None),
    "magnitudes": ("replaced by their magnitudes", lambda w, _, __: np.abs(w), (0.0,), None),
    "weights-rounded": (
        "rounded to multiples of {value}",
        lambda w, unit, _: np.round(w / unit) * unit,
        (*(10.0**-n for n in range(1, 13)), *(2.0**-n for n in range(2, 40))),
        None,
    ),
    "small-weights-dropped": (
        "set to 0 below a magnitude of {value}",
        _small_dropped,
        (1e-3, 1e-2, 1e-4, 1e-5, 0.05, 0.1),
        None,
    ),
}  # fmt: skip
_WHEN = {
    "after": "after each step",
    "forward": "in both passes, and kept as they were",
    "before": "before each update",
}


def _constraints() -> Iterator[Hypothesis]:
    for of, title in (("kernels", "kernels"), ("all", "all parameters"), ("biases", "biases")):
        for when, said in (*_WHEN.items(), ("start", "once, as they are given")):
            change: type[Constrained] = {"start": FromStart, "forward": ConstrainedPasses}.get(
                when, Constrained
            )
            where = when if change is Constrained else "never"
            for slug, (what, constraint, values, is_read) in _OF_AXES.items():
                for axis, line in _AXES.items():
                    if of == "biases" and axis is not None:
                        continue
                    each = f"each {line} of the {title} is" if axis is not None else (
                        f"each tensor of the {title} is"
                    )  # fmt: skip
                    yield Hypothesis(
                        slug,
                        f"{each} {what} {said}",
                        varied(
                            change, constraint=staticmethod(constraint), axis=axis, of=of,
                            when=where,
                        ),
                        values=values,
                        is_fitted=is_read and when == "after",
                        read=_largest_norm(axis) if is_read else None,
                    )  # fmt: skip
            for slug, (what, constraint, values, read) in _OF_ENTRIES.items():
                yield Hypothesis(
                    slug,
                    f"the {title} are {what} {said}".replace("the all", "all"),
                    varied(change, constraint=staticmethod(constraint), of=of, when=where),
                    values=values,
                    is_fitted=slug == "weights-clipped" and when == "after",
                    read=read,
                )


HYPOTHESES = (
    *_constraints(),
    *(
        Hypothesis(
            "norm-kept",
            f"each {line} of {'all parameters' if biases else 'the kernels'} is brought back to "
            f"the norm that it had {'at first' if first else 'before the step'}",
            varied(NormKept, axis=axis, first=first, biases=biases),
        )
        for axis, line in _AXES.items()
        for first in (False, True)
        for biases in (False, True)
    ),
    *(
        Hypothesis(slug, what.format(line=line), varied(change, axis=axis))
        for axis, line in _AXES.items()
        for slug, what, change in (
            (
                "weight-normalization",
                "each {line} of the kernels is divided by its norm in both passes, and the "
                "gradient goes through the norm",
                WeightNormalized,
            ),
            (
                "gradient-along-weights-dropped",
                "the part of the gradient along each {line} of the kernels is subtracted",
                Tangent,
            ),
        )
    ),
    *(
        Hypothesis(
            slug,
            what.format(title=title, value="{value}"),
            varied(Shrunk, how=how, biases=biases),
            values=(1e-4, 1e-3, 1e-2, 1e-5, 0.1),
            is_fitted=True,
        )
        for biases, title in ((False, "kernels"), (True, "all parameters"))
        for how, slug, what in (
            (
                "gradient",
                "penalty-on-magnitudes",
                "{value} times the sign of {title} is added to the gradient",
            ),
            (
                "loss",
                "penalty-on-magnitudes",
                "{value} times the magnitudes of {title} is added to the loss",
            ),
            (
                "threshold",
                "magnitudes-shrunk",
                "magnitudes of {title} shrink by {value} times the learning rate after each step",
            ),
        )
    ),
)
