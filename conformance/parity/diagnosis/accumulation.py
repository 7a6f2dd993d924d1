"""Hypotheses of when an update is made, and of which gradients."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters.training import Problem, Step

from .varied import ADAMS, PERIODS, Hypothesis, Varied, varied

__all__ = ["HYPOTHESES", "at_step"]

Array = NDArray[Any]


class EveryFew(Varied):
    """Updates at every k-th batch only, by the gradients since the last update."""

    how = "mean"  # or "sum", "share" (each divided by the period), "examples", "last"
    end = "carried"  # what is gathered at the end of an epoch: or "flushed", "dropped"
    first = False  # whether the first batch has an update of its own
    by_epoch = False  # whether batches are counted from the start of each epoch
    counts = False  # whether the optimizer counts batches, not updates
    asks_once = True

    def step(self, x: Array, y: Array) -> Step:
        """Take a step."""
        self.size = len(y)
        self.taken = getattr(self, "taken", 0) + 1
        loss, gradient = self.learn(x, y)
        kept: list[tuple[int, list[Array]]] = self.__dict__.setdefault("kept", [])
        kept.append((self.size, gradient))
        ends = self.taken % self.per_epoch == 0
        count = (self.taken - 1) % self.per_epoch + 1 if self.by_epoch else self.taken
        if (count - self.first) % self.value == 0 or (ends and self.end == "flushed"):
            self.steps = self.taken if self.counts else self.steps + 1
            self.apply(self.gathered(kept))
            kept.clear()
        elif ends and self.end == "dropped":
            kept.clear()
        return Step(loss, gradient, [part.copy() for part in self.parameters])

    def gathered(self, kept: list[tuple[int, list[Array]]]) -> list[Array]:
        """Return the gradient of an update."""
        sizes = np.array([size for size, _ in kept], np.float64)
        weights = {
            "mean": np.full(len(kept), 1 / len(kept)),
            "sum": np.ones(len(kept)),
            "share": np.full(len(kept), 1 / self.value),
            "examples": sizes / sizes.sum(),
            "last": np.eye(len(kept))[-1],
            "first": np.eye(len(kept))[0],
        }[self.how]
        parts = zip(*(gradient for _, gradient in kept), strict=True)
        return [sum(w * g for w, g in zip(weights, part, strict=True)) for part in parts]


class Delayed(Varied):
    """Takes the gradient of some steps before."""

    until = "nothing"  # what is done before there is one: or "own", "first"

    def apply(self, gradient: list[Array]) -> None:
        """Update by an older gradient."""
        kept: list[list[Array]] = self.__dict__.setdefault("kept", [])
        kept.append(gradient)
        if len(kept) > self.value:
            super().apply(kept.pop(0))
        elif self.until != "nothing":
            super().apply(gradient if self.until == "own" else kept[0])
        else:
            self.steps -= self.until == "nothing"


class DelayedZero(Varied):
    """The same, and takes gradients of 0 until there is one."""

    def changed(self, gradient: list[Array]) -> list[Array]:
        """Return what the optimizer gets instead of the gradient."""
        kept: list[list[Array]] = self.__dict__.setdefault("kept", [])
        kept.append(gradient)
        return kept.pop(0) if len(kept) > self.value else [np.zeros_like(g) for g in gradient]


class OldParameters(Varied):
    """Takes loss and gradient, or the gradient alone, at the parameters of some steps before."""

    only_gradient = False

    def learn(self, x: Array, y: Array) -> tuple[float, list[Array]]:
        """Return the mean loss of a batch, and its gradient."""
        kept: list[list[Array]] = self.__dict__.setdefault("kept", [])
        kept.append([part.copy() for part in self.parameters])
        if len(kept) > self.value + 1:
            kept.pop(0)
        now = self.parameters
        self.parameters = kept[0]
        loss, gradient = super().learn(x, y)
        self.parameters = now
        return (super().learn(x, y)[0] if self.only_gradient else loss), gradient


class Reused(Varied):
    """Takes a new gradient at every so manieth step only, and the last one at the others."""

    def changed(self, gradient: list[Array]) -> list[Array]:
        """Return what the optimizer gets instead of the gradient."""
        if self.steps % self.value == 0:
            self.last = gradient
        return self.last


class Recent(Varied):
    """Takes the mean, or the sum, of the gradients of the last steps; of all where none is said."""

    how = "mean"
    window: int | None = None

    def changed(self, gradient: list[Array]) -> list[Array]:
        """Return what the optimizer gets instead of the gradient."""
        length = int(self.value) or None
        kept: deque[list[Array]] = self.__dict__.setdefault("kept", deque(maxlen=length))
        kept.append(gradient)
        divisor = {"mean": float(len(kept)), "share": self.value, "sum": 1.0}[self.how]
        return [np.sum(part, axis=0) / divisor for part in zip(*kept, strict=True)]


class Summed(Varied):
    """Adds up gradients, begun anew at each epoch or every so many steps."""

    by_epoch = False

    def changed(self, gradient: list[Array]) -> list[Array]:
        """Return what the optimizer gets instead of the gradient."""
        period = self.per_epoch if self.by_epoch else self.value
        last = getattr(self, "sums", gradient)
        begins = self.steps % period == 0
        self.sums = gradient if begins else [a + g for a, g in zip(last, gradient, strict=True)]
        return self.sums


class Faded(Varied):
    """Takes a mean of gradients that fades, or adds them up so."""

    how = "mean"

    def changed(self, gradient: list[Array]) -> list[Array]:
        """Return what the optimizer gets instead of the gradient."""
        keep, t = self.value, self.steps + 1
        last = getattr(self, "mean", None)
        if last is None:
            last = gradient if self.how == "from-gradient" else [np.zeros_like(g) for g in gradient]
        weight = 1.0 if self.how == "sum" else 1 - keep
        self.mean = [keep * a + weight * g for a, g in zip(last, gradient, strict=True)]
        if self.how == "corrected":
            return [a / (1 - keep**t) for a in self.mean]
        return self.mean


class Anew(Varied):
    """Begins all anew at each epoch: the parameters, and states if it has any."""

    keeps_states = False

    def step(self, x: Array, y: Array) -> Step:
        """Take a step."""
        self.taken = getattr(self, "taken", 0) + 1
        if self.taken % self.per_epoch == 1 or self.per_epoch == 1:
            self.parameters = self.problem.copy()
            if not self.keeps_states:
                self.states, self.steps = [{} for _ in self.states], 0
        return super().step(x, y)


class Skipped(Varied):
    """Makes no update at some steps: the loss is right, and the optimizer may count them."""

    how = "each"
    counts = True
    asks_once = True

    def is_skipped(self, gradient: list[Array]) -> bool:
        """Say whether there is no update at this step."""
        norm = float(np.sqrt(sum((g * g).sum() for g in gradient)))
        t = self.taken
        reasons: dict[str, Callable[[], bool]] = {
            "each": lambda: t % self.value == 0,
            "all-but-each": lambda: t % self.value != 0,
            "all-but-first": lambda: (t - 1) % self.value != 0,
            "first-of-each": lambda: (t - 1) % self.value == 0,
            "once": lambda: t == self.value,
            "until": lambda: t < self.value,
            "from": lambda: t >= self.value,
            "first-of-epoch": lambda: (t - 1) % self.per_epoch == 0,
            "last-of-epoch": lambda: t % self.per_epoch == 0,
            "short": lambda: self.size < self.full,
            "large": lambda: norm > self.value,
            "small": lambda: norm < self.value,
            "loss-rose": lambda: self.rose,
        }
        return reasons[self.how]()

    def learn(self, x: Array, y: Array) -> tuple[float, list[Array]]:
        """Return the mean loss of a batch, and its gradient."""
        loss, gradient = super().learn(x, y)
        self.rose, self.before = loss > getattr(self, "before", np.inf), loss
        return loss, gradient

    def apply(self, gradient: list[Array]) -> None:
        """Update, if it is not skipped."""
        self.taken = getattr(self, "taken", 0) + 1
        if not self.is_skipped(gradient):
            super().apply(gradient)
        elif not self.counts:
            self.steps -= 1


_GATHERED = {
    "mean": "the mean of the gradients",
    "sum": "the sum of the gradients",
    "share": "the sum of the gradients, divided by the period,",
    "examples": "the mean over the examples",
    "last": "the last gradient",
    "first": "the first gradient",
}
_ENDS = {
    "carried": "",
    "flushed": "; what is left at the end of an epoch has an update of its own",
    "dropped": "; what is left at the end of an epoch is dropped",
}
_SKIPPED: dict[str, tuple[str, tuple[float, ...]]] = {
    "each": ("every step whose number {value} divides has no update", PERIODS),
    "all-but-each": ("only every step whose number {value} divides has an update", PERIODS),
    "all-but-first": ("only the first of every {value} steps has an update", PERIODS),
    "first-of-each": ("the first of every {value} steps has no update", PERIODS),
    "first-of-epoch": ("the first step of each epoch has no update", (0.0,)),
    "last-of-epoch": ("the last step of each epoch has no update", (0.0,)),
    "short": ("a short batch has no update", (0.0,)),
    "until": ("the steps before step {value} have no update", (2, 3, 4, 5, 8, 9, 10, 17, 20, 33)),
    "large": (
        "a step whose gradient has a norm above {value} has no update",
        (1.0, 0.5, 2.0, 5.0, 10.0, 0.1),
    ),
    "small": (
        "a step whose gradient has a norm below {value} has no update",
        (1.0, 0.5, 2.0, 0.1, 0.01),
    ),
    "loss-rose": ("a step whose loss is above the last has no update", (0.0,)),
}
_FADED = (0.9, 0.99, 0.5, 0.95, 0.8, 0.999)


def _few() -> Iterator[Hypothesis]:
    for how, what in _GATHERED.items():
        for end, said in _ENDS.items():
            for first, by_epoch in ((False, False), (False, True), (True, False), (True, True)):
                for counts in (False, True):
                    yield Hypothesis(
                        f"update-every-few-{how}",
                        f"an update is made at every {{value}} batches, by {what} since the last"
                        + "; the first batch has one of its own" * first
                        + ", counted from the start of each epoch" * by_epoch
                        + said
                        + "; the step counter counts batches" * counts,
                        varied(
                            EveryFew, how=how, end=end, first=first, by_epoch=by_epoch,
                            counts=counts,
                        ),
                        values=PERIODS,
                        optimizers=ADAMS if counts else (),
                    )  # fmt: skip


def _skipped(how: str, what: str, values: tuple[float, ...]) -> Iterator[Hypothesis]:
    for counts in (True, False):
        yield Hypothesis(
            f"skipped-{how}",
            what + ", and the step counter does not count it" * (not counts),
            varied(Skipped, how=how, counts=counts),
            values=values,
            optimizers=() if counts else ADAMS,
        )


HYPOTHESES = (
    *_few(),
    *(one for how, (what, values) in _SKIPPED.items() for one in _skipped(how, what, values)),
    *(
        Hypothesis(
            "gradient-delayed",
            f"each step takes the gradient of {{value}} steps before; {first}",
            change,
            values=(1, 2, 3, 4, 5, 6, 7, 8),
        )
        for change, first in (
            (Delayed, "the first steps have no update"),
            (varied(Delayed, until="own"), "the first steps take their own"),
            (varied(Delayed, until="first"), "the first steps take the first"),
            (DelayedZero, "the first steps take 0"),
        )
    ),
    *(
        Hypothesis(
            "gradient-at-old-parameters",
            f"{what} taken at the parameters of {{value}} steps before",
            varied(OldParameters, only_gradient=only),
            values=(1, 2, 3, 4, 5, 8),
        )
        for only, what in ((True, "the gradient is"), (False, "loss and gradient are"))
    ),
    Hypothesis(
        "gradient-reused",
        "a gradient is used for {value} steps",
        Reused,
        values=PERIODS,
    ),
    *(
        Hypothesis(
            f"gradients-{how}",
            f"each step takes {what}",
            varied(Recent, how=how),
            values=values,
        )
        for how, what, values in (
            ("mean", "the mean of all gradients so far", (0.0,)),
            ("mean", "the mean of the last {value} gradients", PERIODS),
            ("share", "the sum of the last {value} gradients, divided by {value}", PERIODS),
            ("sum", "the sum of the last {value} gradients", PERIODS),
        )
    ),
    Hypothesis(
        "gradient-accumulated-in-epoch",
        "the gradients of an epoch are added up",
        varied(Summed, by_epoch=True),
    ),
    Hypothesis(
        "gradient-accumulated-anew",
        "gradients are added up, beginning anew every {value} steps",
        Summed,
        values=PERIODS,
    ),
    *(
        Hypothesis(
            "gradient-averaged-over-steps",
            f"the optimizer gets {what}, which keeps {{value}}",
            varied(Faded, how=how),
            values=_FADED,
            is_fitted=True,
        )
        for how, what in (
            ("mean", "an exponential moving average of the gradients, from 0 on"),
            ("from-gradient", "an exponential moving average of the gradients"),
            ("corrected", "an exponential moving average of the gradients, corrected"),
            ("sum", "a fading sum of the gradients"),
        )
    ),
    *(
        Hypothesis(
            "begins-anew",
            "the parameters begin anew with each epoch" + (", but not the states" * keeps),
            varied(Anew, keeps_states=keeps),
        )
        for keeps in (False, True)
    ),
)


def at_step(problem: Problem, step: int) -> Iterator[Hypothesis]:
    """Yield hypotheses of steps that are skipped from the first divergence on, or up to it.

    Parameters
    ----------
    problem : Problem
        What was trained.
    step : int
        The first divergence.
    """
    for how, what in (
        ("once", "step {value} has no update"),
        ("each", "every step whose number {value} divides has no update"),
        ("from", "from step {value} on there is no update"),
    ):
        yield from _skipped(how, what, (step,))
