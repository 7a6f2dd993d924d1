"""Units that are off: how many, for how long, and what brings them back."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from actinit import reference as ref
from actinit.adapters.training import Problem

from ..parity.problem import made
from ..parity.reference import Reference
from ..results.claims import Plot
from .base import Floats, Found, decides, holds, line

__all__: list[str] = []

_UNITS = 6


class _Leaky(Reference):
    """Trains with leaky ReLUs."""

    activation: Any = ref.leaky_relu


def _posed() -> Problem:
    rng = np.random.default_rng(2)
    x = rng.random((256, 8))
    y = (x.sum(axis=1) > 4).astype(int)
    return made(x, y, "sgd", layers=(_UNITS, _UNITS, 2), batch=64, epochs=200, seed=5)


def _examples(posed: Problem) -> Floats:
    return np.concatenate([batch for batch, _ in islice(posed.batches(), 4)])


def _sums(trainer: Reference, x: Floats) -> Floats:
    """Return what enters the units of the second layer."""
    first, bias, second, shift = trainer.parameters[:4]
    found: Floats = trainer.activation(x @ first + bias) @ second + shift
    return found


@dataclass(frozen=True)
class _History:
    """A unit of the second layer, killed just so for every example, and then trained.

    Attributes
    ----------
    greatest : list of float
        Its greatest sum over all examples, step by step.
    moved : int
        The step after which its own weights were others; the last if none.
    revived : int or None
        The step after which some example passed it.
    """

    greatest: list[float]
    moved: int
    revived: int | None


def _killed(unit: int, trainer_of: type[Reference]) -> _History:
    posed = _posed()
    x = _examples(posed)
    trainer = trainer_of(posed)
    trainer.parameters[3][unit] = -_sums(trainer, x)[:, unit].max() - 0.01
    own, greatest, moved = trainer.parameters[2][:, unit].copy(), [], None
    for step, (batch, labels) in enumerate(posed.batches()):
        greatest.append(float(_sums(trainer, x)[:, unit].max()))
        if moved is None and (trainer.parameters[2][:, unit] != own).any():
            moved = step
        if greatest[-1] > 0:
            return _History(greatest, step if moved is None else moved, step)
        trainer.step(batch, labels)
    return _History(greatest, step if moved is None else moved, None)


@decides
def dead_units() -> Found:
    """Kill each unit of the second layer in turn, and train."""
    found = [_killed(unit, Reference) for unit in range(_UNITS)]
    if any(one.moved < len(one.greatest) - 1 for one in found):
        return Found("false", "the own weights of a unit moved while it was dead")
    back = [one.revived for one in found if one.revived is not None]
    if not back:
        return Found("true", f"none of {_UNITS} dead units came back")
    plot = Plot(
        x="step", y="greatest sum over all examples",
        lines=[
            line(f"unit {place}", np.arange(len(one.greatest)), one.greatest)
            for place, one in enumerate(found, 1)
        ],
    )  # fmt: skip
    return Found(
        "under conditions",
        f"of {_UNITS} units that are dead for all 256 examples {len(back)} came back, after "
        f"{min(back)} steps or more, by the layer before; their own weights did not move till then",
        plot,
    )


@decides
def leaky_revives() -> Found:
    """Look for the least slope, and kill the same units with a leaky ReLU."""
    least = float(ref.leaky_relu.derivative(np.linspace(-700, 700, 1401)).min())
    moved = [_killed(unit, _Leaky).moved for unit in range(_UNITS)]
    return Found(
        holds(least > 0 and max(moved) <= 1),
        f"the least slope is {least:g}; of {_UNITS} units without a positive sum all had moved "
        f"their own weights after {max(moved)} step",
    )


@decides
def off_units_have_no_gradient() -> Found:
    """Switch a unit off for all examples, and take the gradient of its weights."""
    posed = _posed()
    trainer = Reference(posed)
    x, y = next(posed.batches())
    trainer.parameters[3][0] = -1e3
    gradient = trainer.learn(x, y)[1]
    own = max(float(np.abs(part[..., 0]).max()) for part in gradient[2:4])
    # Off for a single example only: the others still teach it.
    trainer.parameters[3][0] = -float(np.sort(_sums(Reference(posed), x)[:, 0])[1])
    some = float(np.abs(trainer.learn(x, y)[1][2][:, 0]).max())
    return Found(
        holds(own == 0 < some),
        f"off for all examples of a batch: {own:g}; off for some of them: up to {some:.1e}",
    )


@decides
def few_units_active() -> Found:
    """Count the units that pass an example on, before training and after."""
    posed = _posed()
    x, trainer = _examples(posed), Reference(posed)
    before = _active(trainer, x)
    for batch, labels in posed.batches():
        trainer.step(batch, labels)
    after = _active(trainer, x)
    # A third would be few.
    return Found(
        holds(max(before, after) < 1 / 3, min(before, after) < 1 / 3),
        f"{before:.0%} of the sums in the hidden layers are positive at initialization, "
        f"{after:.0%} after training; a matrix product costs the same either way",
    )


def _active(trainer: Reference, x: Floats) -> float:
    first = x @ trainer.parameters[0] + trainer.parameters[1]
    return float(np.mean([first > 0, _sums(trainer, x) > 0]))
