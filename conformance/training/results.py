"""Results files of training runs: written, read and chosen, with errors that say how to go on."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..results import store as records
from ..results.training import TrainingReport
from .errors import TrainingError

__all__ = ["BASIS", "collect", "load", "save"]

#: The backend that others are compared with, where it was run.
BASIS = "numpy"


def save(report: TrainingReport, file: Path) -> None:
    """Write a report as JSON, whole or not at all; its folder is made.

    Raises
    ------
    TrainingError
        If the file cannot be written.
    """
    try:
        records.save(report, file)
    except OSError as error:
        raise TrainingError(
            f"the results cannot be written to {file}: {error.strerror or error}",
            "a folder that can be written to",
            "name another one with --output",
        ) from error


def load(file: Path) -> TrainingReport:
    """Read a report.

    Raises
    ------
    TrainingError
        If the file is no report of this schema; says where it departs.
    """
    try:
        return records.read(file, TrainingReport)
    except (ValueError, OSError) as error:
        raise TrainingError(
            f"{file} cannot be read: {error}",
            f"a report in {records.schema_id(TrainingReport)}",
            TrainingReport.remedy,
        ) from error


def collect(folders: Iterable[Path], experiment: str = "*") -> list[TrainingReport]:
    """Return the reports in some folders: of each backend and experiment the first complete one.

    Where none is complete, the first counts. The basis comes first, then by name.

    Raises
    ------
    TrainingError
        If a file is no report.
    """
    files = (file for at in folders for file in sorted(at.glob(f"training-{experiment}-*.json")))
    best: dict[tuple[str, str], TrainingReport] = {}
    for found in map(load, files):
        known = best.setdefault((found.experiment, found.backend), found)
        if found.complete and not known.complete:
            best[found.experiment, found.backend] = found
    return sorted(best.values(), key=lambda one: (one.backend != BASIS, one.backend))
