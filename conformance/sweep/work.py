"""One chunk, from its inputs to a piece: what a worker does."""

from __future__ import annotations

import hashlib
import socket
import time
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from actinit import adapters, reference, spec
from actinit.spec import Activation, accuracy, evaluate

from ..formats import FORMATS
from ..machine import this_machine
from ..oracle.formula import Part
from ..tally import Tally
from ..truth import defaults, kinks_of
from .chunks import blocks
from .piece import Origin, Piece, Seconds

__all__ = ["Task", "probe", "survey"]

Array = NDArray[Any]

FORMAT = FORMATS["float32"]
# The reference goes through a block in steps whose intermediate results stay in the cache.
_STEP = 2**15


class Task(NamedTuple):
    """What a worker is asked for."""

    backend: str
    entry: str
    part: Part
    chunk: int = 0


def probe(task: Task) -> tuple[Task, Origin | str]:
    """Say what pieces of a sweep will be of, or why the backend cannot make them."""
    entry = spec.activations[task.entry]
    try:
        _ask(task, entry, np.zeros(1, dtype=FORMAT.dtype))
    except adapters.NotOffered as reason:
        return task, str(reason)
    return task, _origin(task)


def survey(task: Task) -> tuple[Task, Piece]:
    """Hold a backend to the reference on every input of a chunk.

    Parameters
    ----------
    task : Task
        What to do.

    Returns
    -------
    task : Task
        The same.
    piece : Piece
        What was seen. It depends on the task and on its origin alone, but for seconds and host.
    """
    start = time.perf_counter()
    entry = spec.activations[task.entry]
    tally, clock = Tally(question(entry, task.part)), _Clock()
    for pair in blocks(task.chunk):
        results = []
        for x in pair:
            got = clock.time("backend", lambda x=x: _ask(task, entry, x))
            right = clock.time("reference", lambda x=x: truth(entry, task.part, x))
            tally.add(*_judged(entry, task.part, x, got, right))
            results.append(got)
        tally.add_symmetry(*pair, *results)
    seconds = Seconds(**clock.seconds, total=time.perf_counter() - start)
    piece = Piece(
        origin=_origin(task),
        chunk=task.chunk,
        tally=tally.to_bytes(),
        seconds=seconds,
        host=socket.gethostname(),
    )
    return task, piece
