"""How fast trainings part in float32, beside what the order of sums alone makes of it.

In float32 no two programs train alike to the last digit: each rounds its sums in an order of its
own, and training enlarges the difference. So the distance between a backend and the reference says
nothing by itself. Its measure is the distance of each from itself, with inputs and hidden units in
another order: the same network and the same training on paper, every sum in another order.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters.training import Problem, TrainerOf

from ..results.parity import Drift, Mark
from .reference import Reference

__all__ = ["drift", "ordered"]

Array = NDArray[Any]


def ordered(problem: Problem, seed: int) -> tuple[Problem, list[tuple[Array, ...]]]:
    """Return a problem with inputs and hidden units in another order.

    Parameters
    ----------
    problem : Problem
        What is trained; its outputs keep their order, as they are classes.
    seed : int
        Decides the order.

    Returns
    -------
    problem : Problem
        The same training on paper.
    places : list of tuple of ndarray
        Indices that bring its parameters back: ``part[np.ix_(*places)]``.
    """
    rng = np.random.default_rng(seed)
    kernels = problem.start[::2]
    orders = [rng.permutation(len(kernel)) for kernel in kernels]
    orders.append(np.arange(kernels[-1].shape[1]))
    start: list[Array] = []
    places: list[tuple[Array, ...]] = []
    for depth, (kernel, bias) in enumerate(zip(kernels, problem.start[1::2], strict=True)):
        rows, columns = orders[depth : depth + 2]
        start += [np.ascontiguousarray(kernel[np.ix_(rows, columns)]), bias[columns]]
        places += [(np.argsort(rows), np.argsort(columns)), (np.argsort(columns),)]

    def batches() -> Any:
        for x, y in problem.batches():
            yield np.ascontiguousarray(x[:, orders[0]]), y

    return Problem(start, batches, problem.optimizer, problem.rates), places


def drift(train: TrainerOf, problem: Problem, seed: int = 0) -> Drift:
    """Train four times and measure distances after 1, 2, 4, ... steps and after the last.

    Parameters
    ----------
    train : callable
        Makes the backend's trainer from a problem.
    problem : Problem
        What is trained.
    seed : int, optional
        Decides the other order.
    """
    other, places = ordered(problem, seed)
    trainers = [train(problem), train(other), Reference(problem), Reference(other)]
    start = np.concatenate([part.ravel() for part in problem.start], dtype=np.float64)
    marks: list[Mark] = []
    count, last = 0, None
    for count, ((x, y), (x_other, y_other)) in enumerate(
        zip(problem.batches(), other.batches(), strict=True), 1
    ):
        last = [
            trainer.step(x_other, y_other) if place % 2 else trainer.step(x, y)
            for place, trainer in enumerate(trainers)
        ]
        if count & (count - 1) == 0:
            marks.append(_mark(count, [step.parameters for step in last], places, start))
    if last and marks[-1].step != count:
        marks.append(_mark(count, [step.parameters for step in last], places, start))
    return Drift(optimizer=problem.optimizer.name, dtype=problem.dtype.name, marks=marks)


def _mark(
    count: int, found: list[list[Array]], places: list[tuple[Array, ...]], start: Array
) -> Mark:
    vectors = []
    for turn, parts in enumerate(found):
        back = (
            [part[np.ix_(*at)] for part, at in zip(parts, places, strict=True)]
            if turn % 2
            else parts
        )
        vectors.append(np.concatenate([part.ravel() for part in back], dtype=np.float64))
    backend, backend_other, reference, reference_other = vectors
    way = float(np.linalg.norm(reference - start))

    def apart(one: Array, another: Array) -> float:
        return float(np.linalg.norm(one - another)) / way

    return Mark(
        step=count,
        between=apart(backend, reference),
        backend=apart(backend, backend_other),
        reference=apart(reference, reference_other),
    )
