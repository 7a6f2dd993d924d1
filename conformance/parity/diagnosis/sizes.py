"""Hypotheses of gradients and steps that are clipped, or brought to a size."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .varied import Hypothesis, Varied, varied

Array = NDArray[Any]


class ClippedNorm(Varied):
    """Clips the gradient by its norm: of all parameters together, or of each."""

    each = False

    def changed(self, gradient: list[Array]) -> list[Array]:
        norms = [float(np.linalg.norm(g)) for g in gradient]
        if not self.each:
            norms = [float(np.linalg.norm(norms))] * len(norms)
        return [
            g * min(1.0, self.value / norm) if norm else g
            for g, norm in zip(gradient, norms, strict=True)
        ]


class ClippedValue(Varied):
    """Clips each entry of the gradient."""

    def changed(self, gradient: list[Array]) -> list[Array]:
        return [np.clip(g, -abs(self.value), abs(self.value)) for g in gradient]


def _norm(g: Array) -> float:
    return float(np.linalg.norm(g))


# By name: what is said of it, and the size of a tensor.
_SIZES: dict[str, tuple[str, Callable[[Array], Any]]] = {
    "norm": ("norm", _norm),
    "root-mean-square": ("root mean square", lambda g: float(np.sqrt((g * g).mean()))),
    "maximum": ("largest magnitude", lambda g: float(np.abs(g).max())),
    "sum": ("sum of magnitudes", lambda g: float(np.abs(g).sum())),
    "deviation": ("deviation", lambda g: float(g.std())),
    "variance-root": ("mean magnitude", lambda g: float(np.abs(g).mean())),
}


class Sized(Varied):
    """Brings gradients to a size, or holds them to one: all together, or in parts."""

    size_of: Callable[[Array], Any] = staticmethod(_norm)
    of = "all"  # or "layer", "tensor", "column", "row"
    clips = False
    epsilon = 0.0
    is_inside = False  # whether epsilon is a lower bound of the size, and not added to it
    centred = False

    def changed(self, gradient: list[Array]) -> list[Array]:
        """Return what the optimizer gets instead of the gradient."""
        if self.of in ("column", "row"):
            axis = 0 if self.of == "column" else 1
            return [
                np.apply_along_axis(self._one, axis, g) if g.ndim == 2 else self._one(g)
                for g in gradient
            ]
        if self.of == "tensor":
            return [self._one(g) for g in gradient]
        step = 2 if self.of == "layer" else len(gradient)
        changed: list[Array] = []
        for place in range(0, len(gradient), step):
            parts = gradient[place : place + step]
            flat = self._one(np.concatenate([g.ravel() for g in parts]))
            ends = np.cumsum([g.size for g in parts])[:-1]
            for g, part in zip(parts, np.split(flat, ends), strict=True):
                changed.append(part.reshape(g.shape))
        return changed

    def _one(self, g: Array) -> Array:
        if self.centred:
            g = g - g.mean()
        size = self.size_of(g)
        divisor = max(size, self.epsilon) if self.is_inside else size + self.epsilon
        if divisor == 0:
            return g
        factor = self.value / divisor
        return g * (min(1.0, factor) if self.clips else factor)


class ByExample(Varied):
    """Clips the gradient of each example, or of the last pre-activations, before the mean."""

    how = "norm"

    def learn(self, x: Array, y: Array) -> tuple[float, list[Array]]:
        """Return the mean loss of a batch, and its gradient."""
        inputs, sums = self.forward(x)
        loss, delta = self.loss(sums[-1], y)
        if self.how == "value":
            delta = np.clip(delta, -abs(self.value), abs(self.value))
        else:
            norms = self._norms(inputs, sums, delta * len(y))
            factors = np.minimum(1.0, self.value / np.maximum(norms, 1e-300))
            if self.how == "unit":
                factors = self.value / np.maximum(norms, 1e-300)
            delta = delta * factors[:, None]
        return loss, self.backward(inputs, sums, delta)

    def _norms(self, inputs: list[Array], sums: list[Array], delta: Array) -> Array:
        """Return the norm of each example's gradient by all parameters."""
        squares: Array = np.zeros(len(delta))
        for depth in reversed(range(len(sums))):
            squares += (delta**2).sum(axis=1) * (1 + (inputs[depth] ** 2).sum(axis=1))
            if depth:
                kernel = self.parameters[2 * depth]
                delta = self.activation.vjp(sums[depth - 1], delta @ kernel.T)
        return np.sqrt(squares)


