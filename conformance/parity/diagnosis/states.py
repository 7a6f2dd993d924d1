"""Hypotheses of an optimizer's states: which tensor has which, when they begin, what counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters.training import Problem

from .formulas import Formula
from .varied import ADAMS, STATEFUL, Hypothesis, Varied, varied

__all__ = ["HYPOTHESES", "at_step"]

Array = NDArray[Any]


class Counted(Varied):
    """Counts other things than steps for the corrections of Adam."""

    how = "per-tensor"

    def count(self, place: int) -> float:
        """Return the number of the step for a tensor."""
        t, n, layers = self.steps, len(self.parameters), len(self.parameters) // 2
        counts: dict[str, Callable[[], float]] = {
            "per-tensor": lambda: (t - 1) * n + place + 1,
            "per-tensor-from-last": lambda: (t - 1) * n + n - place,
            "per-tensor-before": lambda: t * n,
            "per-layer": lambda: (t - 1) * layers + place // 2 + 1,
            "per-layer-from-last": lambda: (t - 1) * layers + layers - place // 2,
            "per-layer-before": lambda: t * layers,
            "per-example": lambda: self.examples,
            "per-epoch-over": lambda: t // self.per_epoch + 1,
            "epochs-over": lambda: max(1, self.epoch),
            "every-second": lambda: (t + 1) // 2,
            "full-batches": lambda: max(1, self.filled),
            "offset": lambda: t + self.value,
            "offset-at-least-1": lambda: max(1.0, t + self.value),
            "times": lambda: t * self.value,
            "at-most": lambda: min(t, self.value),
        }
        return float(counts[self.how]())

    def apply(self, gradient: list[Array]) -> None:
        """Update each parameter by its own count."""
        self.examples = getattr(self, "examples", 0) + self.size
        self.filled = getattr(self, "filled", 0) + (self.size == self.full)
        for place, (part, g, state) in enumerate(
            zip(self.parameters, gradient, self.states, strict=True)
        ):
            count: Any = self.count(place)
            self.update(part, g, count, state, self.rates)


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


class Begun(Varied):
    """Has states that begin at another number than 0."""

    part = "velocity"

    def apply(self, gradient: list[Array]) -> None:
        """Update, the first time from that number."""
        if self.steps == 1:
            for part, state in zip(self.parameters, self.states, strict=True):
                state[self.part] = np.full_like(part, self.value)
        super().apply(gradient)


class BegunAtParameter(Varied):
    """Has a velocity, or a mean, that begins at the parameter."""

    part = "velocity"

    def apply(self, gradient: list[Array]) -> None:
        """Update, the first time from the parameters."""
        if self.steps == 1:
            for part, state in zip(self.parameters, self.states, strict=True):
                state[self.part] = part.copy()
        super().apply(gradient)


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


_COUNTS = {
    "per-tensor": "the corrections' step counter advances once for each tensor",
    "per-tensor-from-last": "the corrections' step counter advances once for each tensor, "
    "from the last one",
    "per-tensor-before": "the corrections' step counter advances by the number of tensors",
    "per-layer": "the corrections' step counter advances once for each layer",
    "per-layer-from-last": "the corrections' step counter advances once for each layer, "
    "from the last one",
    "per-layer-before": "the corrections' step counter advances by the number of layers",
    "per-example": "the corrections' step counter counts examples",
    "per-epoch-over": "the corrections' step counter counts epochs, and the last step of one "
    "has the next number",
    "epochs-over": "the corrections' step counter counts epochs that are over",
    "every-second": "the corrections' step counter advances at every second step",
    "full-batches": "the corrections' step counter counts full batches only",
}
_WHICH = {
    "velocity": (("velocity",), "the velocity", ("momentum",)),
    "moments": (("mean", "square"), "both moments", ADAMS),
    "mean": (("mean",), "the mean", ADAMS),
    "square": (("square",), "the mean square", ADAMS),
}
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
    *(
        Hypothesis("step-counter", what, varied(Counted, how=how), optimizers=ADAMS)
        for how, what in _COUNTS.items()
    ),
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
    *(
        Hypothesis(
            f"{part}-begins-elsewhere",
            f"the {title} begins at {{value}}, and not at 0",
            varied(Begun, part=part),
            values=(1.0, 0.1, 0.01, -1.0, 1e-3),
            is_fitted=True,
            optimizers=optimizers,
        )
        for part, title, optimizers in (
            ("velocity", "velocity", ("momentum",)),
            ("mean", "mean", ADAMS),
            ("square", "mean square", ADAMS),
        )
    ),
    *(
        Hypothesis(
            f"{part}-begins-at-parameter",
            f"the {part} begins at the parameter, and not at 0",
            varied(BegunAtParameter, part=part),
            optimizers=optimizers,
        )
        for part, optimizers in (("velocity", ("momentum",)), ("mean", ADAMS))
    ),
    Hypothesis(
        "step-counter",
        "the corrections' step counter starts {value} further on",
        varied(Counted, how="offset"),
        values=(-1, 2, 3, 4, 5, 9, 10, 99, 100, 999, 1000, 10000),
        is_fitted=True,
        optimizers=ADAMS,
    ),
    Hypothesis(
        "step-counter",
        "the corrections' step counter starts {value} further on, and is at least 1",
        varied(Counted, how="offset-at-least-1"),
        values=(-1, -2, -3, -4, -5, -7, -8),
        optimizers=ADAMS,
    ),
    Hypothesis(
        "step-counter",
        "the corrections' step counter advances by {value} at each step",
        varied(Counted, how="times"),
        values=(2, 3, 10, 0.5, 32),
        is_fitted=True,
        optimizers=ADAMS,
    ),
    Hypothesis(
        "step-counter",
        "the corrections' step counter stops at {value}",
        varied(Counted, how="at-most"),
        values=(1, 2, 3, 4, 5, 7, 8, 10, 16, 20, 32, 50),
        optimizers=ADAMS,
    ),
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
