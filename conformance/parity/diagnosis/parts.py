"""Hypotheses of parts of the parameters that are updated otherwise than the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from numpy.typing import NDArray

from actinit.adapters.training import Problem

from ..problem import names
from .varied import STATEFUL, Hypothesis, Varied, varied

Array = NDArray[Any]


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


HYPOTHESES = (
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
                optimizers=STATEFUL if how == "plain" else (),
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
