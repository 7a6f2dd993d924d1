"""What a backend did at every step, for hypotheses to be held against."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters.training import Problem, Step, TrainerOf

from ..results import checked
from .varied import Varied

__all__ = ["Record", "Residual", "record"]

Array = NDArray[Any]

# A hypothesis takes each step from where the backend stood, so that nothing accumulates: a loss is
# good to some hundred roundings, and so is a gradient; Adam divides small entries of it by their
# own size, which enlarges a rounding of 1e-16 of the largest. Faults are of 1e-6 and more.
_LOSS = 1e-10
_UPDATE = 1e-8
# An update is the difference of two parameters, each rounded.
_ROUNDINGS = 8 * float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Residual:
    """How far a hypothesis is from the backend at one step, in tolerances.

    Attributes
    ----------
    values : ndarray
        Of the loss and of every entry of the update; within 1 everywhere, it is reproduced.
    gradient : bool
        Whether the gradient that the backend shows is reproduced; true where it shows none.
    """

    values: Array
    gradient: bool

    @property
    def agrees(self) -> bool:
        """Whether loss and update are reproduced."""
        return bool((np.abs(self.values) <= 1).all())


@dataclass(frozen=True)
class Record:
    """A training of a backend.

    Attributes
    ----------
    problem : Problem
        What was trained.
    batches : list of pairs of ndarray
        What it saw.
    steps : list of Step
        What it returned.
    """

    problem: Problem
    batches: list[tuple[Array, Array]]
    steps: list[Step]

    @cached_property
    def plain(self) -> list[tuple[float, list[Array]]]:
        """Loss and gradient of the reference at each step, where the backend stood."""
        trainer, found = Varied(self.problem), []
        for (x, y), got in zip(self.batches, self.steps, strict=True):
            with np.errstate(all="ignore"):
                found.append(trainer.learn(x, y))
            trainer.follow(got.parameters)
        return found

    @cached_property
    def _whole(self) -> list[bool]:
        """Whether all parameters are numbers after each step."""
        return [all(np.isfinite(part).all() for part in got.parameters) for got in self.steps]

    @cached_property
    def _scales(self) -> list[list[float]]:
        """What the update of each parameter may be off by, at each step."""
        found, before = [], self.problem.start
        with np.errstate(all="ignore"):
            for got in self.steps:
                found.append(_scales(before, got.parameters))
                before = got.parameters
        return found

    def _expected(self, trainer: Varied, got: Step) -> Callable[[float], bool] | None:
        """Return what rules a hypothesis out by its loss, where that comes back as it is."""
        own = type(trainer)
        if own.learn is not Varied.learn or own.step is not Varied.step:
            return None
        scale = _LOSS * abs(got.loss) + 1e-15
        return lambda loss: abs(_off_number(loss, got.loss, scale)) <= 1

    def residuals(
        self, trainer: Varied, until: int | None = None, *, in_full: bool = True
    ) -> Iterator[Residual]:
        """Yield how far a hypothesis is from the backend, step by step.

        The hypothesis starts each step from the parameters that the backend had, and has its own
        optimizer's state. The last step is the first at which the backend is not finite. Unless
        they are wanted in full, the first that is off is the last of a step.
        """
        stands = all(
            np.array_equal(a, b)
            for a, b in zip(trainer.parameters, self.problem.start, strict=True)
        )
        is_plain = stands and trainer.learns_plainly()
        # Where a hypothesis begins elsewhere, its first update is another.
        first = None if stands or trainer.lags else [part.copy() for part in trainer.parameters]
        for place, ((x, y), got) in islice(
            enumerate(zip(self.batches, self.steps, strict=True)), until
        ):
            trainer.known = self.plain[place] if is_plain else None
            trainer.expected = None if in_full else self._expected(trainer, got)
            # Where a hypothesis leaves the numbers, it leaves them as the backend may.
            with np.errstate(all="ignore"):
                step = trainer.step(x, y)
                elsewhere = first is not None and place == 0
                scales = _scales(first or [], got.parameters) if elsewhere else self._scales[place]
                yield _residual(step, got, scales, trainer.is_silent, in_full)
            if not self._whole[place]:
                return
            trainer.follow(got.parameters)


def record(train: TrainerOf, problem: Problem, until: int | None = None) -> Record:
    """Train on a backend and keep all that it returned."""
    batches = list(islice(problem.batches(), until))
    trainer = train(problem)
    steps = [
        checked(trainer.step(x.copy(), y.copy()), problem, count)
        for count, (x, y) in enumerate(batches, 1)
    ]
    return Record(problem, batches, steps)


def _scales(before: Sequence[Array], after: Sequence[Array]) -> list[float]:
    """Return what may separate a parameter from the backend's, which moved so."""
    found = []
    for start, other in zip(before, after, strict=True):
        scale = _UPDATE * np.abs(other - start).max() + _ROUNDINGS * max(np.abs(start).max(), 1e-3)
        found.append(float(scale) if np.isfinite(scale) else 1.0)
    return found


def _residual(
    step: Step, got: Step, scales: Sequence[float], is_silent: bool, in_full: bool
) -> Residual:
    values: list[Array] = []
    if not is_silent:
        loss = _off_number(step.loss, got.loss, _LOSS * abs(got.loss) + 1e-15)
        values.append(np.array([loss]))
        if not in_full and not abs(loss) <= 1:
            return Residual(values[0], gradient=False)
    for part, other, scale in zip(step.parameters, got.parameters, scales, strict=True):
        if not in_full and _is_near(part, other, scale):
            continue
        values.append(_off(part, other, scale))
        if not in_full and not (np.abs(values[-1]) <= 1).all():
            return Residual(values[-1], gradient=False)
    shown = got.gradient is None or step.gradient is None
    gradient = shown or all(
        _is_near(a, b, scale) or np.abs(_off(a, b, scale)).max() <= 1
        for a, b in zip(step.gradient or (), got.gradient or (), strict=True)
        for scale in [1e-9 * (np.abs(b).max() or 1.0)]
    )
    return Residual(np.concatenate(values) if values else np.zeros(0), gradient)


def _is_near(one: Array, other: Array, scale: float) -> bool:
    """Say whether numbers are within a scale of each other; where some are none, not at once."""
    a, b = np.asarray(one, np.float64), np.asarray(other, np.float64)
    return a.shape == b.shape and bool((np.abs((a - b) / scale) <= 1).all())


def _off_number(one: float, other: float, scale: float) -> float:
    """Return what `_off` does for two numbers."""
    one, other = float(one), float(other)
    if one == other or (math.isnan(one) and math.isnan(other)):
        return 0.0
    off = (one - other) / scale
    return off if math.isfinite(off) else 1e300


def _off(one: Any, other: Any, scale: Any) -> Array:
    """Return a difference in units of a scale; 0 for two that are not finite alike."""
    a, b = np.atleast_1d(np.asarray(one, np.float64)), np.atleast_1d(np.asarray(other, np.float64))
    off = np.where((a == b) | (np.isnan(a) & np.isnan(b)), 0.0, (a - b) / scale)
    return np.where(np.isfinite(off), off, 1e300).ravel()
