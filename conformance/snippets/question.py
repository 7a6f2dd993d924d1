"""What a check asked for, in the words of Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from actinit.spec import Activation, Part

from ..check import Witness
from ..expected.defaults import defaults
from ..formats import FORMATS

__all__ = ["Question", "keyword_list", "literal", "mapping"]

# What is asked where there is no witness, as where the call raised: any input will do.
_ANY = {"elementwise": "1.0", "row": "[0.0, 1.0]", "reduction": "[0.0, 1.0]"}


@dataclass(frozen=True)
class Question:
    """What a check asked for, and its witness.

    Attributes
    ----------
    entry : Activation
        The entry.
    path : tuple of str
        The id of the check below the entry.
    witness : Witness or None
        What was found.
    data : mapping
        Facts of the finding, by name: of a row its ``length``, the ``place`` in its result, the
        ``output`` whose derivative is meant, and the ``axis`` that it lies along.
    """

    entry: Activation
    path: tuple[str, ...]
    witness: Witness | None
    data: Mapping[str, str | float] = field(default_factory=dict)

    @property
    def dtype(self) -> str:
        """The format of the input."""
        return self.path[0] if self.path[0] in FORMATS else "float32"

    @property
    def part(self) -> Part | str:
        """What is asked: value, derivative, the derivative by forward mode, or second."""
        asked = ("forward", "second", "derivative")
        return next((part for part in asked if part in self.path), "value")

    @property
    def form(self) -> str:
        """Whether the function is called, or the layer."""
        return "layer" if "layer" in self.path else "function"

    @property
    def parameters(self) -> dict[str, float]:
        """The parameters of the call; none where the defaults of the backend were asked for."""
        if self.path[0] == "defaults":
            return {}
        return defaults(self.entry) | (self.witness.parameters if self.witness else {})

    @property
    def axis(self) -> int | None:
        """The axis that is asked for; None where it is the last, and not told."""
        return int(self.data["axis"]) if "axis" in self.data else None

    @property
    def x(self) -> str:
        """The input in an array of one, as Python reads it."""
        text = self.witness.x if self.witness else _ANY[self.entry.shape]
        least = 1 if self.entry.shape == "elementwise" or "axis" in self.path else 2
        missing = least - text.count("[", 0, 2)
        return literal("[" * missing + text + "]" * missing)

    @property
    def gives_numbers(self) -> bool:
        """Whether the result of one input, which may be a row, is one number."""
        if self.part == "value":
            return self.entry.shape != "row"
        return self.entry.shape == "elementwise"


def literal(numbers: str) -> str:
    """Return numbers as Python reads them."""
    return numbers.replace("inf", 'float("inf")').replace("nan", 'float("nan")')


def keyword_list(passed: Mapping[str, Any]) -> list[str]:
    """Return keyword arguments as a call has them."""
    return [f"{name}={_value(value)}" for name, value in passed.items()]


def mapping(passed: Mapping[str, Any]) -> str:
    """Return a dict as Python reads it."""
    return "{" + ", ".join(f'"{name}": {_value(value)}' for name, value in passed.items()) + "}"


def _value(value: Any) -> str:
    return literal(repr(value)) if isinstance(value, float) else repr(value)
