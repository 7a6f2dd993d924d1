"""The reference with places at which a hypothesis changes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from actinit import reference as ref
from actinit.adapters.training import Problem, Step

from ...kinds import Kind
from ..reference import Reference

__all__ = ["ADAMS", "PERIODS", "STATEFUL", "Hypothesis", "Varied", "varied"]

Array = NDArray[Any]
#: Optimizers that have moments, and those that have a state.
ADAMS = ("adam", "adam_hat")
STATEFUL = ("momentum", *ADAMS)
#: Steps from one time to the next that something is done at.
PERIODS = (2, 3, 4, 5, 6, 7, 8, 10, 16, 32)
# What a class must leave as it is for its loss and gradient to be the reference's.
_PASSES = ("forward", "loss", "backward", "batch", "divisor", "activation", "follow")


def _log_softmax(z: Array) -> Array:
    """Return what the reference does to some roundings, in a tenth of its time.

    A hypothesis is held to 1e-10, and thousands are tried. Where the logarithms are no numbers, the
    reference says what they are.
    """
    with np.errstate(all="ignore"):
        shifted = z - z.max(axis=-1, keepdims=True)
        logs = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return logs if np.isfinite(logs).all() else np.asarray(ref.log_softmax(z))


class Varied(Reference):
    """The reference, for hypotheses to change one thing of.

    Parameters
    ----------
    problem : Problem
        What to train.
    value : float
        A number that the change has, such as a rate.
    """

    log_softmax = staticmethod(_log_softmax)
    #: Whether the parameters that it returns are not those that it goes on from.
    lags: ClassVar[bool] = False
    #: Whether its own `step` or `learn` asks for the gradient of the batch, where it stands, only.
    asks_once: ClassVar[bool] = False
    #: Loss and gradient of a step, where they are computed already.
    known: tuple[float, list[Array]] | None = None
    #: What says whether a loss is that of the backend: if it is not, the gradient does not matter.
    expected: Callable[[float], bool] | None = None
    #: Whether the loss of the last step may be anything.
    is_silent: bool = False

    def __init__(self, problem: Problem, value: float = 0.0) -> None:
        super().__init__(problem)
        self.problem, self.value = problem, value
        self.full = _sizes(problem.batches)[0]

    def step(self, x: Array, y: Array) -> Step:
        """Take a step."""
        self.size = len(y)
        x, y = self.batch(x, y)
        loss, gradient = self.learn(x, y)
        gradient = self.changed(gradient)
        self.steps += 1
        self.apply(gradient)
        return Step(loss, gradient, [part.copy() for part in self.parameters])

    def learn(self, x: Array, y: Array) -> tuple[float, list[Array]]:
        """Return the mean loss of a batch, and its gradient."""
        if self.known is not None:
            loss, gradient = self.known
            return loss, [part.copy() for part in gradient]
        inputs, sums = self.forward(x)
        loss, delta = self.loss(sums[-1], y)
        if self.expected is not None and not self.expected(loss):
            return loss, [np.zeros_like(part) for part in self.parameters]
        return loss, self.backward(inputs, sums, delta)

    @classmethod
    def learns_plainly(cls) -> bool:
        """Say whether loss and gradient, from given parameters, are the reference's."""
        return (
            not cls.lags
            and (
                cls.asks_once
                or all(getattr(cls, name) is getattr(Varied, name) for name in ("learn", "step"))
            )
            and all(getattr(cls, name) is getattr(Varied, name) for name in _PASSES)
        )

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
        sizes = _sizes(self.problem.batches)
        short = (place for place, size in enumerate(sizes, 1) if size < self.full)
        return next(short, len(sizes))


@lru_cache(maxsize=4)
def _sizes(batches: Callable[[], Iterator[tuple[Array, Array]]]) -> tuple[int, ...]:
    """Return the size of each batch: thousands of hypotheses ask the same problem for it."""
    return tuple(len(y) for _, y in batches())


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
