"""The claims of a text, each with a verdict that a computation must come to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from .loader import HERE, read
from .model import Struct

__all__ = ["Claim", "claims"]


class Claim(Struct, frozen=True, kw_only=True):
    """One checkable sentence, in our words."""

    said: str
    verdict: Literal["true", "false", "under conditions"]
    right: str  #: What holds instead, or under which conditions.


def claims(text: str = "article") -> Mapping[str, Claim]:
    """Return the claims of a text, by their ids."""
    return read(HERE / "claims" / f"{text}.toml", dict[str, Claim])
