"""The results file of a training run: its classes, its schema, reading and writing it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import msgspec

from actinit.conformance.results.machine import Machine

from ..results import store as records
from ..results.files import write_atomically
from .errors import TrainingError

__all__ = [
    "BASIS",
    "SCHEMA_ID",
    "Epoch",
    "Figures",
    "Report",
    "Run",
    "Verdict",
    "collect",
    "load",
    "save",
    "schema",
]

#: The backend that others are compared with, where it was run.
BASIS = "numpy"
SCHEMA_ID = "actinit-training-2"


class _Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A frozen record that refuses keys it does not know."""


class Figures(_Record, frozen=True, kw_only=True):
    """The four figures that Keras prints at the end of an epoch.

    Loss and accuracy are means over the epoch's batches, each taken before the step that it leads
    to; the validation's are those of the network at the end of the epoch.
    """

    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float


class Epoch(Figures, frozen=True, kw_only=True):
    """One epoch as a backend reported it."""

    seconds: float  #: Wall clock, validation included.


class Verdict(_Record, frozen=True, kw_only=True):
    """Whether a run showed what the spec expects of its start."""

    status: Literal["met", "missed", "not judged"]
    expected: str
    found: str


class Run(_Record, frozen=True, kw_only=True):
    """One network trained from one start with one seed."""

    start: str
    seed: int
    date: str  #: ISO 8601, UTC, of its end.
    epochs: list[Epoch]
    minus_article: list[Figures]  #: Epoch by epoch, as far as the article's figures go.
    verdict: Verdict


class Report(_Record, frozen=True, kw_only=True):
    """All runs of one backend."""

    schema: Literal["actinit-training-2"] = "actinit-training-2"
    experiment: str
    backend: str
    device: str
    versions: dict[str, str]
    machine: Machine
    date: str  #: ISO 8601, UTC, of the first run's beginning.
    optimizer: str  #: The entry that the backend trained with.
    batch_size: int
    epochs: int
    digest: str  #: Of the experiment as it was run, and of the code that trained.
    starts: list[str]
    seeds: list[int]
    complete: bool  #: Whether every start has been run with every seed.
    runs: list[Run]

    def from_start(self, name: str) -> list[Run]:
        """Return the runs from a start."""
        return [run for run in self.runs if run.start == name]


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a results file."""
    return records.schema(Report)


def save(report: Report, file: Path) -> None:
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


def load(file: Path) -> Report:
    """Read a report.

    Raises
    ------
    TrainingError
        If the file is no report of this schema; says where it departs.
    """
    remedy = "run the training again"
    try:
        return records.read(file, Report, remedy)
    except (ValueError, OSError) as error:
        raise TrainingError(
            f"{file} cannot be read: {error}", f"a report in {SCHEMA_ID}", remedy
        ) from error


def collect(folders: Iterable[Path], experiment: str = "*") -> list[Report]:
    """Return the reports in some folders: of each backend and experiment the first complete one.

    Where none is complete, the first counts. The basis comes first, then by name.

    Raises
    ------
    TrainingError
        If a file is no report.
    """
    files = (file for at in folders for file in sorted(at.glob(f"training-{experiment}-*.json")))
    best: dict[tuple[str, str], Report] = {}
    for found in map(load, files):
        known = best.setdefault((found.experiment, found.backend), found)
        if found.complete and not known.complete:
            best[found.experiment, found.backend] = found
    return sorted(best.values(), key=lambda one: (one.backend != BASIS, one.backend))


if __name__ == "__main__":
    published = Path(__file__).parents[1] / "schemas" / "training.schema.json"
    write_atomically(published, msgspec.json.format(msgspec.json.encode(schema())) + b"\n")
