"""Sweeps from start to end: what is missing is done, what is done is kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import product
from pathlib import Path
from typing import get_args

from actinit import spec
from actinit.spec import Part

from ..parallel import Executor
from .chunks import CHUNKS
from .journal import Journal
from .piece import Origin, Piece
from .work import Task, probe, survey

__all__ = ["PARTS", "Sweep", "run", "sweeps", "unary"]

PARTS: tuple[Part, ...] = get_args(Part)


class Sweep:
    """One function of one backend, value or derivative, over every float32.

    Parameters
    ----------
    task : Task
        What is asked.
    folder : Path
        Where the backend's journals stand.

    Attributes
    ----------
    not_offered : str
        Why there is nothing to do; empty if there is, or if that is not known yet.
    """

    def __init__(self, task: Task, folder: Path) -> None:
        self.task = task
        self.journal = Journal(folder / f"{task.entry}-{task.part}")
        self.not_offered = ""

    def missing(self) -> list[Task]:
        """Return the tasks that are still to do."""
        done = self.journal.pieces()
        return [self.task._replace(chunk=c) for c in range(CHUNKS) if c not in done]


def unary() -> list[str]:
    """Return the names of the activations that are functions of one number."""
    return [name for name, entry in spec.activations.items() if entry.shape == "elementwise"]


def sweeps(
    backend: str, folder: Path, entries: Iterable[str], parts: Iterable[Part] = PARTS
) -> list[Sweep]:
    """Return the sweeps of a backend, value and derivative of each entry in turn."""
    return [Sweep(Task(backend, entry, part), folder) for entry, part in product(entries, parts)]


def _together(tasks: Iterable[Task]) -> list[tuple[Task, ...]]:
    """Return tasks by function and chunk: what is right there is computed once for all backends."""
    found = defaultdict(list)
    for task in tasks:
        found[task[1:]].append(task)
    return [tuple(group) for group in found.values()]


def run(
    asked: Sequence[Sweep],
    executor: Executor,
    *,
    fresh: bool = False,
    on_start: Callable[[int], None] = lambda chunks: None,
    on_piece: Callable[[Piece], None] = lambda piece: None,
) -> None:
    """Do what is missing of some sweeps. It may be interrupted at any time and called again.

    Parameters
    ----------
    asked : sequence of Sweep
        What to do, of one backend or several; one that is not offered is told so.
    executor : Executor
        Who does it.
    fresh : bool, optional
        Whether to forget what is done.
    on_start : callable, optional
        Told how many chunks there are to do.
    on_piece : callable, optional
        Told of each piece once it is kept.

    Raises
    ------
    MixedSweepError
        If what is done was made with other versions, on another kind of machine or by another
        spec, or if workers differ in that. Nothing is changed.
    """
    by_name = {sweep.task[:3]: sweep for sweep in asked}
    for task, found in executor.each(probe, [sweep.task for sweep in asked]):
        sweep = by_name[task[:3]]
        if not isinstance(found, Origin):
            sweep.not_offered = found
        elif fresh:
            sweep.journal.clear()
        else:
            sweep.journal.require(found)
    tasks = [task for sweep in asked if not sweep.not_offered for task in sweep.missing()]
    on_start(len(tasks))
    for pieces in executor.each(survey, _together(tasks)):
        for task, piece in pieces:
            by_name[task[:3]].journal.keep(piece)
            on_piece(piece)
