"""The record of how a finding stands to the baseline."""

from __future__ import annotations

from typing import Literal

import msgspec

__all__ = ["Standing"]


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How one finding stands to the baseline."""

    key: str
    status: Literal["known", "worse", "new", "better", "gone"]
    gross: bool = False  #: Beyond what machines and releases differ by.
    why: str = ""  #: What changed, in a few words; empty if nothing did.
    cause: str | None = None  #: Slug of the cause that explains it; None if unexplained.
