"""What a benchmark measures: quotients in one run, each with what it is held to."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from rich.table import Table

__all__ = ["Ratio", "table"]


class Ratio(msgspec.Struct, frozen=True, kw_only=True):
    """One figure, with what it is held to."""

    what: str
    of: str  #: The function, or what is compared.
    ratio: float
    bound: float
    at_least: bool  #: Whether the bound is a floor; otherwise it is a ceiling.
    unit: str = "x"

    @property
    def holds(self) -> bool:
        """Whether the figure keeps to its bound."""
        return self.ratio >= self.bound if self.at_least else self.ratio <= self.bound


def table(ratios: Iterable[Ratio]) -> Table:
    """Return a table for the terminal; what is missed is red."""
    shown = Table("what", "of", "measured", "asked for")
    for ratio in ratios:
        asked = f"{'≥' if ratio.at_least else '≤'} {ratio.bound:g} {ratio.unit}"
        style = None if ratio.holds else "red"
        shown.add_row(ratio.what, ratio.of, f"{ratio.ratio:.3g} {ratio.unit}", asked, style=style)
    return shown
