"""A bar for a person who waits: how far a run is, at which check, and how long it still takes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from .schedule import check_id

if TYPE_CHECKING:
    from rich.progress import TaskID

__all__ = ["Bar"]


class Bar:
    """A pytest plugin that draws a bar in the place of letters; for a terminal only.

    Parameters
    ----------
    backend : str
        What is being checked.
    console : rich.console.Console, optional
        Where; by default the standard error, which pytest does not capture between tests.
    """

    def __init__(self, backend: str, console: Console | None = None) -> None:
        self._progress = Progress(
            TextColumn("{task.fields[backend]}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            TextColumn("{task.description}", markup=False),
            console=console or Console(file=sys.__stderr__),
            transient=True,
        )
        self._backend = backend
        self._task: TaskID | None = None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> object:
        """Show the bar while the checks run."""
        with self._progress:
            total = len(session.items) or None  # none where other processes collect them
            self._task = self._progress.add_task("", total=total, backend=self._backend)
            return (yield)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """Note how many checks there are, where they run in other processes."""
        if self._task is not None:
            self._progress.update(self._task, total=len(ids))

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Name the check that begins."""
        if self._task is not None:
            self._progress.update(self._task, description=check_id(nodeid))

    def pytest_runtest_logfinish(self) -> None:
        """Count the check that ended."""
        if self._task is not None:
            self._progress.advance(self._task)

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(
        self, report: pytest.TestReport | pytest.CollectReport
    ) -> tuple[str, str, str] | None:
        """Say nothing of one check: the summary does."""
        if isinstance(report, pytest.CollectReport) or report.when != "call":
            return None
        wasxfail = hasattr(report, "wasxfail")
        outcome = "xfailed" if wasxfail and report.skipped else report.outcome
        return outcome, "", outcome.upper()
