"""The reference with places at which a hypothesis changes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ...kinds import Kind
from ..problem import Problem, Step
from ..reference import Reference

__all__ = ["Hypothesis", "Varied", "varied"]

Array = NDArray[Any]


class Varied(Reference):
    """The reference, for hypotheses to change one thing of.

    Parameters
    ----------
    problem : Problem
        What to train.
    value : float
        A number that the change has, such as a rate.
    """

    #: Whether the parameters that it returns are not those that it goes on from.
    lags: ClassVar[bool] = False
    #: Whether the loss of the last step may be anything.
    is_silent: bool = False

    def __init__(self, problem: Problem, value: float = 0.0) -> None:
        super().__init__(problem)
        self.problem, self.value = problem, value
        self.full = len(next(problem.batches())[1])

    def step(self, x: Array, y: Array) -> Step:
        """Take a step."""
        self.size = len(y)
        x, y = self.batch(x, y)
        loss, gradient = self.learn(x, y)
        gradient = self.changed(gradient)
        self.steps += 1
        self.apply(gradient)
        return Step(loss, gradient, [part.copy() for part in self.parameters])

    def follow(self, parameters: list[Array]) -> None:
        """Go on from where the backend stands after a step."""
        self.parameters = [part.astype(np.float64) for part in parameters]

    def batch(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Return what it learns from instead of a batch."""
        return x, y

    def changed(self, gradient: list[Array]) -> list[Array]:
        """Return what the optimizer gets instead of the gradient."""
        return gradient

    @property
    def epoch(self) -> int:
        """How many epochs are over when a step is applied, from 0."""
        return (self.steps - 1) // self.per_epoch

    @property
    def per_epoch(self) -> int:
        """How many steps an epoch has: up to the first short batch, or all of them."""
        if not hasattr(self, "_per_epoch"):
            sizes = [len(y) for _, y in self.problem.batches()]
            short = (place for place, size in enumerate(sizes, 1) if size < self.full)
            self._per_epoch = next(short, len(sizes))
        return self._per_epoch


@dataclass(frozen=True)
class Hypothesis:
    """What a backend may do instead.

    Attributes
    ----------
    slug : str
        Its name, which stays.
    sentence : str
        What the backend does; ``{value}`` stands for the number in it.
    change : callable
        From a problem and a number to the reference with one thing changed.
    kind : Kind
        What a divergence of it is.
    values : sequence of float
        Numbers to try, the most likely first.
    is_fitted : bool
        Whether the number is also solved for, beginning at the best of the values.
    optimizers : sequence of str
        Of which it can be said; empty for all.
    read : callable, optional
        From the problem and what the backend returned for its steps to more numbers to try: where
        a bound can be read off what stays within it.
    """

    slug: str
    sentence: str
    change: Callable[[Problem, float], Varied]
    kind: Kind = "definition"
    values: Sequence[float] = (0.0,)
    is_fitted: bool = False
    optimizers: Sequence[str] = ()
    read: Callable[[Problem, Sequence[Step]], Sequence[float]] | None = None


def varied(change: type[Varied], **attributes: Any) -> Any:
    """Return a class with some attributes of its own."""
    return type(change.__name__, (change,), attributes)
