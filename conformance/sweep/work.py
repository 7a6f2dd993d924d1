"""One chunk, from its inputs to a piece: what a worker does."""

from __future__ import annotations

import hashlib
import io
import socket
import time
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actinit import adapters, reference, spec
from actinit.spec import Activation, accuracy

from ..asked import question
from ..formats import FORMATS
from ..machine import this_machine
from ..oracle.formula import Part
from ..tally import Tally
from ..truth import defaults
from .chunks import blocks
from .piece import Origin, Piece, Seconds

__all__ = ["FORMAT", "BackendRaisedError", "Task", "ask", "probe", "right", "survey", "tally_of"]

Array = NDArray[Any]

FORMAT = FORMATS["float32"]
# The reference goes through a block in steps whose intermediate results stay in the cache.
_STEP = 2**14
#: What the reference computes with; its own code is covered by the digest.
_TRUTH = ("numpy", "scipy")


class BackendRaisedError(RuntimeError):
    """A backend raised something in the middle of a sweep."""


class Task(NamedTuple):
    """What a worker is asked for."""

    backend: str
    entry: str
    part: Part
    chunk: int = 0


def probe(task: Task) -> tuple[Task, Origin | str]:
    """Say what pieces of a sweep will be of, or why the backend cannot make them."""
    try:
        ask(task, np.zeros(1, dtype=FORMAT.dtype))
    except adapters.NotOffered as reason:
        return task, str(reason)
    return task, _origin(*task[:3])


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
    asked, tally = question(entry, FORMAT, task.part), Tally(FORMAT)
    backend = truth = 0.0
    for pair in blocks(task.chunk):
        results = []
        for x in pair:
            begin = time.perf_counter()
            got = ask(task, x)
            middle = time.perf_counter()
            exact = right(entry, task.part, x)
            backend, truth = backend + middle - begin, truth + time.perf_counter() - middle
            tally.add(x, got, exact, asked)
            results.append(got)
        if asked.symmetry:
            tally.add_symmetry(pair[0], *results, asked)
    seconds = Seconds(backend=backend, reference=truth, total=time.perf_counter() - start)
    return task, Piece(
        origin=_origin(*task[:3]),
        chunk=task.chunk,
        tally=_packed(tally),
        seconds=seconds,
        host=socket.gethostname(),
    )


def ask(task: Task, x: Array) -> Array:
    """Return a task's backend's values or derivatives at some inputs."""
    adapter, entry = _adapter(task.backend), spec.activations[task.entry]
    try:
        if task.part == "value":
            return adapter.value(entry, x, defaults(entry))
        return adapter.gradient(entry, x, np.ones_like(x), defaults(entry))
    except adapters.NotOffered:
        raise
    except Exception as error:  # of any kind: the code is not ours, nor may we have its class
        raise BackendRaisedError(
            f"{task.backend} raised {type(error).__name__} for the {task.part} of {task.entry} on "
            f"{x.size:,} inputs from {x[0]!r} to {x[-1]!r}: {error}. What is done is kept"
        ) from error


def right(entry: Activation, part: Part, x: Array) -> NDArray[np.float64]:
    """Return the float64 reference's values or derivatives at float32 inputs."""
    function = reference.activations[entry.name]
    evaluate = function if part == "value" else function.derivative
    found = np.empty(x.shape)
    with np.errstate(invalid="ignore"):  # a signalling nan says so when it is converted
        for start in range(0, x.size, _STEP):
            step = slice(start, start + _STEP)
            found[step] = evaluate(x[step].astype(np.float64))
    return found


def tally_of(piece: Piece) -> Tally:
    """Return what a piece counted.

    Raises
    ------
    ValueError
        If it is of another release.
    """
    return Tally.from_array(np.load(io.BytesIO(piece.tally), allow_pickle=False), FORMAT)


def _packed(tally: Tally) -> bytes:
    file = io.BytesIO()
    np.save(file, tally.to_array(), allow_pickle=False)
    return file.getvalue()


@cache
def _adapter(name: str) -> adapters.Adapter:
    return adapters.load(name)


@cache
def _origin(backend: str, name: str, part: Part) -> Origin:
    adapter, machine = _adapter(backend), this_machine()
    return Origin(
        backend=adapter.name,
        family=adapter.family,
        device=adapter.device,
        versions=adapter.versions(),
        truth={package: version(package) for package in _TRUTH},
        platform=machine.platform,
        cpu=machine.cpu,
        simd=machine.simd,
        entry=name,
        part=part,
        digest=_digest(spec.activations[name], part),
    )


def _digest(entry: Activation, part: Part) -> str:
    """Return a digest of all that the judgement of an input depends on: the spec and our code."""
    stated = [entry.value, entry.derivative, entry.special, entry.properties, entry.parameters]
    table = accuracy()
    budget = table.classes[getattr(entry.accuracy, part)].budget
    found = hashlib.sha256(repr((stated, budget, table.elementary[FORMAT.name])).encode())
    for source in _sources():
        found.update(source)
    return found.hexdigest()[:16]


@cache
def _sources() -> tuple[bytes, ...]:
    """Return the text of the reference and of what counts."""
    counting = files("actinit.conformance")
    found = [
        counting / f"{name}.py" for name in ("asked", "kernels", "questions", "tally", "truth")
    ]
    for place in (files("actinit.reference"), files("actinit.reference.activations")):
        found += sorted(
            (file for file in place.iterdir() if file.name.endswith(".py")),
            key=lambda file: file.name,
        )
    return tuple(file.read_bytes() for file in found)
