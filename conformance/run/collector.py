"""A run as pytest sees it: results gathered from the checks, in whatever process they ran."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import msgspec
import pytest

from ..results.conformance import Result
from ..results.store import save
from .schedule import ByEntry, check_id
from .session import Session
from .summary import lines

if TYPE_CHECKING:
    from xdist.scheduler import Scheduling

    from ..initializers.plan import Size

__all__ = ["Collector", "ProcessEndedError", "file_name", "result_key"]

#: Where a check's test leaves its result.
result_key: pytest.StashKey[Result] = pytest.StashKey()


class ProcessEndedError(Exception):
    """A backend ended the process that it was called in."""


def file_name(backend: str) -> str:
    """Return the name of a backend as files have it: an own adapter's may be any text."""
    return re.sub(r"[^\w.-]+", "-", backend)


def _end(_: object) -> NoReturn:
    raise ProcessEndedError("the backend ended the process that it was called in")


class Collector:
    """A pytest plugin that gathers a run's results and writes them down at its end.

    Results travel in pytest's own reports of tests, so that it makes no difference whether a check
    ran here or, with pytest-xdist, in another process.

    Parameters
    ----------
    session : Session
        The run; asked for its report, never for a check.
    folder : Path
        Where the results are written.
    size : Size or None
        How much the plan draws; none for the default.
    """

    def __init__(self, session: Session, folder: Path, size: Size | None) -> None:
        self._session, self._folder, self._size = session, folder, size
        self._results: list[Result] = []
        self._ended: list[str] = []
        self._broken: list[str] = []
        self._failures_are_known = False

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Give the report of a check's test its result, as text that another process can read."""
        report = yield
        if report.when == "call" and result_key in item.stash:
            vars(report)["actinit"] = msgspec.json.encode(item.stash[result_key]).decode()
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the result that came with a report; note a check that ended its process, or broke.

        Whatever a backend does, a check has a result; without one it is the suite that raised.
        """
        if text := vars(report).get("actinit"):
            self._results.append(msgspec.json.decode(text, type=Result))
        elif report.when == "call" and report.failed:
            crash = getattr(report.longrepr, "reprcrash", None)
            raised = crash.message if crash else report.longreprtext
            self._broken.append(f"{check_id(report.nodeid)}: {raised.partition(chr(10))[0]}")
        elif report.when not in ("setup", "call", "teardown"):  # pytest-xdist's, of such a process
            self._ended.append(check_id(report.nodeid))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Scheduling:
        """Keep together what looks at one sample."""
        return ByEntry(config, log)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, None, None]:
        """Let a run pass in which nothing failed but what the baseline knows to end its process."""
        yield
        if self._failures_are_known and session.exitstatus == pytest.ExitCode.TESTS_FAILED:
            session.exitstatus = pytest.ExitCode.OK

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write the results file and say what was found."""
        for broken in self._broken:
            terminalreporter.write_line(f"BROKEN   {broken} (raised by actinit itself)", red=True)
        if not self._results and not self._ended:
            return
        # Imported when the checks have run: it takes seconds for which other processes would wait.
        from ..plan import plan
        from ..published.answers import record

        checks = plan(size=self._size) if self._size else plan()
        for check in checks:
            if check.id in self._ended:
                self._results.append(self._session.run(replace(check, run=_end)))
        order = {check.id: place for place, check in enumerate(checks)}
        # To pytest a test failed that ended its process, also where the baseline knows that.
        known = {one.id for one in self._results if one.id in self._ended and not one.fails}
        failed = [terminalreporter.stats.get(key, []) for key in ("failed", "error")]
        failures = {check_id(one.nodeid) for one in chain.from_iterable(failed)}
        self._failures_are_known = bool(failures) and failures <= known
        results = sorted(self._results, key=lambda result: order[result.id])
        complete = len(results) == len(order)
        adapter = self._session.adapter
        suffix = "" if complete else ".partial"
        name = file_name(adapter.name)
        file = self._folder / f"conformance-{name}{suffix}.json"
        report = self._session.report(results, complete=complete)
        answers = record(adapter, report)
        terminalreporter.section(f"actinit: {report.backend}")
        for line in lines(report):
            terminalreporter.write_line(line)
        try:
            save(report, file)
            save(answers, self._folder / f"answers-{name}{suffix}.json")
        except OSError as error:
            terminalreporter.write_line(f"the results could not be written: {error}", red=True)
        else:
            terminalreporter.write_line(f"results: {file}")
            if complete:  # what an earlier run left of itself is older than this
                for kind in ("conformance", "answers"):
                    (self._folder / f"{kind}-{name}.partial.json").unlink(missing_ok=True)
