"""A backend in a process for each setting, asked the same beside one without any."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from actinit.adapters import AdapterError, NotOffered
from actinit.adapters.elsewhere.adapter import Elsewhere
from actinit.adapters.settings import Setting

from ..backend.guard import Guarded, message_of
from ..results.dispatch import Changed, Dispatch, SettingMeasured
from ..results.machine import this_machine
from .apart import changed, together
from .questions import Question, Sample

__all__ = ["measure"]

Array = NDArray[Any]
_LONGEST = 300  # characters of what was raised


def measure(
    backend: str,
    settings: Sequence[Setting],
    questions: Sequence[Question],
    limit: float = 120.0,
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
    limit : float, optional
        Seconds that a call may take.
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
    not_offered: list[str] = []
    raised: dict[str, str] = {}
    with ExitStack() as stack:
        usual, *others = (
            _Process(stack, backend, name, {**free, **variables}, limit)
            for name, variables in (
                ("no setting", {}),
                ("no setting, again", {}),
                *((one.name, one.variables) for one in settings),
            )
        )
        for done, question in enumerate(questions, 1):
            try:
                for place, change in enumerate(_changes(usual, others, question)):
                    if change:
                        found[place][question.id] = change
            except NotOffered:
                not_offered.append(question.id)
            except _RaisedError as error:  # the others can be compared
                raised[question.id] = str(error)
            on_done(done)
        return Dispatch(
            backend=usual.adapter.name,
            family=usual.adapter.family,
            device=usual.adapter.device,
            versions=usual.adapter.versions(),
            machine=this_machine(),
            date=datetime.now(UTC).isoformat(timespec="seconds"),
            select=select,
            asked=[one.id for one in questions if one.id not in {*not_offered, *raised}],
            not_offered=not_offered,
            raised=raised,
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


class _RaisedError(RuntimeError):
    """A process raised, or did not answer; says which."""


class _Process:
    """A backend under a setting, watched over.

    Parameters
    ----------
    stack : ExitStack
        Ends the process.
    backend : str
        Its name.
    setting : str
        The setting's.
    environment : mapping of str to str
        All variables of the process.
    limit : float
        Seconds that a call may take.
    """

    def __init__(
        self, stack: ExitStack, backend: str, setting: str, environment: Mapping[str, str],
        limit: float,
    ) -> None:  # fmt: skip
        self._setting = setting
        try:
            self.adapter = Guarded(Elsewhere(sys.executable, backend, environment), limit)
        except AdapterError as error:
            raise type(error)(f"with {setting}: {error}") from error
        stack.callback(self.adapter.stop)

    def ask(self, question: Question, sample: Sample) -> Array:
        """Return what it has for a sample."""
        try:
            return question.ask(self.adapter, sample)
        except NotOffered:
            raise
        except Exception as error:  # of any kind: it is the backend's
            said = f"with {self._setting}: {type(error).__name__}: {message_of(error)}"
            raise _RaisedError(said[:_LONGEST]) from error


def _changes(
    usual: _Process, others: Sequence[_Process], question: Question
) -> list[Changed | None]:
    """Return for each other process how its results differ from the usual ones."""
    changes: list[Changed | None] = [None] * len(others)
    for sample in question.samples():
        expected = usual.ask(question, sample)
        for place, other in enumerate(others):
            one = changed(question, sample, expected, other.ask(question, sample))
            changes[place] = together(changes[place], one)
    return changes
