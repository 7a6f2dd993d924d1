"""A tensor to ask a backend for, with the distribution that it must follow."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters import Adapter, bindings
from actinit.spec import Initializer

from ..check import Check, Finding, Outcome
from ..formats import FORMATS
from ..snippets.weights import ALONE, Drawn, weights
from . import distributions

__all__ = ["Draw", "Lines"]

#: From an adapter and the worst finding, if there is one, to lines to paste.
Lines = Callable[[Adapter, Finding | None], str]


@dataclass(frozen=True)
class Draw:
    """One call of an initializer, in one check.

    Attributes
    ----------
    entry : Initializer
        The entry.
    path : str
        Id of the check below the entry.
    dtype : str
        Name of a format.
    sizes : mapping of str to int
        Size of each dimension by the letter that it has in layouts.
    parameters : mapping of str to float or str
        What the backend is told; the distribution takes the entry's defaults for what it is not
        told.
    layer : str
        Kind of layer that the weights are for, as the framework's backend.toml names it.
    assumed : mapping of str to float
        What the backend takes where it is not told, instead of the entry's defaults.
    about : str
        What of the draw is looked at, where several checks share one.
    told_fans : tuple of float or None
        The fans, where the sizes do not tell them.
    """

    entry: Initializer
    path: str
    dtype: str
    sizes: Mapping[str, int]
    parameters: Mapping[str, float | str]
    layer: str = "dense"
    assumed: Mapping[str, float] = field(default_factory=dict)
    about: str = ""
    told_fans: tuple[float, float] | None = None

    @property
    def seed(self) -> int:
        """Always the same for one draw of one check, and another for every other."""
        text = f"{self.entry.name}/{self.path}/{self.layer}"
        return zlib.crc32(text.encode()) >> 1  # some backends want it below 2**31

    @property
    def fans(self) -> dict[str, float]:
        """The fans, from the letters: all but the output feed a unit, all but the input are fed."""
        if self.told_fans:
            return dict(zip(("fan_in", "fan_out"), self.told_fans, strict=True))
        return {
            "fan_in": prod(size for letter, size in self.sizes.items() if letter != "o"),
            "fan_out": prod(size for letter, size in self.sizes.items() if letter != "i"),
        }

    @property
    def names(self) -> dict[str, float | str]:
        """A value for each name in the entry's formulas: defaults for what was not told."""
        return {
            **distributions.defaults(self.entry),
            **self.assumed,
            **self.parameters,
            **self.fans,
        }

    @cached_property
    def distribution(self) -> Any:
        """The distribution that the entry states for this call."""
        return distributions.distribution_of(self.entry, self.names)

    def distribution_with(self, **changed: float) -> Any:
        """Return the distribution that the entry would state with other fans or parameters."""
        return distributions.distribution_of(self.entry, {**self.names, **changed})

    def __str__(self) -> str:
        return distributions.describe(self.entry, self.names)

    def below(self, about: str) -> Draw:
        """Return the same draw, for a check of its own."""
        return replace(self, about=about)

    def possible(self, adapter: Adapter) -> bool:
        """Say whether the backend has a word for each option that is told."""
        binding = bindings(self.entry).get(adapter.family)
        return binding is None or all(
            self.parameters[name] in words
            for name, words in binding.choices.items()
            if name in self.parameters
        )

    def offered(self, adapter: Adapter) -> Draw:
        """Return the same with what this backend has no argument for at the value that it holds."""
        told = {
            name: value if (held := adapter.held(self.entry, name)) is None else held
            for name, value in self.parameters.items()
        }
        return self if told == self.parameters else replace(self, parameters=told)

    def shape(self, adapter: Adapter) -> tuple[int, ...]:
        """Return the shape in the backend's own layout."""
        return tuple(self.sizes[letter] for letter in adapter.layouts[self.layer])

    def run(self, adapter: Adapter, *, later: int = 0) -> NDArray[Any]:
        """Return what the backend draws, with the seed or one that comes so much later."""
        return adapter.draw(
            self.entry,
            self.shape(adapter),
            FORMATS[self.dtype].dtype,
            self.seed + later,
            self.parameters,
        )

    def ordered(self, adapter: Adapter, drawn: NDArray[Any]) -> NDArray[Any]:
        """Return a kernel of the backend with the places first, then inputs, then outputs."""
        return np.transpose(drawn, self.order(adapter))

    def order(self, adapter: Adapter) -> list[int]:
        """Return the dimensions of the backend's kernels so that inputs and outputs come last."""
        layout = adapter.layouts[self.layer]
        return sorted(range(len(layout)), key=lambda at: "io".find(layout[at]))

    def check(
        self, key: str, run: Callable[[Adapter], Outcome], lines: Lines | None = None
    ) -> Check:
        """Return the check that this draw is for.

        Parameters
        ----------
        key : str
            The place in the entry's file.
        run : callable
            As in `actinit.conformance.check.Check`.
        lines : callable, optional
            From an adapter and the worst finding, or none, to lines to paste; by default they draw
            this and print the finding's figure.
        """
        told = lines or self.lines
        return Check(
            id="/".join(filter(None, ("initializer", self.entry.name, self.path, self.about))),
            entry=self.entry,
            clause=f"spec/initializers/{self.entry.name}.toml [{key}]",
            run=run,
            snippet=lambda adapter, outcome: told(adapter, outcome.shown if outcome else None),
        )

    def lines(
        self, adapter: Adapter, finding: Finding | None = None, statement: str = ALONE
    ) -> str:
        """Return lines to paste that make the backend draw the same; see `weights`."""
        told = self.offered(adapter)
        drawn = Drawn(self.entry, told.parameters, self.shape(adapter), self.dtype, self.seed)
        return weights(adapter, drawn, finding, statement)
