"""Results files of training runs: loss and accuracy by epoch, beside what the spec expects."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from .machine import Machine

__all__ = ["Epoch", "Figures", "Run", "TrainingReport", "Verdict"]


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
    """Whether a run showed what the spec expects of its initialization."""

    status: Literal["met", "missed", "not judged"]
    expected: str
    found: str


class Run(_Record, frozen=True, kw_only=True):
    """One network trained from one initialization with one seed."""

    start: str
    seed: int
    date: str  #: ISO 8601, UTC, of its end.
    epochs: list[Epoch]
    minus_article: list[Figures]  #: Epoch by epoch, as far as the article's figures go.
    verdict: Verdict


class TrainingReport(_Record, frozen=True, kw_only=True):
    """All runs of one backend."""

    remedy: ClassVar[str] = "run the training again"

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
    complete: bool  #: Whether every initialization has been run with every seed.
    runs: list[Run]

    def from_start(self, name: str) -> list[Run]:
        """Return the runs from an initialization."""
        return [run for run in self.runs if run.start == name]
