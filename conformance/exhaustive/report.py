"""The report of an exhaustive run: its classes, its schema, how pieces become one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime

from actinit import spec

from ..activations.judge import outcome
from ..error.curve import curve
from ..error.intervals import witness
from ..error.tally import Tally
from ..expected.question import question
from ..results.exhaustive import ExhaustiveReport, Made, Swept
from ..results.machine import Machine, environment_name, this_machine
from .chunks import CHUNK_INPUTS, CHUNKS
from .piece import Piece
from .sweep import Sweep
from .work import FORMAT, tally_of

__all__ = [
    "merge",
]


def merge(asked: Iterable[Sweep]) -> ExhaustiveReport | None:
    """Put the pieces of sweeps together.

    Parameters
    ----------
    asked : iterable of Sweep
        Sweeps of one backend, done or not.

    Returns
    -------
    ExhaustiveReport or None
        The same for the same pieces, in whatever order and wherever they were made, but for
        `Report.made`. None if there is no piece at all.
    """
    swept, pieces, complete = [], [], True
    not_offered: dict[str, str] = {}
    for sweep in asked:
        if sweep.not_offered:
            not_offered[f"{sweep.task.entry} {sweep.task.part}"] = sweep.not_offered
            continue
        found = [piece for _, piece in sorted(sweep.journal.pieces().items())]
        complete &= len(found) == CHUNKS
        if found:
            swept.append(_swept(found))
            pieces += found
    if not pieces:
        return None
    origin, machine = pieces[0].origin, this_machine()
    return ExhaustiveReport(
        backend=origin.backend,
        family=origin.family,
        device=origin.device,
        versions=origin.versions,
        truth=origin.truth,
        platform=origin.platform,
        cpu=origin.cpu,
        simd=origin.simd,
        environment=environment_name(origin.platform, origin.cpu, origin.simd),
        complete=complete,
        sweeps=swept,
        not_offered=not_offered,
        made=_made(pieces, machine),
    )


def _swept(pieces: list[Piece]) -> Swept:
    origin = pieces[0].origin
    entry, part = spec.activations[origin.entry], origin.part
    asked, whole = question(entry, FORMAT, part), Tally(FORMAT)
    for piece in pieces:
        whole.merge(tally_of(piece))
    whole.seams(asked)
    return Swept(
        entry=entry.name,
        part=part,
        complete=len(pieces) == CHUNKS,
        inputs=whole.count,
        outcome=outcome(whole, asked, entry, part),
        worst=witness(whole.worst(), "worst", asked),
        curve=curve(whole),
    )


def _made(pieces: list[Piece], machine: Machine) -> Made:
    seconds: defaultdict[str, float] = defaultdict(float)
    for piece in pieces:
        seconds[f"{piece.origin.entry}/{piece.origin.part}"] += piece.seconds.total
    return Made(
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        machine=machine,
        hosts=dict(Counter(piece.host for piece in pieces)),
        seconds={name: round(total, 1) for name, total in seconds.items()},
        rate=round(len(pieces) * CHUNK_INPUTS / sum(seconds.values())),
    )
