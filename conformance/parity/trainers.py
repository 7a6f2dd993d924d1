"""What trains on a backend: what its adapter brings along, or what is here for its framework."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters import Adapter, NotOffered
from actinit.spec import Optimizer

from ..backend.eager import eager_name
from .problem import Problem, Step, Trainer, TrainerOf

__all__ = ["lacking", "trainer", "watched"]

# Families whose trainer stands here, in the module of that name.
_TRAINED = ("torch", "jax", "keras")
# Those of them whose trainer computes any optimizer from its formulas.
_COMPUTED = ("jax",)


def trainer(adapter: Adapter) -> TrainerOf:
    """Return what trains on a backend.

    Raises
    ------
    NotOffered
        If there is nothing that does.
    """
    try:
        return adapter.trainer()
    except NotOffered:
        pass
    if (eager := eager_name(adapter)) is not None:
        raise NotOffered(f"training is a matter of {eager}, not of its mode {adapter.name}")
    if adapter.family not in _TRAINED:
        raise NotOffered(
            f"nothing here trains on {adapter.name}; there are torch, jax and the kerases"
        )
    found: TrainerOf = importlib.import_module(f".{adapter.family}", __package__).Trainer
    return found


def lacking(adapter: Adapter, entry: Optimizer) -> bool:
    """Say whether a framework has no such optimizer; what an adapter brings along says so."""
    known = adapter.family in _TRAINED and adapter.family not in _COMPUTED
    return known and adapter.family not in entry.backends


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
