"""What checks came to over the releases of a backend, in a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from actinit import spec
from actinit.conformance.results.history import Cell, Snapshot
from actinit.spec import Activation

__all__ = ["Measured", "Row", "rows"]

#: The parts of a function, and the checks of accuracy that tell of them.
PARTS = {
    "value": "float32/value/ulp",
    "derivative": "float32/derivative/ulp",
    "second derivative": "float32/second/ulp",
}


@dataclass(frozen=True)
class Measured:
    """What a check came to on one release."""

    cell: Cell | None  #: None where the release does not offer what is asked.
    changed: bool  #: Whether the grade is another than on the release before.

    @property
    def grade(self) -> str | None:
        """The letter, where one was given."""
        return self.cell.grade if self.cell else None

    @property
    def sign(self) -> str:
        """What stands where there is no letter."""
        if self.cell is None:
            return "\N{EN DASH}"
        return {"conforms": "✓", "diverges": "≠", "raises": "!"}[self.cell.state]

    @property
    def words(self) -> str:
        """The same in words."""
        if self.cell is None:
            return "not offered"
        error = "" if self.cell.ulp is None else f", {self.cell.ulp:g} ulp"
        return f"{self.cell.state}{error}"


@dataclass(frozen=True)
class Row:
    """A part of a function, release by release."""

    entry: Activation
    part: str
    cells: list[Measured]


def rows(measured: Sequence[Snapshot]) -> Iterator[Row]:
    """Yield the parts that some release offers, function by function."""
    for entry in spec.activations.values():
        for part, check in PARTS.items():
            found = [one.cells.get(f"activation/{entry.name}/{check}") for one in measured]
            if not any(found):
                continue
            grades = [cell.grade if cell else None for cell in found]
            before = [grades[0], *grades[:-1]]
            yield Row(
                entry,
                part,
                [
                    Measured(cell, changed=grade != last)
                    for cell, grade, last in zip(found, grades, before, strict=True)
                ],
            )
