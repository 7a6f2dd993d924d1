"""From the name of a backend to what trains on it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from actinit.adapters import Adapter, frameworks, registry
from actinit.adapters.framework import TrainedOn
from actinit.adapters.training import Data, Training
from actinit.spec import UnknownNameError
from actinit.spec.architecture import Dense
from actinit.spec.experiment import Experiment

from ..results.training import Epoch
from . import numpy_trainer
from .errors import TrainingError
from .optimizers import REFERENCE, choose

__all__ = ["Backend", "Train", "load", "names", "require"]

#: From an experiment, the name of an initialization, data and a seed to the figures of each epoch.
Train = Callable[[Experiment, str, Data, int], Iterator[Epoch]]


class Backend(NamedTuple):
    """A framework that is installed and can train."""

    name: str
    device: str
    versions: dict[str, str]
    train: Train
    family: str
    #: The file that trains: runs kept from another text of it are not continued.
    code: Path

    def optimizer(self, experiment: Experiment) -> str:
        """Return the name of the entry that it trains with."""
        return choose(experiment.optimizer, self.family)[0].name


def names() -> tuple[str, ...]:
    """Return the backends that can train, the reference first."""
    return (REFERENCE, *(name for _, name in _trained()))


def _dense_only() -> set[str]:
    """Return those whose trainers know dense layers only; the others build every kind."""
    return {REFERENCE, *(name for trained, name in _trained() if trained.dense_only)}


def _trained() -> Iterator[tuple[TrainedOn, str]]:
    for framework in frameworks().values():
        if framework.training:
            for name in framework.training.backends:
                yield framework.training, name


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
    if name not in names():
        raise UnknownNameError("backend that trains", name, names())
    adapter = registry.load(name)
    ours = name == REFERENCE
    train = numpy_trainer.train if ours else partial(_train, adapter)
    code = Path(inspect.getfile(numpy_trainer)) if ours else _trainer(adapter)
    return Backend(adapter.name, adapter.device, adapter.versions(), train, adapter.family, code)


def _trainer(adapter: Adapter) -> Path:
    """Return the file that trains: ``trainer.py`` beside the adapter, or the adapter's own."""
    file = Path(inspect.getfile(type(adapter)))
    beside = file.with_name("trainer.py")
    return beside if beside.exists() else file


def _train(
    adapter: Adapter, experiment: Experiment, start: str, data: Data, seed: int
) -> Iterator[Epoch]:
    """Train with the optimizer that the backend means by the experiment's."""
    entry, rates = choose(experiment.optimizer, adapter.family)
    for figures in adapter.train(Training(experiment, start, entry, rates, data, seed)):
        yield Epoch(**figures._asdict())


def require(asked: Iterable[str], experiment: Experiment) -> None:
    """Raise an error unless every one of the backends can train an experiment's network.

    Raises
    ------
    TrainingError
        If a layer is of a kind that one of them does not know; it says which backends do.
    """
    others = {type(layer).__name__ for layer in experiment.network.layers} - {Dense.__name__}
    able = [name for name in names() if name not in _dense_only()]
    refused = [name for name in asked if name not in able] if others else []
    if refused:
        raise TrainingError(
            f"{', '.join(refused)} cannot train {experiment.name}, which has layers of the kinds "
            f"{', '.join(sorted(others))}",
            "dense layers only",
            f"name other backends, of {', '.join(able)}",
        )
