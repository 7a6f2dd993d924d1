"""Releases side by side: a check is put to each in turn, so that its sample is made once."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

import actinit
from actinit.adapters.elsewhere.adapter import Elsewhere
from actinit.adapters.releases import Recipe

from ..check import Check
from ..results.history import Snapshot
from ..results.machine import this_machine
from .ask import BANDS, Asked
from .environments import Environment, variables
from .journal import Journal, Origin
from .questions import SEED, Drawn, all_inputs

__all__ = ["Release", "measure"]

_TRUTH = ("actinit", "numpy", "scipy", "python-flint")
_PACKAGES = ("spec", "reference", "adapters", "conformance")


class Release:
    """One release, with its process and what is known of it so far.

    Parameters
    ----------
    recipe : Recipe
        What its environment was made of.
    environment : Environment
        Where it is installed.
    root : Path
        Folder of all environments.
    folder : Path
        Where its cells are kept.
    limit : float
        Seconds that a call may take.

    Raises
    ------
    AdapterError
        If its adapter cannot be loaded there.
    MixedHistoryError
        If the cells that are kept were made by something else.
    """

    def __init__(
        self, recipe: Recipe, environment: Environment, root: Path, folder: Path, limit: float
    ) -> None:
        self.recipe, self._environment = recipe, environment
        self._asked = Asked(limit)
        self.adapter = Elsewhere(
            environment.python, recipe.backend, variables(root), on_array=self._asked.note
        )
        self._asked.watch(self.adapter)
        self.file = folder / f"{recipe.backend}-{recipe.release}.jsonl"
        self.journal = Journal(self.file, self._origin())
        self.seconds = 0.0

    def answer(self, question: Check | Drawn) -> bool:
        """Put a question to it, unless that is done; say whether it was put."""
        if question.id in (self.journal.cells | self.journal.weights):
            return False
        start = time.perf_counter()
        if isinstance(question, Drawn):
            self.journal.keep_weights(question.id, self._asked.weights(question))
        else:
            self.journal.keep_cell(question.id, self._asked.check(question))
        self.seconds += time.perf_counter() - start
        return True

    def snapshot(self, questions: Sequence[Check | Drawn], select: str) -> Snapshot:
        """Return what is known of it, in the order of the questions."""
        hello, cells, weights = self.adapter.hello, self.journal.cells, self.journal.weights
        ids = [one.id for one in questions]
        return Snapshot(
            backend=hello.name,
            family=hello.family,
            device=hello.device,
            package=self.recipe.package,
            release=self.recipe.release,
            versions=dict(sorted(hello.installed.items())),
            machine=replace(this_machine(), python=hello.python),
            date=datetime.now(UTC).isoformat(timespec="seconds"),
            suite={name: version(name) for name in _TRUTH},
            select=select,
            complete=all(id in cells or id in weights for id in ids),
            megabytes=self._environment.megabytes,
            seconds=round(self.seconds, 1),
            seed=SEED,
            inputs=dict(all_inputs()),
            bands=list(BANDS),
            cells={id: cell for id in ids if (cell := cells.get(id)) is not None},
            weights={id: drawn for id in ids if (drawn := weights.get(id)) is not None},
            not_offered=[
                id for id in ids if (id in cells and cells[id] is None)
                or (id in weights and weights[id] is None)
            ],
        )  # fmt: skip

    def _origin(self) -> Origin:
        hello = self.adapter.hello
        machine = replace(this_machine(), python=hello.python)
        return Origin(
            backend=hello.name,
            release=self.recipe.release,
            versions=dict(sorted(hello.installed.items())),
            machine=msgspec.to_builtins(machine),
            suite={name: version(name) for name in _TRUTH},
            code=_code(),
        )


def measure(
    releases: Sequence[Release],
    questions: Sequence[Check | Drawn],
    on_done: Callable[[int], Any] = lambda done: None,
) -> None:
    """Put every question to every release; what is done is kept and not asked again.

    Parameters
    ----------
    releases : sequence of Release
        The releases.
    questions : sequence of Check or Drawn
        Checks of one function after each other, so that its sample is made once.
    on_done : callable, optional
        Gets how many cells are done, after each.

    Raises
    ------
    OSError
        If a cell cannot be written.
    """
    done = 0
    with ExitStack() as stack:
        for release in releases:
            stack.enter_context(release.journal)
            stack.callback(release.adapter.stop)
        for question in questions:
            for release in releases:
                release.answer(question)
                done += 1
                on_done(done)


@cache
def _code() -> str:
    """Return a digest of the spec and of all code that asks and judges."""
    root, found = Path(next(iter(actinit.__path__))), hashlib.sha256()
    for package in _PACKAGES:
        for file in sorted((root / package).rglob("*")):
            if file.suffix in (".py", ".toml"):
                found.update(file.relative_to(root).as_posix().encode() + file.read_bytes())
    return found.hexdigest()[:16]
