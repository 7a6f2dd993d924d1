"""The results file of settings: which results of a backend depend on the processor's code."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar

import msgspec

from .machine import Machine

__all__ = ["Changed", "Dispatch", "SettingMeasured", "decimal", "most"]


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """The results of one function, format and part that come out otherwise under a setting.

    Numbers are in C's hexadecimal notation.
    """

    differ: int  #: How many results.
    points: int  #: Of how many.
    apart: float | None  #: How many numbers of the format apart at the most; None beside a nan.
    x: str  #: The input at which they are furthest apart; a row's first numbers.
    usual: str  #: What comes back there without the setting.
    here: str  #: What comes back there with it.
    exact: str  #: What is right there.


class SettingMeasured(msgspec.Struct, frozen=True, kw_only=True):
    """What one setting changed."""

    name: str
    variables: dict[str, str]
    changed: dict[str, Changed]  #: By what was asked, such as ``gelu/float32/value``.


class Dispatch(msgspec.Struct, frozen=True, kw_only=True):
    """A backend under each setting, beside itself without any."""

    remedy: ClassVar[str] = "measure it again with: actinit dispatch BACKEND"

    schema: str = "actinit-dispatch-1"
    backend: str
    family: str
    device: str
    versions: dict[str, str]
    machine: Machine
    date: str  #: ISO 8601, UTC.
    select: str  #: What was asked for alone; empty for everything.
    asked: list[str]  #: Such as ``gelu/float32/value``.
    not_offered: list[str]
    #: What was not compared since a process raised, or did not answer: under which setting, and
    #: what it said.
    raised: dict[str, str] = {}
    again: dict[str, Changed]  #: What another process without any setting changed.
    settings: list[SettingMeasured]


def most(changed: Mapping[str, Changed]) -> tuple[str, Changed] | None:
    """Return what changed most, counted in numbers of its format; None if nothing did."""
    return max(changed.items(), key=lambda item: _far(item[1]), default=None)


def decimal(text: str) -> str:
    """Write a number that a file has, or the first of a row, in nine digits."""
    items = text.strip("[]").split(", ")
    shown = [item if item == "..." else f"{float.fromhex(item):.9g}" for item in items]
    return f"[{', '.join(shown)}]" if text.startswith("[") else shown[0]


def _far(one: Changed) -> float:
    return math.inf if one.apart is None else one.apart
