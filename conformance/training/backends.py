"""From the name of a backend to what trains on it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

from actinit.adapters import registry
from actinit.spec import UnknownNameError
from actinit.spec.experiment import Experiment

from .data import Data
from .optimizers import choose
from .results import Epoch

__all__ = ["NAMES", "Backend", "Train", "load"]

#: The backends that can train: compiled modes compile functions, not programs, and TensorFlow
#: trains through Keras.
NAMES = ("numpy", "torch", "jax", "keras", "keras-tensorflow", "keras-jax", "keras-torch")

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
