"""Results files of benchmarks: ratios that were measured in one run."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from .machine import Machine
from .ratio import Ratio

__all__ = ["DrawsBench", "ReferenceBench", "SweepBench", "TrainingBench"]


class DrawsBench(msgspec.Struct, frozen=True, kw_only=True):
    """What draws of the reference cost beside NumPy's own."""

    remedy: ClassVar[str] = "run nox -s bench again"

    schema: str = "actinit-bench-draws-1"
    versions: dict[str, str]
    machine: Machine
    date: str
    ratios: list[Ratio]


class ReferenceBench(msgspec.Struct, frozen=True, kw_only=True):
    """What the functions of the reference cost beside plain formulas and another commit."""

    remedy: ClassVar[str] = "run nox -s bench again"

    schema: str = "actinit-bench-reference-1"
    versions: dict[str, str]
    machine: Machine
    date: str
    nanoseconds: dict[str, dict[str, float]]  #: By who, and by entry, part and format.
    ratios: list[Ratio]


class SweepBench(msgspec.Struct, frozen=True, kw_only=True):
    """All figures of one run."""

    remedy: ClassVar[str] = "run nox -s bench again"

    schema: str = "actinit-bench-sweep-1"
    backend: str
    versions: dict[str, str]
    machine: Machine
    date: str
    ratios: list[Ratio]


class TrainingBench(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds per epoch, validation included, in the order in which they were measured."""

    remedy: ClassVar[str] = "run nox -s bench again"

    schema: str = "actinit-bench-training-1"
    experiment: str
    versions: dict[str, str]
    machine: Machine
    date: str
    seconds: dict[str, list[float]]
    medians: dict[str, float]
    ratios: list[Ratio]  #: Of the medians: NumPy's over each other's.
