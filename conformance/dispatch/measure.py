"""A backend in a process for each setting, asked the same beside one without any."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from actinit.adapters import NotOffered
from actinit.adapters.elsewhere.adapter import Elsewhere
from actinit.adapters.settings import Setting

from ..results.dispatch import Changed, Dispatch, SettingMeasured
from ..results.machine import this_machine
from .apart import changed, together
from .questions import Question

__all__ = ["measure"]


def measure(
    backend: str,
    settings: Sequence[Setting],
    questions: Sequence[Question],
    select: str = "",
    on_done: Callable[[int], Any] = lambda done: None,
) -> Dispatch:
    """Put every question to a backend under every setting, and keep what comes out otherwise.

    Parameters
    ----------
    backend : str
        Its name, as `actinit.adapters.load` takes it.
    settings : sequence of Setting
        The settings. A process without any of their variables, and a second one of that kind,
        which tells what changes by itself, are asked beside them.
    questions : sequence of Question
        What is asked.
    select : str, optional
        What a person narrowed the questions to.
    on_done : callable, optional
        Gets how many questions are done, after each.

    Returns
    -------
    Dispatch
        What was measured.

    Raises
    ------
    AdapterError
        If the backend cannot be loaded in one of the processes; says under which setting.
    """
    free = _without(settings)
    found: list[dict[str, Changed]] = [{} for _ in range(len(settings) + 1)]
    not_offered = []
    with ExitStack() as stack:
        usual, *others = (
            _start(stack, backend, {**free, **more})
            for more in ({}, {}, *(one.variables for one in settings))
        )
        for done, question in enumerate(questions, 1):
            try:
                for place, change in enumerate(_changes(usual, others, question)):
                    if change:
                        found[place][question.id] = change
            except NotOffered:
                not_offered.append(question.id)
            on_done(done)
        return Dispatch(
            backend=usual.name,
            family=usual.family,
            device=usual.device,
            versions=usual.versions(),
            machine=this_machine(),
            date=datetime.now(UTC).isoformat(timespec="seconds"),
            select=select,
            asked=[one.id for one in questions if one.id not in not_offered],
            not_offered=not_offered,
            again=found[0],
            settings=[
                SettingMeasured(name=one.name, variables=one.variables, changed=changes)
                for one, changes in zip(settings, found[1:], strict=True)
            ],
        )


def _without(settings: Sequence[Setting]) -> dict[str, str]:
    """Return this process's variables without those of any setting."""
    set_by = {name for one in settings for name in one.variables}
    path = os.pathsep.join(str(Path(place).resolve()) for place in sys.path if place)
    kept = {name: value for name, value in os.environ.items() if name not in set_by}
    return {**kept, "PYTHONPATH": path}


def _start(stack: ExitStack, backend: str, environment: Mapping[str, str]) -> Elsewhere:
    adapter = Elsewhere(sys.executable, backend, environment)
    stack.callback(adapter.stop)
    return adapter


def _changes(
    usual: Elsewhere, others: Sequence[Elsewhere], question: Question
) -> list[Changed | None]:
    """Return for each other process how its results differ from the usual ones."""
    changes: list[Changed | None] = [None] * len(others)
    for sample in question.samples():
        expected = question.ask(usual, sample)
        for place, other in enumerate(others):
            one = changed(question, sample, expected, question.ask(other, sample))
            changes[place] = together(changes[place], one)
    return changes
