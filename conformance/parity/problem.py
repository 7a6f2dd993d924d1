"""What is trained: a network of dense layers with a ReLU between them, and a softmax at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from actinit import reference as ref
from actinit import spec
from actinit.spec import Network, Optimizer

__all__ = ["Problem", "Step", "Trainer", "TrainerOf", "made", "names"]

Array = NDArray[Any]


@dataclass(frozen=True)
class Step:
    """What a backend made of one batch.

    Attributes
    ----------
    loss : float
        Mean over the batch, before the step.
    gradient : list of ndarray or None
        Of that loss, by parameter; None where the backend keeps it to itself.
    parameters : list of ndarray
        After the step: kernel (inputs, outputs) and bias of each layer.
    """

    loss: float
    gradient: list[Array] | None
    parameters: list[Array]


class Trainer(Protocol):
    """A network that learns from one batch after the other."""

    def step(self, x: Array, y: Array) -> Step:
        """Take a step."""


@dataclass(frozen=True)
class Problem:
    """Initial parameters, batches and an optimizer.

    Attributes
    ----------
    start : list of ndarray
        Kernel (inputs, outputs) and bias of each layer.
    batches : sequence of pairs of ndarray
        Inputs (n, features), of the start's dtype, and classes (n,).
    optimizer : Optimizer
        The spec's entry.
    rates : mapping of str to float
        A value for each of its parameters.
    network : Network
        The spec's entry of what is computed.
    """

    start: list[Array]
    batches: Callable[[], Iterator[tuple[Array, Array]]]
    optimizer: Optimizer
    rates: Mapping[str, float]
    network: Network = spec.networks["classifier"]

    @property
    def dtype(self) -> np.dtype[Any]:
        """What inputs and parameters are of."""
        return self.start[0].dtype

    def copy(self) -> list[Array]:
        """Return the start, for a trainer to write to."""
        return [part.copy() for part in self.start]

    def first(self, steps: int) -> Problem:
        """Return the same problem, at an end after so many steps."""
        return replace(self, batches=lambda: islice(self.batches(), steps))

    def in_float32(self, *rates: str) -> Problem:
        """Return it with some rates as a program has them that holds them in float32."""
        rounded = {name: float(np.float32(self.rates[name])) for name in rates}
        return replace(self, rates={**self.rates, **rounded})

    def keywords(self, backend: str) -> dict[str, Any]:
        """Return the optimizer's arguments as a backend names them."""
        return self.optimizer.backends[backend].keywords(self.rates)


#: From a problem to what trains it.
TrainerOf = Callable[..., Trainer]


def names(problem: Problem) -> list[str]:
    """Return a name for each parameter."""
    return [
        f"{part} of layer {place // 2 + 1}"
        for place, part in enumerate(["kernel", "bias"] * (len(problem.start) // 2))
    ]


def made(
    x: Array,
    y: Array,
    optimizer: str,
    *,
    layers: tuple[int, ...],
    batch: int,
    epochs: int,
    seed: int,
    dtype: str = "float64",
) -> Problem:
    """Return a problem: he_normal kernels and biases of 0, batches shuffled anew in each epoch.

    Parameters
    ----------
    x : ndarray, shape (n, features)
        What to learn from.
    y : ndarray of int, shape (n,)
        Its classes.
    optimizer : str
        Name of the entry; its parameters are at their defaults.
    layers : tuple of int
        Outputs of each layer.
    batch, epochs, seed : int
        Size of a batch, the last of an epoch being what is left; how often all are seen; what
        decides weights and order.
    dtype : str, optional
        Of inputs and parameters; the same numbers are drawn for each, and rounded.

    Raises
    ------
    ValueError
        If the batch is larger than the data, or there is nothing to do.
    UnknownNameError
        If there is no such optimizer.
    """
    if not 1 <= batch <= len(x):
        raise ValueError(f"expected a batch of 1 to {len(x):,} examples, got {batch:,}")
    if epochs < 1:
        raise ValueError(f"expected 1 epoch or more, got {epochs}")
    entry = spec.optimizers[optimizer]
    rng = np.random.default_rng(seed)
    start: list[Array] = []
    for inputs, outputs in pairwise((x.shape[1], *layers)):
        kernel = ref.he_normal((inputs, outputs), rng=rng, dtype=np.float64)
        start += [kernel.astype(dtype), np.zeros(outputs, dtype)]
    order = rng.integers(2**32)

    def batches() -> Iterator[tuple[Array, Array]]:
        shuffled = np.random.default_rng(order)
        for _ in range(epochs):
            places = shuffled.permutation(len(x))
            for first in range(0, len(x), batch):
                at = places[first : first + batch]
                yield x[at].astype(dtype), y[at]

    rates = {name: parameter.default for name, parameter in entry.parameters.items()}
    return Problem(start, batches, entry, rates)
