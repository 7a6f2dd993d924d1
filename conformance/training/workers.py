"""Runs of an experiment in processes of one thread each.

The networks are small: two threads that wait for each other take as long for an epoch as one, and
several times as long beside other work.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec
import numpy as np

from actinit.adapters.training import Data, Split
from actinit.spec.experiment import Experiment

from ..parallel import ThisMachine
from ..results.layers import Layers
from . import backends, layers
from .backends import Backend
from .runner import Job, Trained, train_one

__all__ = ["Spread", "spread"]


class _Task(NamedTuple):
    """A run, for a process that knows nothing; `folder` holds the data."""

    backend: str
    experiment: Experiment
    folder: Path
    start: str
    seed: int


class Spread(NamedTuple):
    """Processes that train, and where they find the data."""

    machine: ThisMachine
    folder: Path

    def train(
        self, backend: Backend, job: Job, runs: Iterable[tuple[str, int]]
    ) -> Iterator[Trained]:
        """Train each run, by start and seed; yield them in the order in which they are done."""
        tasks = [_Task(backend.name, job.experiment, self.folder, *run) for run in runs]
        yield from self.machine.each(_train, tasks)

    def observe(self, job: Job) -> Layers:
        """Look into NumPy's networks, from every initialization with the first seed."""
        seed = job.seeds[0]
        tasks = [_Task("numpy", job.experiment, self.folder, start, seed) for start in job.starts]
        found = list(self.machine.each(_observe, tasks))
        moments = [moment for one in found for moment in one.moments]
        moments.sort(key=lambda moment: (job.starts.index(moment.start), moment.epoch))
        return msgspec.structs.replace(found[0], moments=moments)


@contextmanager
def spread(data: Data, workers: int) -> Iterator[Spread]:
    """Provide processes that train on some data.

    Parameters
    ----------
    data : Data
        What they train on; kept in a temporary folder for as long.
    workers : int
        How many processes.
    """
    with TemporaryDirectory(prefix="actinit-") as folder:
        for name, split in data._asdict().items():
            np.savez(Path(folder, name), **split._asdict())
        with ThisMachine(workers) as machine:
            yield Spread(machine, Path(folder))


def _train(task: _Task) -> Trained:
    backend, data = _backend(task.backend), _data(task.folder)
    return train_one(backend, task.experiment, data, task.start, task.seed)


def _observe(task: _Task) -> Layers:
    return layers.observe(task.experiment, _data(task.folder), [task.start], task.seed)


@lru_cache(maxsize=1)
def _backend(name: str) -> Backend:
    return backends.load(name)


@lru_cache(maxsize=1)
def _data(folder: Path) -> Data:
    def split(name: str) -> Split:
        with np.load(folder / f"{name}.npz") as arrays:
            return Split(**arrays)

    return Data(*map(split, Data._fields))
