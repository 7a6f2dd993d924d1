"""Results files of studies: means, equivalences and differences over all training runs."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

__all__ = ["Cell", "Contrast", "Equivalence", "Source", "Study"]

Status = Literal["equivalent", "not equivalent", "undecided"]


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One figure at the end of one epoch, over the seeds."""

    backend: str
    start: str
    epoch: int
    figure: str
    n: int
    mean: float
    low: float | None  #: Of the mean; none of a single run.
    high: float | None
    one_low: float | None  #: Where one more run should lie.
    one_high: float | None
    article: float | None
    within: bool | None  #: Whether the article's one run lies where one more should.


class Equivalence(msgspec.Struct, frozen=True, kw_only=True):
    """A backend beside the one that others are compared with, after the last epoch."""

    backend: str
    basis: str
    start: str
    figure: str
    difference: float
    low: float  #: The interval that lies within the margins just when the test says so.
    high: float
    margin: float
    p: float  #: Corrected for all equivalences of the study.
    status: Status
    sentence: str


class Contrast(msgspec.Struct, frozen=True, kw_only=True):
    """Two initializations after the last epoch, in the same backends with the same seeds."""

    one: str
    other: str
    figure: str
    pairs: int
    difference: float
    low: float
    high: float
    effect: float | None  #: In standard deviations of such differences; none if they do not vary.
    p: float  #: Corrected for all contrasts of the study.
    differ: bool
    sentence: str


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """The runs of a backend."""

    backend: str
    optimizer: str
    seeds: int
    epochs: int
    date: str


class Study(msgspec.Struct, frozen=True, kw_only=True):
    """The content of the file."""

    remedy: ClassVar[str] = "compute it again"

    schema: str = "actinit-study-1"
    experiment: str
    date: str
    confidence: float
    alpha: float
    sources: list[Source]
    cells: list[Cell]
    equivalences: list[Equivalence]
    contrasts: list[Contrast]

    @property
    def sentences(self) -> list[str]:
        """What was found, a sentence each."""
        return [
            *(one.sentence for one in self.equivalences),
            *(one.sentence for one in self.contrasts),
        ]