class UpstreamClipped(Varied):
    """Clips the gradient by pre-activations, in every layer."""

    def backward(self, inputs: list[Array], sums: list[Array], delta: Array) -> list[Array]:
        """Return the gradient by each parameter from that by the last pre-activations."""
        gradient: list[Array] = []
        bound = abs(self.value)
        for depth in reversed(range(len(sums))):
            delta = np.clip(delta, -bound, bound)
            gradient[:0] = [inputs[depth].T @ delta, delta.sum(axis=0)]
            if depth:
                kernel = self.parameters[2 * depth]
                delta = self.activation.vjp(sums[depth - 1], delta @ kernel.T)
        return gradient


class Trusted(Varied):
    """Scales a gradient by the ratio of the weights' norm to its own (LARS)."""

    biases = False
    epsilon = 0.0

    def changed(self, gradient: list[Array]) -> list[Array]:
        """Return what the optimizer gets instead of the gradient."""
        changed = []
        for w, g in zip(self.parameters, gradient, strict=True):
            own, size = _norm(w), _norm(g) + self.epsilon
            scales = (g.ndim == 2 or self.biases) and own > 0 and size > 0
            changed.append(g * (self.value * own / size) if scales else g)
        return changed


class AdaptivelyClipped(Varied):
    """Clips a gradient to a part of the weights' norm: of tensors, or of units."""

    axis: int | None = None
    biases = True
    epsilon = 1e-3

    def changed(self, gradient: list[Array]) -> list[Array]:
        """Return what the optimizer gets instead of the gradient."""
        changed = []
        for w, g in zip(self.parameters, gradient, strict=True):
            axis = self.axis if g.ndim == 2 else None
            own, size = (np.sqrt((a * a).sum(axis=axis, keepdims=True)) for a in (w, g))
            bound = self.value * np.maximum(own, self.epsilon)
            clipped = g * np.minimum(1.0, bound / np.maximum(size, 1e-300))
            changed.append(clipped if g.ndim == 2 or self.biases else g)
        return changed


class UpdateSized(Varied):
    """Holds the step that is added to a norm, an entry's size, or a share of the weights' norm."""

    how = "norm"

    def apply(self, gradient: list[Array]) -> None:
        """Update by a step that is held to a size."""
        before = [part.copy() for part in self.parameters]
        super().apply(gradient)
        steps = [a - b for a, b in zip(self.parameters, before, strict=True)]
        together = float(np.sqrt(sum((s * s).sum() for s in steps)))
        for part, last, step in zip(self.parameters, before, steps, strict=True):
            if self.how == "value":
                held = np.clip(step, -abs(self.value), abs(self.value))
            elif self.how == "trust":
                own, size = _norm(last), _norm(step)
                ratio = self.rates["learning_rate"] * own / size if own and size else 1.0
                held = step * ratio * self.value
            else:
                size = together if self.how == "norm" else _norm(step)
                held = step * min(1.0, self.value / size) if size else step
            part[:] = last + held


_CLIPS = (1.0, 0.5, 0.1, 5.0, 0.25, 2.0, 10.0, 0.05, 0.01, 1e-3)

_ROUND = (1e-6, 1e-8, 1e-12, 1e-7, 1e-10, 1e-5, 1e-3)

_PARTS = {
    "all": "all parameters together",
    "layer": "each layer",
    "tensor": "each tensor",
    "column": "each column of a kernel",
    "row": "each row of a kernel",
}


