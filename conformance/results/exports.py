"""The results file of exports: what each function becomes in a file, and where it runs."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from .machine import Machine

__all__ = ["Exported", "Exports"]


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """What a function becomes in one format."""

    #: By stage, ``"exported"`` and ``"run"``, as `actinit.adapters.Adapter.operators` has them.
    operators: dict[str, list[str]] = {}
    refused: str = ""  #: Why the backend does not take it, in its words; empty if it does.


class Exports(msgspec.Struct, frozen=True, kw_only=True):
    """What the functions become on one backend that runs files or graphs."""

    remedy: ClassVar[str] = "measure it again with: actinit compute exports BACKEND"

    schema: str = "actinit-exports-1"
    backend: str
    family: str
    device: str
    versions: dict[str, str]
    machine: Machine
    date: str  #: ISO 8601, UTC.
    functions: dict[str, dict[str, Exported]]  #: By entry and format.
