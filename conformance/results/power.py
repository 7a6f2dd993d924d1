"""The results file of the power of the statistical tests."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from .machine import Machine

__all__ = ["Power", "PowerRow"]


class PowerRow(msgspec.Struct, frozen=True, kw_only=True):
    """The power of the suite against one fault."""

    fault: str
    check: str
    test: str
    size: str  #: Name of the size of the run.
    draws: int  #: In the first stage.
    shift: float | None  #: In standard errors of the first stage.
    power: float  #: By theory.
    caught: int  #: Of `runs`, simulated.
    runs: int


class Power(msgspec.Struct, frozen=True, kw_only=True):
    """The power table."""

    remedy: ClassVar[str] = "compute it again"

    schema: str = "actinit-statistics-power-1"
    versions: dict[str, str]
    machine: Machine
    date: str
    doubt: float  #: p-value below which a test is made again, and then fails.
    rows: list[PowerRow]