def _sized() -> Iterator[Hypothesis]:
    for of, part in _PARTS.items():
        for what, size in _SIZES.values():
            for epsilon, inside in (
                (0.0, False), *((eps, inside) for eps in _ROUND for inside in (False, True)),
            ):  # fmt: skip
                end = f" (epsilon {epsilon:g})" if epsilon else ""
                yield Hypothesis(
                    "gradient-normalized",
                    f"the gradient of {part} is brought to a {what} of {{value}}{end}",
                    varied(
                        Sized, size_of=staticmethod(size), of=of, epsilon=epsilon, is_inside=inside
                    ),
                    values=(1.0,),
                    is_fitted=not epsilon and of not in ("column", "row"),
                )
        for epsilon in (0.0, *_ROUND):
            yield Hypothesis(
                "gradient-standardized",
                f"the gradient of {part} is centred and brought to a deviation of {{value}}"
                + (f" (epsilon {epsilon:g})" if epsilon else ""),
                varied(
                    Sized, size_of=staticmethod(np.std), of=of, epsilon=epsilon, centred=True
                ),
                values=(1.0,),
            )  # fmt: skip
        for epsilon in (0.0, 1e-6, 1e-7, 1e-8, 1e-12):
            if epsilon or of not in ("all", "tensor"):  # those are "clipped-by-norm"
                yield Hypothesis(
                    "clipped-by-norm" if of == "all" else "clipped-by-norm-each",
                    f"the gradient of {part} is clipped to a norm of {{value}}"
                    + (f" (epsilon {epsilon:g})" if epsilon else ""),
                    varied(Sized, of=of, epsilon=epsilon, clips=True),
                    values=_CLIPS,
                    is_fitted=epsilon in (0.0, 1e-6) and of not in ("column", "row"),
                )


HYPOTHESES = (
    Hypothesis(
        "clipped-by-norm",
        "the gradient is clipped to a norm of {value}",
        ClippedNorm,
        values=_CLIPS,
        is_fitted=True,
    ),
    Hypothesis(
        "clipped-by-norm-each",
        "the gradient of each parameter is clipped to a norm of {value}",
        varied(ClippedNorm, each=True),
        values=_CLIPS,
        is_fitted=True,
    ),
    Hypothesis(
        "clipped-by-value",
        "the entries of the gradient are clipped to {value}",
        ClippedValue,
        values=_CLIPS,
        is_fitted=True,
    ),
    *_sized(),
    *(
        Hypothesis(slug, what, varied(ByExample, how=how), values=_CLIPS, is_fitted=True)
        for how, slug, what in (
            (
                "norm",
                "clipped-by-example",
                "the gradient of each example is clipped to a norm of {value}",
            ),
            (
                "unit",
                "normalized-by-example",
                "the gradient of each example is brought to a norm of {value}",
            ),
            (
                "value",
                "clipped-upstream",
                "the gradient by the last pre-activations is clipped to {value}",
            ),
        )
    ),
    Hypothesis(
        "clipped-upstream",
        "the gradient by the pre-activations of every layer is clipped to {value}",
        UpstreamClipped,
        values=_CLIPS,
        is_fitted=True,
    ),
    *(
        Hypothesis(
            "trust-ratio",
            f"the gradient of {'all tensors' if biases else 'kernels'} is {{value}} times the norm "
            f"of the weights by that of the gradient (LARS, epsilon {epsilon:g})",
            varied(Trusted, biases=biases, epsilon=epsilon),
            values=(1e-3, 1.0, 0.01, 0.02, 0.1),
            is_fitted=epsilon == 0,
        )
        for biases in (False, True)
        for epsilon in (0.0, 1e-8, 1e-9, 1e-6, 1e-12)
    ),
    *(
        Hypothesis(
            "clipped-adaptively",
            f"the gradient of each {line} is clipped to {{value}} of the norm of the weights"
            f"{'' if biases else ', biases excepted'}, of at least {epsilon:g}",
            varied(AdaptivelyClipped, axis=axis, biases=biases, epsilon=epsilon),
            values=(0.01, 0.1, 0.02, 0.05, 1e-3, 1.0),
            is_fitted=epsilon == 1e-3,
        )
        for axis, line in ((None, "tensor"), (0, "column"), (1, "row"))
        for biases in (True, False)
        for epsilon in (1e-3, 1e-6, 0.0)
    ),
    *(
        Hypothesis(slug, what, varied(UpdateSized, how=how), values=values, is_fitted=True)
        for how, slug, what, values in (
            (
                "norm",
                "step-clipped",
                "the step of all parameters is held to a norm of {value}",
                _CLIPS,
            ),
            (
                "norm-each",
                "step-clipped",
                "the step of each tensor is held to a norm of {value}",
                _CLIPS,
            ),
            ("value", "step-clipped", "the entries of a step are held to {value}", _CLIPS),
            (
                "trust",
                "trust-ratio",
                "a step is {value} times the learning rate and the norm of the weights (LAMB)",
                (1.0,),
            ),
        )
    ),
)
