"""Hypotheses of what is done to a gradient before the optimizer gets it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..problem import Problem, Step, names
from .varied import Hypothesis, Varied, varied

__all__ = ["HYPOTHESES", "of_parameters"]

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


class Exchanged(Varied):
    """Gives the gradients of tensors of one shape to one another, or turns square ones."""

    how = "exchanged"

    def changed(self, gradient: list[Array]) -> list[Array]:
        """Return what the optimizer gets instead of the gradient."""
        if self.how == "exchanged":
            places: dict[Any, list[int]] = {}
            for place, g in enumerate(gradient):
                places.setdefault(g.shape, []).append(place)
            other = {
                a: b for one in places.values() for a, b in zip(one, one[1:] + one[:1], strict=True)
            }
            return [gradient[other[place]] for place in range(len(gradient))]
        if self.how == "transposed":
            return [g.T if g.ndim == 2 and g.shape[0] == g.shape[1] else g for g in gradient]
        return [g[::-1] for g in gradient]


class OfGroup(Varied):
    """Has another rate for some tensors, or another optimizer, or updates them at some steps."""

    places: tuple[int, ...] = ()
    rate = "learning_rate"
    how = "rate"

    def apply(self, gradient: list[Array]) -> None:
        """Update each tensor as its group is updated."""
        other = {**self.rates, self.rate: self.rates.get(self.rate, 0.0) * self.value}
        for place, (part, g, state) in enumerate(
            zip(self.parameters, gradient, self.states, strict=True)
        ):
            if place not in self.places:
                self.update(part, g, self.steps, state, self.rates)
            elif self.how == "rate":
                self.update(part, g, self.steps, state, other)
            elif self.how == "plain":
                part -= self.rates["learning_rate"] * g
            elif {
                "frozen-until": lambda: self.steps >= self.value,
                "frozen-from": lambda: self.steps < self.value,
                "each": lambda: self.steps % self.value == 0,
                "first-of-each": lambda: (self.steps - 1) % self.value == 0,
            }[self.how]():
                self.update(part, g, self.steps, state, self.rates)


class Frozen(Varied):
    """Leaves rows or columns of tensors as they are: those at an end."""

    places: tuple[int, ...] = ()
    at: Any = (slice(None), -1)

    def apply(self, gradient: list[Array]) -> None:
        """Update, and put back what does not move."""
        before = [part.copy() for part in self.parameters]
        super().apply(gradient)
        for place in self.places:
            at = self.at if self.parameters[place].ndim == 2 else self.at[-1]
            self.parameters[place][at] = before[place][at]


class InTurn(Varied):
    """Updates one tensor, or one layer, at each step."""

    of = "layer"
    from_last = False

    def apply(self, gradient: list[Array]) -> None:
        """Update the one whose turn it is."""
        width = 2 if self.of == "layer" else 1
        count = len(gradient) // width
        turn = (self.steps - 1) % count
        if self.of == "kind":
            wanted = [n for n in range(len(gradient)) if n % 2 == (self.steps - 1) % 2]
        else:
            turn = count - 1 - turn if self.from_last else turn
            wanted = list(range(width * turn, width * turn + width))
        for place in wanted:
            state = self.states[place]
            self.update(self.parameters[place], gradient[place], self.steps, state, self.rates)


class DecayingByLayer(Varied):
    """Has a learning rate that falls from layer to layer, towards the inputs or the outputs."""

    from_last = True

    def apply(self, gradient: list[Array]) -> None:
        """Update each layer by its own rate."""
        layers = len(gradient) // 2
        for place, (part, g, state) in enumerate(
            zip(self.parameters, gradient, self.states, strict=True)
        ):
            depth = place // 2
            power = layers - 1 - depth if self.from_last else depth
            rate = self.rates["learning_rate"] * self.value**power
            self.update(part, g, self.steps, state, {**self.rates, "learning_rate": rate})


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


_CLIPS = (1.0, 0.5, 0.1, 5.0, 0.25, 2.0, 10.0, 0.05, 0.01, 1e-3)
_ROUND = (1e-6, 1e-8, 1e-12, 1e-7, 1e-10, 1e-5, 1e-3)
_PARTS = {
    "all": "all parameters together",
    "layer": "each layer",
    "tensor": "each tensor",
    "column": "each column of a kernel",
    "row": "each row of a kernel",
}
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
    *(
        Hypothesis(slug, what, varied(Exchanged, how=how))
        for how, slug, what in (
            ("exchanged", "gradients-exchanged", "tensors of one shape get each other's gradients"),
            (
                "transposed",
                "gradient-transposed",
                "the gradient of a square kernel is the other way round",
            ),
            ("reversed", "gradient-reversed", "the gradients are in reverse order"),
        )
    ),
    *(
        Hypothesis("updated-one-by-one", what, varied(InTurn, of=of, from_last=from_last))
        for of, from_last, what in (
            ("layer", False, "one layer is updated at each step, the first one first"),
            ("layer", True, "one layer is updated at each step, the last one first"),
            ("tensor", False, "one tensor is updated at each step, the first one first"),
            ("tensor", True, "one tensor is updated at each step, the last one first"),
            ("kind", False, "kernels and biases are updated in turn"),
        )
    ),
    *(
        Hypothesis(
            "learning-rate-by-layer",
            f"the learning rate is multiplied by {{value}} from layer to layer, towards the {end}",
            varied(DecayingByLayer, from_last=from_last),
            values=(0.9, 0.5, 0.95, 0.8, 0.1),
            is_fitted=True,
        )
        for from_last, end in ((True, "inputs"), (False, "outputs"))
    ),
)


def of_parameters(problem: Problem, step: int) -> Iterator[Hypothesis]:
    """Yield hypotheses of how some parameters are updated otherwise than the others.

    Parameters
    ----------
    problem : Problem
        What was trained.
    step : int
        The first divergence.
    """
    titles = names(problem)
    every = range(len(titles))
    groups = {
        "the biases": tuple(every[1::2]),
        "the kernels": tuple(every[::2]),
        **{f"layer {n // 2 + 1}": (n, n + 1) for n in every[::2]},
        **{f"the {title}": (place,) for place, title in enumerate(titles)},
    }
    for title, places in groups.items():
        verb = "are" if title.endswith("s") and "of" not in title else "is"
        for how, slug, what, values in (
            ("plain", "updated-plainly", "by gradient descent, without a state", (0.0,)),
            ("frozen-until", "not-updated-before", "from step {value} on only",
             (2, 3, 4, 5, 8, 9, 10, 16, 17, 20, 33)),
            ("frozen-from", "not-updated-from", "before step {value} only", (step,)),
            ("each", "updated-each", "at every step whose number {value} divides only",
             (2, 3, 4, 5, 8)),
            ("first-of-each", "updated-each", "at the first of every {value} steps only",
             (2, 3, 4, 5, 8)),
        ):  # fmt: skip
            yield Hypothesis(
                slug,
                f"{title} {verb} updated {what}",
                varied(OfGroup, places=places, how=how),
                values=values,
                optimizers=("momentum", "adam", "adam_hat") if how == "plain" else (),
            )
        for rate in problem.rates:
            yield Hypothesis(
                "rate-of-part",
                f"{rate} of {title} is {{value}} times as large",
                varied(OfGroup, places=places, rate=rate),
                values=(2.0, 0.5, 0.1, 10.0, 0.0),
                is_fitted=True,
            )
        for name, at in (
            ("last column", (slice(None), -1)),
            ("first column", (slice(None), 0)),
            ("last row", (-1, slice(None))),
            ("first row", (0, slice(None))),
        ):
            if "row" in name and 1 in {problem.start[place].ndim for place in places}:
                continue
            yield Hypothesis(
                "not-updated-in-part",
                f"the {name} of {title} is not updated".replace("column", "unit"),
                varied(Frozen, places=places, at=at),
            )
