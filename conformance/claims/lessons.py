"""What the claims on training are tried on: a small made-up task, and networks that learn it.

The task: points around forty centres in ten dimensions, each centre of one of five classes; it
favours no activation. What is learnt is told by the loss over all examples, epoch by epoch.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from actinit import reference as ref
from actinit.adapters.training import Problem
from actinit.reference.activations import activations

from ..parity.problem import made
from ..parity.reference import Reference
from .base import Floats

__all__ = ["CLASSES", "EPOCHS", "SEEDS", "Learnt", "learn", "posed", "shares"]

CLASSES, EPOCHS, BATCH = 5, 12, 32
_INPUTS, _EXAMPLES, _CENTRES = 10, 1024, 40
SEEDS = (1, 2, 3)


class Learnt(NamedTuple):
    """How a training went.

    Attributes
    ----------
    losses : list of float
        Mean loss over all examples, before training and after each epoch.
    accuracy : float
        At the end, on the same examples.
    parameters : list of ndarray
        At the end.
    """

    losses: list[float]
    accuracy: float
    parameters: list[Floats]


@lru_cache(maxsize=1)
def _examples() -> tuple[Floats, Any]:
    rng = np.random.default_rng(0)
    centres, labels = rng.standard_normal((_CENTRES, _INPUTS)), rng.integers(CLASSES, size=_CENTRES)
    of = rng.integers(_CENTRES, size=_EXAMPLES)
    x = centres[of] + 0.3 * rng.standard_normal((_EXAMPLES, _INPUTS))
    return x / x.std(), labels[of]


def shares() -> Floats:
    """Return how often each class occurs."""
    y = _examples()[1]
    return np.bincount(y, minlength=CLASSES) / len(y)


def posed(
    start: str, *, seed: int, optimizer: str = "adam", hidden: tuple[int, ...] = (32, 32)
) -> Problem:
    """Return the task with an initialization for every kernel; biases begin at 0."""
    x, y = _examples()
    layers = (*hidden, CLASSES)
    problem = made(x, y, optimizer, layers=layers, batch=BATCH, epochs=EPOCHS, seed=seed)
    rng = np.random.default_rng(seed)
    draw = ref.initializers[start]
    kernels = [draw(part.shape, rng=rng, dtype="float64") for part in problem.start[::2]]
    drawn = [part for kernel, bias in zip(kernels, problem.start[1::2], strict=True)
             for part in (kernel, bias)]  # fmt: skip
    return replace(problem, start=drawn)


@lru_cache(maxsize=128)
def learn(
    start: str,
    *,
    seed: int = 1,
    activation: str = "relu",
    optimizer: str = "adam",
    hidden: tuple[int, ...] = (32, 32),
) -> Learnt:
    """Train; of the same arguments, the same."""
    problem = posed(start, seed=seed, optimizer=optimizer, hidden=hidden)
    trainer = Reference(problem)
    trainer.activation = activations[activation]
    x, y = _examples()
    losses = [trainer.learn(x, y)[0]]
    for count, (batch, labels) in enumerate(problem.batches(), 1):
        trainer.step(batch, labels)
        if count % (_EXAMPLES // BATCH) == 0:
            losses.append(trainer.learn(x, y)[0])
    return Learnt(losses, _accuracy(trainer, x, y), trainer.parameters)


def _accuracy(trainer: Reference, x: Floats, y: Any) -> float:
    signal = x
    for kernel, bias in zip(trainer.parameters[:-2:2], trainer.parameters[1:-2:2], strict=True):
        signal = trainer.activation(signal @ kernel + bias)
    scores = signal @ trainer.parameters[-2] + trainer.parameters[-1]
    return float((scores.argmax(axis=1) == y).mean())
