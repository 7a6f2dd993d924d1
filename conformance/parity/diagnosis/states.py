"""Hypotheses of an optimizer's states: which tensor has which, and when they are reset."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from numpy.typing import NDArray

from actinit.adapters.training import Problem

from .varied import ADAMS, STATEFUL, Hypothesis, Varied, varied

__all__ = ["HYPOTHESES", "at_step"]

Array = NDArray[Any]


class Shared(Varied):
    """Has one state for all tensors of a shape; which of its parts, and in which order."""

    parts = ("velocity", "mean", "square")
    from_last = False

    def apply(self, gradient: list[Array]) -> None:
        """Update, each tensor going on from the state that the one before it left."""
        kept: dict[Any, dict[str, Array]] = self.__dict__.setdefault("kept", {})
        places = range(len(gradient))
        for place in reversed(places) if self.from_last else places:
            part, state = self.parameters[place], self.states[place]
            shared = kept.setdefault(part.shape, {})
            state.update({name: value for name, value in shared.items() if name in self.parts})
            self.update(part, gradient[place], self.steps, state, self.rates)
            shared.update(state)


class Swapped(Varied):
    """Has the states of tensors of one shape change places after each step, or after the first."""

    once = False

    def apply(self, gradient: list[Array]) -> None:
        """Update, then exchange states."""
        super().apply(gradient)
        if self.once and self.steps > 1:
            return
        shapes: dict[Any, list[int]] = {}
        for place, part in enumerate(self.parameters):
            shapes.setdefault(part.shape, []).append(place)
        before = list(self.states)
        for places in shapes.values():
            for place, other in zip(places, places[1:] + places[:1], strict=True):
                self.states[place] = before[other]


class TurnedStates(Varied):
    """Has the states of a square kernel the other way round from step to step."""

    def apply(self, gradient: list[Array]) -> None:
        """Update, then turn what is kept."""
        super().apply(gradient)
        for state in self.states:
            for name, value in state.items():
                if value.ndim == 2 and value.shape[0] == value.shape[1]:
                    state[name] = value.T.copy()


class Reset(Varied):
    """Begins some states anew: at which steps, and of which tensors."""

    parts = ("velocity", "mean", "square")
    how = "each"
    counts = True  # whether the number of the step goes on
    places: tuple[int, ...] | None = None

    def is_due(self) -> bool:
        """Say whether they begin anew before this step."""
        whens: dict[str, Callable[[], bool]] = {
            "epoch": lambda: (self.steps - 1) % self.per_epoch == 0,
            "each": lambda: (self.steps - 1) % self.value == 0,
            "once": lambda: self.steps == self.value,
            "short": lambda: self.size < self.full,
        }
        return whens[self.how]()

    def apply(self, gradient: list[Array]) -> None:
        """Update, from empty states where they begin anew."""
        if self.is_due():
            self.begun = self.steps - 1
            for place, state in enumerate(self.states):
                if self.places is None or place in self.places:
                    for name in [name for name in state if name in self.parts]:
                        del state[name]
        kept = self.steps
        if not self.counts:
            self.steps -= getattr(self, "begun", 0)
        super().apply(gradient)
        self.steps = kept


_WHICH = {
    "velocity": (("velocity",), "the velocity", ("momentum",)),
    "moments": (("mean", "square"), "both moments", ADAMS),
    "mean": (("mean",), "the mean", ADAMS),
    "square": (("square",), "the mean square", ADAMS),
}
_PERIODS = (1, 2, 3, 4, 5, 6, 7, 8, 10, 16, 20, 32)


def _shared() -> Iterator[Hypothesis]:
    for name, (parts, what, optimizers) in _WHICH.items():
        for order in (False, True):
            yield Hypothesis(
                f"shared-{name}",
                f"tensors of one shape share {what}" + ", the last one first" * order,
                varied(Shared, parts=parts, from_last=order),
                optimizers=optimizers,
            )


def _reset() -> Iterator[Hypothesis]:
    whens = {
        "epoch": ("at the start of each epoch", (0.0,)),
        "short": ("at a short batch", (0.0,)),
        "each": ("every {value} steps", _PERIODS),
    }
    for name, (parts, what, optimizers) in _WHICH.items():
        verb = "begin" if name == "moments" else "begins"
        for how, (when, values) in whens.items():
            for counts in (True, False) if name == "moments" else (True,):
                yield Hypothesis(
                    f"reset-{name}",
                    f"{what} {verb} anew {when}" + ", and so does the step counter" * (not counts),
                    varied(Reset, parts=parts, how=how, counts=counts),
                    values=values,
                    optimizers=optimizers,
                )


HYPOTHESES = (
    *_shared(),
    Hypothesis(
        "states-swapped",
        "tensors of one shape exchange their states after each step",
        Swapped,
        optimizers=STATEFUL,
    ),
    Hypothesis(
        "states-swapped",
        "tensors of one shape exchange their states after the first step",
        varied(Swapped, once=True),
        optimizers=STATEFUL,
    ),
    Hypothesis(
        "states-transposed",
        "the states of a square kernel are the other way round at the next step",
        TurnedStates,
        optimizers=STATEFUL,
    ),
    *_reset(),
)


def at_step(problem: Problem, step: int) -> Iterator[Hypothesis]:
    """Yield hypotheses of states that begin anew at the first divergence, or every so many steps.

    Parameters
    ----------
    problem : Problem
        What was trained.
    step : int
        The first divergence.
    """
    for name, (parts, what, optimizers) in _WHICH.items():
        verb = "begin" if name == "moments" else "begins"
        yield Hypothesis(
            f"reset-{name}",
            f"{what} {verb} anew every {{value}} steps",
            varied(Reset, parts=parts, how="each"),
            values=(step - 1,) if step > 1 else (),
            optimizers=optimizers,
        )
        yield Hypothesis(
            f"reset-{name}",
            f"{what} {verb} anew at step {{value}}",
            varied(Reset, parts=parts, how="once"),
            values=(step,),
            optimizers=optimizers,
        )
    for title, places in (
        ("biases", range(1, len(problem.start), 2)),
        ("kernels", range(0, len(problem.start), 2)),
    ):
        for how, when, values in (
            ("epoch", "at the start of each epoch", (0.0,)),
            ("each", "every {value} steps", _PERIODS),
        ):
            yield Hypothesis(
                f"reset-{title}",
                f"the states of the {title} begin anew {when}",
                varied(Reset, how=how, places=tuple(places)),
                values=values,
                optimizers=STATEFUL,
            )
