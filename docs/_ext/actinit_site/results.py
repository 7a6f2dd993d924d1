"""Reading the results folder; whatever is missing there is None or absent, not an error."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from sphinx.errors import ExtensionError

from actinit.conformance import curves, report
from actinit.conformance.checks.base import Grade
from actinit.conformance.report import Report, Result
from actinit.conformance.training import results as training
from actinit.conformance.training.errors import TrainingError
from actinit.spec import AnyEntry

__all__ = ["Measured", "Results"]

T = TypeVar("T")


@dataclass(frozen=True)
class Measured:
    """One check of one backend."""

    report: Report
    result: Result

    @property
    def grade(self) -> Grade | None:
        """The grade, where one was given."""
        return self.result.outcome.grade if self.result.outcome else None

    @property
    def error(self) -> float | None:
        """The error at the worst input; infinity where no ulp measures it, None without one."""
        witness = self.result.outcome and self.result.outcome.witness
        if not witness:
            return None
        return math.inf if witness.error is None else witness.error


@dataclass(frozen=True)
class Results:
    """What the files of a results folder hold.

    Parameters
    ----------
    folder : Path
        With ``conformance-*.json``, ``training-*.json`` and ``curves.json``, or some of them, or
        none.
    """

    folder: Path

    @cached_property
    def reports(self) -> list[Report]:
        """The conformance runs: the reference first, then by name.

        Of several of one backend the complete one counts, and of those the latest.
        """
        found = [_read(report.load, file) for file in self._files("conformance")]
        best = {run.backend: run for run in sorted(found, key=lambda r: (r.complete, r.date))}
        return sorted(best.values(), key=lambda run: (run.family != "numpy", run.backend))

    @cached_property
    def trainings(self) -> list[training.Report]:
        """The training runs, in the same order."""
        found = [_read(training.load, file) for file in self._files("training")]
        return sorted(found, key=lambda run: (run.backend != "numpy", run.backend))

    @cached_property
    def curves(self) -> curves.Curves | None:
        """The points of the plots."""
        file = self.folder / "curves.json"
        return _read(curves.load, file) if file.exists() else None

    def of(self, entry: AnyEntry) -> Iterator[Measured]:
        """Yield the results on an entry, backend by backend."""
        for run in self.reports:
            for result in run.results:
                if (result.family, result.entry) == (entry.family, entry.name):
                    yield Measured(run, result)

    def _files(self, kind: str) -> list[Path]:
        return sorted(self.folder.glob(f"{kind}-*.json"))


def _read(load: Callable[[Path], T], file: Path) -> T:
    try:
        return load(file)
    except (ValueError, TrainingError) as error:
        raise ExtensionError(str(error)) from error
