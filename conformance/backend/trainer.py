"""A trainer under watch: each of its calls has a time limit."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters.training import Problem, Step, Trainer, TrainerOf

__all__ = ["watched"]


def watched(train: TrainerOf, timed: Callable[[Callable[[], Any], str], Any]) -> TrainerOf:
    """Return what trains the same, each call of it under a time limit.

    Parameters
    ----------
    train : callable
        From a problem to a trainer.
    timed : callable
        Takes a call and what it is called, and makes it.
    """

    class Watched:
        remedies = getattr(train, "remedies", {})

        def __init__(self, problem: Problem, matched: Collection[str] = ()) -> None:
            self._what = f"training by {problem.optimizer.name}"
            self._inner: Trainer = timed(
                lambda: train(problem, matched) if matched else train(problem), self._what
            )

        def step(self, x: NDArray[Any], y: NDArray[np.integer[Any]]) -> Step:
            step: Step = timed(lambda: self._inner.step(x, y), self._what)
            return step

    return Watched
