"""From the name of a backend to what trains on it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from actinit.adapters import registry
from actinit.spec import UnknownNameError
from actinit.spec.architecture import Dense
from actinit.spec.experiment import Experiment

from ..results.training import Epoch
from .data import Data
from .errors import TrainingError
from .optimizers import choose

__all__ = ["NAMES", "Backend", "Train", "load", "require"]

#: The backends that can train: compiled modes compile functions, not programs, and TensorFlow
#: trains through Keras.
NAMES = ("numpy", "torch", "jax", "keras", "keras-tensorflow", "keras-jax", "keras-torch")

#: The families whose trainers are written for dense layers; the others build every kind of layer.
_DENSE_ONLY = ("numpy", "jax")

#: From an experiment, the name of a start, data and a seed to the epochs' figures, one by one.
Train = Callable[[Experiment, str, Data, int], Iterator[Epoch]]


class Backend(NamedTuple):
    """A framework that is installed and can train."""

    name: str
    device: str
    versions: dict[str, str]
    train: Train
    family: str

    def optimizer(self, experiment: Experiment) -> str:
        """Return the name of the entry that it trains with."""
        return choose(experiment.optimizer, self.family)[0].name


def load(name: str) -> Backend:
    """Return a backend.

    Its adapter is loaded first: it says what is not installed, and chooses Keras's engine.

    Raises
    ------
    UnknownNameError
        If there is no such backend; it names the nearest.
    BackendMissingError
        If its framework is not installed; it says what to install.
    """
    if name not in NAMES:
        raise UnknownNameError("backend that trains", name, NAMES)
    adapter = registry.load(name)
    trainer = importlib.import_module(f".{adapter.family}_trainer", __package__)
    return Backend(adapter.name, adapter.device, adapter.versions(), trainer.train, adapter.family)


def require(names: Iterable[str], experiment: Experiment) -> None:
    """Raise an error unless every one of the backends can train an experiment's network.

    Raises
    ------
    TrainingError
        If a layer is of a kind that one of them does not know; it says which backends do.
    """
    others = {type(layer).__name__ for layer in experiment.network.layers} - {Dense.__name__}
    refused = [name for name in names if name in _DENSE_ONLY] if others else []
    if refused:
        able = [name for name in NAMES if name not in _DENSE_ONLY]
        raise TrainingError(
            f"{', '.join(refused)} cannot train {experiment.name}, which has layers of the kinds "
            f"{', '.join(sorted(others))}",
            "dense layers only",
            f"name other backends, of {', '.join(able)}",
        )
