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
from actinit.spec import Activation, Part, budget_of

from ..error.question import Question
from ..error.tally import Tally
from ..expected.defaults import defaults
from ..expected.question import question
from ..formats import FORMATS
from ..results.machine import this_machine
from .chunks import blocks
from .piece import Origin, Piece, Seconds

__all__ = ["FORMAT", "BackendRaisedError", "Task", "ask", "probe", "right", "survey", "tally_of"]

Array = NDArray[Any]
Pair = tuple[NDArray[np.float32], NDArray[np.float32]]

FORMAT = FORMATS["float32"]
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


def survey(tasks: tuple[Task, ...]) -> list[tuple[Task, Piece]]:
    """Hold backends to the reference on every input of a chunk.

    Parameters
    ----------
    tasks : tuple of Task
        What to do: one function and chunk, of several backends. What is right is computed once.

    Returns
    -------
    list of tuple of Task and Piece
        What was seen, for each task. A piece depends on its task and its origin alone, but for
        seconds and host.
    """
    start = time.perf_counter()
    _, name, part, chunk = tasks[0]
    entry = spec.activations[name]
    asked = question(entry, FORMAT, part)
    surveys = [_Survey(task) for task in tasks]
    truth = 0.0
    for pair in blocks(chunk):
        begin = time.perf_counter()
        exact = [right(entry, part, x) for x in pair]
        truth += time.perf_counter() - begin
        for survey in surveys:
            survey.add(pair, exact, asked)
    shared = time.perf_counter() - start - sum(survey.total for survey in surveys)
    return [
        (survey.task, survey.piece(truth / len(tasks), shared / len(tasks))) for survey in surveys
    ]


class _Survey:
    """What one backend says in a chunk."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.tally = Tally(FORMAT)
        self.backend = self.total = 0.0  # seconds

    def add(self, pair: Pair, exact: list[NDArray[np.float64]], asked: Question) -> None:
        """Ask for a block and its mirror image, and count."""
        start = time.perf_counter()
        results = [ask(self.task, x) for x in pair]
        self.backend += time.perf_counter() - start
        for x, got, truth in zip(pair, results, exact, strict=True):
            self.tally.add(x, got, truth, asked)
        if asked.symmetry:
            positive, negative = results
            self.tally.add_symmetry(pair[0], positive, negative, asked)
        self.total += time.perf_counter() - start

    def piece(self, reference: float, shared: float) -> Piece:
        """Return what was counted; the reference's time was shared with other backends."""
        rows = io.BytesIO()
        np.save(rows, self.tally.to_array(), allow_pickle=False)
        return Piece(
            origin=_origin(*self.task[:3]),
            chunk=self.task.chunk,
            tally=rows.getvalue(),
            seconds=Seconds(backend=self.backend, reference=reference, total=self.total + shared),
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
    with np.errstate(invalid="ignore"):  # a signalling nan says so when it is converted
        points = x.astype(np.float64)
    return function(points) if part == "value" else function.derivative(points)


def tally_of(piece: Piece) -> Tally:
    """Return what a piece counted.

    Raises
    ------
    ValueError
        If it is of another release.
    """
    return Tally.from_array(np.load(io.BytesIO(piece.tally), allow_pickle=False), FORMAT)


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
    granted = budget_of(entry, part).budget, FORMAT.elementary
    found = hashlib.sha256(repr((stated, *granted)).encode())
    for source in _sources():
        found.update(source)
    return found.hexdigest()[:16]


#: What counts, and what decides on budgets; a test holds the list to the imports.
COUNTING = (
    "error/kernels/compiled.py",
    "error/kernels/errors.py",
    "error/kernels/pending.py",
    "error/kernels/single.py",
    "error/kernels/steps.py",
    "error/kernels/symmetry.py",
    "error/metric.py",
    "error/ordinals.py",
    "error/question.py",
    "error/rows.py",
    "error/tally.py",
    "error/terms.py",
    "expected/budgets.py",
    "expected/caps.py",
    "expected/defaults.py",
    "expected/question.py",
    "expected/reference.py",
    "expected/roots.py",
    "formats.py",
)


@cache
def _sources() -> tuple[bytes, ...]:
    """Return the text of the reference and of what counts."""
    found = [files("actinit.conformance").joinpath(name) for name in COUNTING]
    for place in ("reference", "reference.activations", "reference.arithmetic"):
        found += sorted(
            (file for file in files(f"actinit.{place}").iterdir() if file.name.endswith(".py")),
            key=lambda file: file.name,
        )
    return tuple(file.read_bytes() for file in found)
