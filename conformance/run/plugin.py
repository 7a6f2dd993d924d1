"""The pytest plugin: ``pytest --actinit-backend=torch`` runs the suite on a backend.

It is loaded wherever actinit is installed, so everything heavy is imported where it is used.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ..initializers.plan import Size
    from .session import Session

__all__ = ["SUITE", "session_key", "size_key"]

#: The suite's own folder.
SUITE = Path(__file__).resolve().parent / "suite"
session_key: pytest.StashKey[Session] = pytest.StashKey()
#: How much the run draws, where that is not the default.
size_key: pytest.StashKey[Size] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the suite's options."""
    group = parser.getgroup("actinit", "conformance to the actinit spec")
    group.addoption(
        "--actinit-backend",
        metavar="NAME",
        help="check this backend: one that actinit list names, or your own adapter as "
        "package.module:Class or path/to/file.py:Class, or a program that speaks the protocol of "
        "harnesses as 'command:PROGRAM ARGUMENTS'",
    )
    group.addoption(
        "--actinit-name",
        metavar="NAME",
        default="",
        help="what results call such a program (default: as it introduces itself)",
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
        help="draw four times as many weights from each initializer, and count rare events",
    )
    group.addoption(
        "--actinit-draws",
        metavar="N",
        type=int,
        help="with --actinit-thorough: how many weights of each initializer rare events are "
        "counted in (default: 2**28)",
    )
    group.addoption(
        "--actinit-baseline",
        metavar="FILE",
        type=Path,
        help="compare with this baseline, as actinit baseline write made it (default: the "
        "nearest that the project has)",
    )
    group.addoption(
        "--actinit-strict",
        action="store_true",
        help="fail for every difference from the baseline, wherever it was measured",
    )
    group.addoption(
        "--actinit-controls",
        action="store_true",
        help="ask each check of a copy of the backend with a planted fault, too: it is void if "
        "it does not see it",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Load the backend, and collect the suite if nothing else was named."""
    name = config.getoption("--actinit-backend")
    if name is None:
        return
    from actinit.adapters import load

    from ..parallel import own_caches
    from .session import Session

    # A process that works for another, which pytest-xdist gives this attribute.
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        os.environ.update(own_caches(worker["workerid"]))
    limit = config.getoption("--actinit-time-limit")
    if limit <= 0:
        raise pytest.UsageError(f"--actinit-time-limit: expected seconds above 0, got {limit:g}")
    thorough, draws = config.getoption("--actinit-thorough"), config.getoption("--actinit-draws")
    if thorough or draws is not None:  # what it takes to draw is loaded late otherwise
        from ..initializers.plan import size_of

        try:
            config.stash[size_key] = size_of(thorough=thorough, draws=draws)
        except ValueError as error:
            raise pytest.UsageError(f"--actinit-draws: {error}") from None
    try:
        config.stash[session_key] = Session(
            load(name, limit=limit, rename=config.getoption("--actinit-name")),
            limit,
            name,
            baseline=config.getoption("--actinit-baseline"),
            strict=config.getoption("--actinit-strict"),
            controls=config.getoption("--actinit-controls"),
        )
    except Exception as error:
        raise pytest.UsageError(f"actinit: {error}") from error
    from .collector import Collector

    collector = Collector(
        config.stash[session_key],
        config.getoption("--actinit-results"),
        config.stash.get(size_key, None),
    )
    config.pluginmanager.register(collector, "actinit-collector")
    # A process that works for another shows nothing.
    watched = sys.__stderr__ is not None and sys.__stderr__.isatty()
    if watched and config.get_verbosity() <= 0 and worker is None:
        from .progress import Bar

        config.pluginmanager.register(Bar(name), "actinit-progress")
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args[:] = [str(SUITE)]


def pytest_unconfigure(config: pytest.Config) -> None:
    """End what computes for the backend in another process."""
    session = config.stash.get(session_key, None)
    if session is not None:
        session.adapter.stop()
