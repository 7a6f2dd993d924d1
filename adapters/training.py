"""What a backend that trains is given, and what it gives back.

There are two ways to train. `actinit.adapters.Adapter.trainer` takes one step after the other and
shows all of each, so that it can be compared with the reference; its network is dense layers with
a ReLU between them, and a softmax at its end. `actinit.adapters.Adapter.train` trains a network of
an experiment on its data, as a user of the framework would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from actinit import spec
from actinit.spec import Network, Optimizer
from actinit.spec.experiment import Experiment

from .lookup import bindings

__all__ = [
    "Data",
    "EpochFigures",
    "Problem",
    "Split",
    "Step",
    "Trainer",
    "TrainerOf",
    "Training",
]

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
        Inputs (n, features), of the initialization's dtype, and classes (n,).
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
        """Return the initialization, for a trainer to write to."""
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
        return bindings(self.optimizer)[backend].keywords(self.rates)


#: From a problem to what trains it.
TrainerOf = Callable[..., Trainer]


class Split(NamedTuple):
    """Pictures and their labels."""

    x: NDArray[np.float32]  #: (n, pixels), each picture in one row.
    y: NDArray[np.int64]  #: (n,), the class of each.


class Data(NamedTuple):
    """What a network learns from, and what it is then tried on."""

    train: Split
    test: Split


class EpochFigures(NamedTuple):
    """One epoch: means over its batches, each taken before the step, and over the validation data.

    `seconds` is the wall clock's, validation included.
    """

    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float
    seconds: float


@dataclass(frozen=True)
class Training:
    """A network to train from one initialization, with one seed.

    Attributes
    ----------
    experiment : Experiment
        Network, epochs and batch size.
    start : str
        Name of the initializer for the layers that the experiment varies.
    optimizer : Optimizer
        The spec's entry that the backend means by the experiment's optimizer.
    rates : mapping of str to float
        A value for each of its parameters.
    data : Data
        What to learn from, and what to try the network on.
    seed : int
        Decides weights and the order of the batches.
    """

    experiment: Experiment
    start: str
    optimizer: Optimizer
    rates: Mapping[str, float]
    data: Data
    seed: int
