"""The pytest plugin: ``pytest --actinit-backend=torch`` runs the suite on a backend.

It is loaded wherever actinit is installed, so everything heavy is imported where it is used.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .session import Session

__all__ = ["SUITE", "session_key"]

#: The suite's own folder.
SUITE = Path(__file__).resolve().parent / "suite"
session_key: pytest.StashKey[Session] = pytest.StashKey()
_total_key = pytest.StashKey[int]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the suite's options."""
    group = parser.getgroup("actinit", "conformance to the actinit spec")
    group.addoption(
        "--actinit-backend",
        metavar="NAME",
        help="check this backend: numpy, torch, keras, keras-tensorflow, keras-jax, keras-torch, "
        "or your own adapter as package.module:Class or path/to/file.py:Class",
    )
    group.addoption(
        "--actinit-results",
        metavar="DIR",
        type=Path,
        default=Path("build/results"),
        help="folder for the results file (default: build/results)",
    )
    group.addoption(
        "--actinit-time-limit",
        metavar="SECONDS",
        type=float,
        default=120.0,
        help="how long one call of the backend may take (default: 120)",
    )
    group.addoption(
        "--actinit-thorough",
        action="store_true",
        help="draw four times as many weights from each initializer",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Load the backend, and collect the suite if nothing else was named."""
    name = config.getoption("--actinit-backend")
    if name is None:
        return
    from actinit.adapters import load

    from .session import Session

    limit = config.getoption("--actinit-time-limit")
    if limit <= 0:
        raise pytest.UsageError(f"--actinit-time-limit: expected seconds above 0, got {limit:g}")
    try:
        config.stash[session_key] = Session(load(name), limit, name)
    except Exception as error:
        raise pytest.UsageError(f"--actinit-backend={name}: {error}") from error
    if sys.__stderr__ is not None and sys.__stderr__.isatty() and config.get_verbosity() <= 0:
        from .progress import Bar

        config.pluginmanager.register(Bar(name), "actinit-progress")
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args[:] = [str(SUITE)]


def pytest_deselected(items: list[pytest.Item]) -> None:
    """Note that not all checks ran."""
    if items:
        items[0].config.stash[_total_key] = -1


def pytest_collection_finish(session: pytest.Session) -> None:
    """Note how many checks are to run."""
    stash = session.config.stash
    if session_key in stash:
        narrowed = stash.get(_total_key, 0) < 0
        stash[_total_key] = -1 if narrowed else len(session.items)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Write the results file and say what was found."""
    session = config.stash.get(session_key, None)
    if session is None or not session.results:
        return
    from .answers import record
    from .records import save
    from .summary import lines

    complete = len(session.results) == config.stash.get(_total_key, 0)
    suffix = "" if complete else ".partial"
    folder: Path = config.getoption("--actinit-results")
    name = re.sub(r"[^\w.-]+", "-", session.adapter.name)  # an own adapter's may be any text
    file = folder / f"conformance-{name}{suffix}.json"
    report = session.report(complete=complete)
    answers = record(session.adapter, report)
    terminalreporter.section(f"actinit: {report.backend}")
    for line in lines(report):
        terminalreporter.write_line(line)
    try:
        save(report, file)
        save(answers, folder / f"answers-{name}{suffix}.json")
    except OSError as error:
        terminalreporter.write_line(f"the results could not be written: {error}", red=True)
    else:
        terminalreporter.write_line(f"results: {file}")
