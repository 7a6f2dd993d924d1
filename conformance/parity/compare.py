"""The first divergence of two trainings: at which step, and in which operation.

Both see the same initial parameters and the same batches. As long as everything agrees, the first
thing that does not, in the order of computation, is what differs: the loss (the forward pass), the
gradient (the backward pass) or the parameters after the step (the optimizer).
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray

from actinit.adapters.training import Problem, Step, Trainer

from ..results.parity import Divergence, Parity
from .problem import names
from .results import checked, other_dtypes

__all__ = ["SLACK", "TOLERANCE", "compare"]

#: The relative difference of a loss that counts. A mean of 128 losses, each of sums of some hundred
#: terms, is good to a few hundred roundings of binary64, 1e-13, and so is one whose parameters
#: differ by as much; training by the same formulas is granted ten times that over thousands of
#: steps.
TOLERANCE = 1e-12
#: Parameters and gradients are held to their greatest entry, to so many times the tolerance; a
#: single one may cancel.
SLACK = 100
# JSON has no infinity.
_LARGEST = float(np.finfo(np.float64).max)


def compare(
    reference: Trainer,
    trainer: Trainer,
    problem: Problem,
    tolerance: float = TOLERANCE,
    *,
    beyond: bool = True,
) -> Parity:
    """Train twice and compare step by step.

    Parameters
    ----------
    reference : Trainer
        What others are held to.
    trainer : Trainer
        The one in question.
    problem : Problem
        With the batches.
    tolerance : float, optional
        Relative difference of a loss.
    beyond : bool, optional
        Whether steps are taken also after a divergence.

    Returns
    -------
    Parity
        How many steps were taken, and what was found.

    Raises
    ------
    BadStepError
        If what the trainer returns has not the form of a step.
    """
    first: Divergence | None = None
    greatest, count, some = 0.0, 0, []
    full, dtypes = 0, set[str]()
    for count, (x, y) in enumerate(problem.batches(), 1):
        full = full or len(y)
        right = reference.step(x, y)
        got = checked(trainer.step(x.copy(), y.copy()), problem, count)
        dtypes.update(other_dtypes(got, problem))
        difference = _relative(got.loss, right.loss)
        greatest = max(greatest, difference)
        if count & (count - 1) == 0 or count % 469 == 0:
            some.append((count, difference))
        if first is None:
            first = next(_divergences(right, got, problem, count, tolerance), None)
            if first:
                first = msgspec.structs.replace(first, examples=len(y), short=len(y) < full)
        if first and not beyond:
            break
    return Parity(
        optimizer=problem.optimizer.name,
        steps=count,
        agrees=first is None,
        greatest=greatest,
        divergence=first,
        losses=some,
        dtypes=sorted(dtypes),
    )


def _relative(got: float, right: float) -> float:
    if got == right:
        return 0.0
    difference = abs(got - right) / abs(right) if right else abs(got)
    return min(difference, _LARGEST) if np.isfinite(difference) else _LARGEST


def _divergences(
    right: Step, got: Step, problem: Problem, count: int, tolerance: float
) -> Iterator[Divergence]:
    """Yield what differs in a step, in the order of computation."""
    difference = _relative(got.loss, right.loss)
    if difference > tolerance:
        yield Divergence(
            step=count, operation="forward pass", what="loss", difference=difference,
            got=_finite(got.loss), exact=_finite(right.loss), scale=abs(right.loss),
        )  # fmt: skip
    groups = [("optimizer", "", right.parameters, got.parameters)]
    if right.gradient is not None and got.gradient is not None:
        groups.insert(0, ("backward pass", "gradient of the ", right.gradient, got.gradient))
    else:
        groups = [("backward pass or optimizer", *groups[0][1:])]
    for operation, prefix, wanted, arrays in groups:
        worst = max(
            (
                _entry(a, b, title)
                for title, a, b in zip(names(problem), wanted, arrays, strict=True)
            ),
            key=lambda entry: entry[0],
        )
        difference, title, index, scale, a, b = worst
        if difference > SLACK * tolerance:
            yield Divergence(
                step=count, operation=operation, what=f"{prefix}{title}", difference=difference,
                index=index, got=_finite(b), exact=_finite(a), scale=scale,
            )  # fmt: skip


def _entry(
    right: NDArray[np.floating], got: NDArray[np.floating], title: str
) -> tuple[float, str, list[int], float, float, float]:
    """Return how far off the worst entry is, with its title, index, scale, and both values."""
    magnitudes = np.abs(right[np.isfinite(right)])
    scale = float(magnitudes.max(initial=0.0)) or 1.0
    with np.errstate(invalid="ignore", over="ignore"):
        off = np.abs(right - got) / scale
    # Two infinities of one sign agree, and so do two nan; else what is not finite is furthest off.
    same = (right == got) | (np.isnan(right) & np.isnan(got))
    off = np.where(same, 0.0, np.where(np.isfinite(off), off, _LARGEST))
    place = int(off.argmax())
    index = [int(i) for i in np.unravel_index(place, off.shape)]
    return (
        float(off.flat[place]),
        title,
        index,
        scale,
        float(right.flat[place]),
        float(got.flat[place]),
    )


def _finite(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None
