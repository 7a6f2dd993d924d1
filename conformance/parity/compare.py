"""Where two trainings part: at which step, and in which operation.

Both see the same start and the same batches. As long as everything agrees, the first thing that
does not, in the order of computation, is what differs: the loss (the forward pass), the gradient
(the backward pass) or the parameters after the step (the optimizer).
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np

from .problem import Problem, Step, Trainer, names

__all__ = ["TOLERANCE", "Parity", "Parting", "compare"]

#: What relative difference parts a loss. A mean of 128 losses, each of sums of some hundred terms,
#: is good to a few hundred roundings of binary64, 1e-13, and so is one whose parameters differ by
#: as much; training by the same formulas is granted ten times that over thousands of steps.
TOLERANCE = 1e-12
# Parameters and gradients are held to their greatest entry; a single one may cancel.
_SLACK = 100


class Parting(msgspec.Struct, frozen=True, kw_only=True):
    """The first difference beyond the tolerance."""

    step: int  #: From 1.
    operation: str  #: "forward pass", "backward pass" or "optimizer".
    what: str  #: Such as "bias of layer 2".
    difference: float  #: Relative, or to the greatest entry.

    @property
    def place(self) -> tuple[int, bool, bool]:
        """Where it stands in the order of computation."""
        return self.step, self.operation != "forward pass", self.operation == "optimizer"


class Parity(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a comparison."""

    optimizer: str
    steps: int
    agrees: bool  #: Losses, gradients and parameters, to the tolerance, at every step.
    greatest: float  #: Largest relative difference of a loss.
    parting: Parting | None
    losses: list[tuple[int, float]]  #: Relative difference of the loss at some steps.


def compare(
    one: Trainer,
    other: Trainer,
    problem: Problem,
    tolerance: float = TOLERANCE,
    *,
    beyond: bool = True,
) -> Parity:
    """Train twice and compare step by step.

    Parameters
    ----------
    one : Trainer
        What others are held to.
    other : Trainer
        The one in question.
    problem : Problem
        With the batches.
    tolerance : float, optional
        Relative difference of a loss.
    beyond : bool, optional
        Whether steps are taken also after a parting.

    Returns
    -------
    Parity
        How many steps were taken, and what was found.
    """
    parting: Parting | None = None
    greatest, count, some = 0.0, 0, []
    for count, (x, y) in enumerate(problem.batches(), 1):
        right, got = one.step(x, y), other.step(x, y)
        difference = _relative(got.loss, right.loss)
        greatest = max(greatest, difference)
        if count & (count - 1) == 0 or count % 469 == 0:
            some.append((count, difference))
        if parting is None:
            parting = next(_partings(right, got, problem, count, tolerance), None)
        if parting and not beyond:
            break
    return Parity(
        optimizer=problem.optimizer.name,
        steps=count,
        agrees=parting is None,
        greatest=greatest,
        parting=parting,
        losses=some,
    )


def _relative(got: float, right: float) -> float:
    difference = abs(got - right) / abs(right) if right else abs(got)
    return difference if np.isfinite(difference) else float(np.finfo(np.float64).max)


def _partings(
    right: Step, got: Step, problem: Problem, count: int, tolerance: float
) -> Iterator[Parting]:
    """Yield what differs in a step, in the order of computation."""
    difference = _relative(got.loss, right.loss)
    if difference > tolerance:
        yield Parting(step=count, operation="forward pass", what="loss", difference=difference)
    groups = [("optimizer", "", right.parameters, got.parameters)]
    if right.gradient is not None and got.gradient is not None:
        groups.insert(0, ("backward pass", "gradient of the ", right.gradient, got.gradient))
    else:
        groups = [("backward pass or optimizer", *groups[0][1:])]
    for operation, prefix, wanted, found in groups:
        worst, name = 0.0, ""
        for title, a, b in zip(names(problem), wanted, found, strict=True):
            scale = float(np.abs(a).max()) or 1.0
            off = float(np.abs(a - b).max()) / scale
            if not off <= worst:
                worst, name = off, title
        if not worst <= _SLACK * tolerance:
            yield Parting(step=count, operation=operation, what=f"{prefix}{name}", difference=worst)
