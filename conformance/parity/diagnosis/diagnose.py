"""The hypothesis that does what a backend does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from actinit.adapters.training import Problem, TrainerOf

from ...kinds import Kind
from ...results.parity import Divergence
from ..compare import SLACK, TOLERANCE
from . import (
    accumulation,
    backward,
    batches,
    counters,
    examples,
    formulas,
    gradients,
    initial_states,
    inputs,
    losses,
    mixed,
    moments,
    network,
    normalized,
    parts,
    precision,
    projections,
    rates,
    returned,
    sizes,
    softmax,
    states,
)
from .fit import fitted, rounded
from .record import Record, record
from .varied import Hypothesis, Varied

__all__ = ["Diagnosis", "diagnose"]

Floats = NDArray[np.float64]

# Formats that parameters may be held in, with the least of the roundings that show it.
_NARROW = (np.float16, np.float32)
# Steps beyond the first divergence that a number is solved from.
_MORE = 2


@dataclass(frozen=True)
class Diagnosis:
    """What a backend does instead."""

    slug: str
    sentence: str
    kind: Kind
    value: float | None = None  #: The number in it, such as a rate, where there is one.


def diagnose(train: TrainerOf, problem: Problem, first: Divergence) -> Diagnosis | None:
    """Return what a backend does instead of the reference; none if no hypothesis reproduces it.

    Parameters
    ----------
    train : callable
        What trains on the backend.
    problem : Problem
        What was trained.
    first : Divergence
        The first divergence.
    """
    kept = record(train, problem)
    again = record(train, problem, first.step)
    if not _same(kept, again):
        return Diagnosis(
            "not-repeatable",
            "the same training gives another result when it is run again",
            "repeatability",
        )
    candidates = [
        one
        for one in _all(problem, first)
        if problem.optimizer.name in one.optimizers or not one.optimizers
    ]
    # What also has the gradient that is shown comes before what has another.
    without_gradient: Diagnosis | None = None
    for one in candidates:
        for value in _values(one, kept):
            agrees = _agreement(kept, one.change(problem, value))
            if agrees == "all":
                return _named(one, value)
            if agrees and without_gradient is None:
                without_gradient = _named(one, value)
    if rounding := _narrow(kept):
        return rounding
    if without_gradient:
        return without_gradient
    for one in candidates:
        solved = _solved(kept, one, first.step) if one.is_fitted else None
        if solved is not None:
            return _named(one, solved)
    return None


def _all(problem: Problem, first: Divergence) -> Iterator[Hypothesis]:
    """Yield every hypothesis, what is special before what is general."""
    return chain(
        batches.HYPOTHESES,
        losses.HYPOTHESES,
        network.HYPOTHESES,
        network.of_layers(problem),
        rates.of_rates(problem),
        formulas.HYPOTHESES,
        rates.HYPOTHESES,
        backward.HYPOTHESES,
        backward.of_parameters(problem),
        batches.at_step(first.step),
        sizes.HYPOTHESES,
        gradients.HYPOTHESES,
        parts.HYPOTHESES,
        parts.of_parameters(problem, first.step),
        counters.HYPOTHESES,
        states.HYPOTHESES,
        moments.HYPOTHESES,
        initial_states.HYPOTHESES,
        counters.SHIFTED,
        states.at_step(problem, first.step),
        accumulation.HYPOTHESES,
        returned.HYPOTHESES,
        accumulation.at_step(problem, first.step),
        softmax.HYPOTHESES,
        inputs.HYPOTHESES,
        normalized.HYPOTHESES,
        examples.HYPOTHESES,
        mixed.HYPOTHESES,
        normalized.of_layers(problem),
        projections.HYPOTHESES,
        precision.HYPOTHESES,
        precision.of_layers(problem),
    )


def _named(one: Hypothesis, value: float) -> Diagnosis:
    has = "{value}" in one.sentence
    sentence = one.sentence.format(value=f"{value:.8g}")
    return Diagnosis(one.slug, sentence, one.kind, float(value) if has else None)


def _values(one: Hypothesis, kept: Record) -> Iterator[float]:
    """Yield the numbers to try, those that are read off the steps as short as they may be."""
    yield from one.values
    for value in one.read(kept.problem, kept.steps) if one.read else ():
        if np.isfinite(value):
            yield from rounded(value)


def _agreement(kept: Record, trainer: Varied) -> Literal["all", "but gradient", ""]:
    """Say whether a hypothesis reproduces all steps, or all but the gradients that are shown."""
    gradient = True
    for one in kept.residuals(trainer, in_full=False):
        if not one.agrees:
            return ""
        gradient = gradient and one.gradient
    return "all" if gradient else "but gradient"


def _solved(kept: Record, one: Hypothesis, step: int) -> float | None:
    """Return the number that makes a hypothesis reproduce a backend; none if there is none."""

    def residual(value: float) -> Floats:
        parts = [
            part.values for part in kept.residuals(one.change(kept.problem, value), step + _MORE)
        ]
        return np.concatenate(parts)

    with np.errstate(all="ignore"):
        sizes = [float(np.linalg.norm(residual(value))) for value in one.values]
        if not np.isfinite(sizes).any():
            return None
        solved = fitted(residual, float(one.values[int(np.nanargmin(sizes))]))
    for short in [] if solved is None else rounded(solved):
        if _agreement(kept, one.change(kept.problem, short)):
            return short
    return None


def _same(kept: Record, again: Record) -> bool:
    """Say whether two runs agree as two orders of summation do."""
    for one, other in zip(kept.steps, again.steps, strict=False):
        pairs = zip(one.parameters, other.parameters, strict=True)
        if not np.isclose(one.loss, other.loss, rtol=TOLERANCE, equal_nan=True):
            return False
        if not all(np.allclose(a, b, TOLERANCE, SLACK * TOLERANCE, True) for a, b in pairs):
            return False
    return True


def _narrow(kept: Record) -> Diagnosis | None:
    """Recognize parameters, or losses, that are numbers of a narrower format at every step."""
    losses = np.array([step.loss for step in kept.steps])
    parameters = np.concatenate([p.ravel() for step in kept.steps for p in step.parameters])
    far = [np.abs(one.values).max() for one in kept.residuals(Varied(kept.problem))]
    for dtype in _NARROW:
        eps = float(np.finfo(dtype).eps)
        # A step that is off by more than some thousand roundings of the format is another.
        if max(far) * 1e-8 > 1e6 * eps:
            continue
        name = np.dtype(dtype).name
        for values, what in ((parameters, "parameters are"), (losses, "losses are")):
            if np.array_equal(values, values.astype(dtype)):
                slug = f"{what.split()[0]}-in-{name}"
                return Diagnosis(slug, f"the {what} held in {name}", "accuracy")
    return None
