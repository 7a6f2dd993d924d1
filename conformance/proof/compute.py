"""Proofs of many functions, put together: ``docs/measured/correct-rounding.json``."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import product
from pathlib import Path
from typing import NamedTuple, get_args

from actinit import spec
from actinit.spec import Activation, Part

from ..expected.defaults import defaults
from ..formats import FORMATS, hexadecimal
from ..parallel import Executor
from ..results.machine import this_machine
from ..results.rounding import CorrectRounding, Proven, WrongResult
from . import chunk, narrow
from .journal import VERSIONS, Journal, reference_digest
from .piece import Case, Piece, ask_reference, kept

__all__ = ["PARTS", "PROVEN_FORMATS", "Task", "elementwise", "prove_all", "work"]

PARTS: tuple[Part, ...] = get_args(Part)
#: Those in which every input can be asked for.
PROVEN_FORMATS = tuple(name for name in FORMATS if name != "float64")
# Wrong results that the file keeps.
_KEPT = 5
Entries = dict[str, dict[Part, dict[str, Proven]]]


class Task(NamedTuple):
    """What a worker is asked for."""

    entry: str
    part: Part
    fmt: str
    number: int


def elementwise() -> list[str]:
    """Return the names of the entries that are functions of one number."""
    return [name for name, entry in spec.activations.items() if entry.shape == "elementwise"]


def work(task: Task) -> tuple[Task, Piece]:
    """Make a piece."""
    entry, ask = spec.activations[task.entry], ask_reference(task.entry, task.part)
    parameters = dict(defaults(entry))
    if task.fmt == chunk.FORMAT.name:
        return task, chunk.prove(entry, task.part, parameters, task.number, ask)
    return task, narrow.prove(entry, task.part, parameters, FORMATS[task.fmt], ask)


def prove_all(
    names: Iterable[str],
    parts: Iterable[Part],
    formats: Iterable[str],
    executor: Executor,
    folder: Path,
    before: CorrectRounding | None = None,
    on_proven: Callable[[CorrectRounding], None] = lambda found: None,
) -> CorrectRounding:
    """Prove what is asked for, and keep what is known of the rest.

    Parameters
    ----------
    names : iterable of str
        Entries.
    parts : iterable of {"value", "derivative"}
        Of these.
    formats : iterable of str
        Of `PROVEN_FORMATS`.
    executor : Executor
        Who does it.
    folder : Path
        Where the journals stand: what is done there is not done again.
    before : CorrectRounding, optional
        What is known.
    on_proven : callable, optional
        Told of everything that is known whenever one more is proven.

    Returns
    -------
    CorrectRounding
        All that is known.
    """
    entries: Entries = {} if before is None else before.entries
    for name, part, fmt in product(names, parts, formats):
        entry = spec.activations[name]
        journal = Journal(folder, entry, part, fmt)
        count = chunk.CHUNKS if fmt == chunk.FORMAT.name else 1
        done = journal.pieces()
        tasks = [Task(name, part, fmt, number) for number in range(count) if number not in done]
        for task, piece in executor.each(work, tasks):
            done[task.number] = piece
            journal.keep(piece)
        pieces = [done[number] for number in range(count)]
        entries.setdefault(name, {}).setdefault(part, {})[fmt] = _proven(entry, fmt, pieces)
        on_proven(_together(entries))
    return _together(entries)


def _proven(entry: Activation, fmt: str, pieces: list[Piece]) -> Proven:
    """Put the pieces of one proof together."""
    inputs, wrong = sum(p.inputs for p in pieces), sum(p.wrong_count for p in pieces)
    digests = [piece.digest for piece in pieces]
    first = digests[0] if len(digests) == 1 else hashlib.sha256(b"".join(digests)).digest()
    nearest = cases(pieces, fmt, 1)
    return Proven(
        inputs=inputs,
        not_correctly_rounded=wrong,
        share=1 - wrong / inputs,
        wrong=[
            WrongResult(
                x_hex=hexadecimal(one.x),
                got_hex=hexadecimal(one.got),
                right_hex=hexadecimal(one.right),
            )
            for piece in pieces
            for one in piece.wrong
        ][:_KEPT],
        by_balls=sum(p.balls for p in pieces),
        open_zeros=sum(p.open_zeros for p in pieces),
        nearest_hex=hexadecimal(nearest[0].x) if nearest else None,
        nearest_ulp=nearest[0].distance if nearest else None,
        digest=first.hex(),
        seconds=round(sum(p.seconds for p in pieces), 1),
        reference_seconds=round(sum(p.reference_seconds for p in pieces), 1),
        reference=reference_digest(),
        date=_now(),
    )


def cases(pieces: Iterable[Piece], fmt: str, count: int) -> list[Case]:
    """Return the hardest cases of the pieces of a proof."""
    return kept((case for piece in pieces for case in piece.nearest), FORMATS[fmt], count)


def _together(entries: Entries) -> CorrectRounding:
    asked = product(elementwise(), PARTS, PROVEN_FORMATS)
    return CorrectRounding(
        date=_now(),
        machine=this_machine(),
        versions={name: version(name) for name in VERSIONS},
        entries={name: entries[name] for name in elementwise() if name in entries},
        not_run=[
            f"{name} {part} {fmt}"
            for name, part, fmt in asked
            if fmt not in entries.get(name, {}).get(part, {})
        ],
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
