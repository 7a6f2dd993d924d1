"""A weight of a live layer, as a check asks for it."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters import Adapter, NotOffered, Tensor
from actinit.spec import Initializer, Layer

from ..check import Check, Finding, Outcome
from ..snippets.layers import building
from ..snippets.weights import figure_lines

__all__ = ["DTYPE", "Weights"]

Array = NDArray[Any]
#: Formats are a matter of the initializers, which are checked in all of them.
DTYPE = np.dtype("float32")


@dataclass(frozen=True)
class Weights:
    """One weight of a kind of layer, or all of them, in one check.

    Attributes
    ----------
    entry : Layer
        The entry.
    path : str
        Id of the check below the entry.
    weight : str
        Name of the weight; by default a backend's first one stands for it in snippets.
    """

    entry: Layer
    path: str
    weight: str = ""

    @property
    def seed(self) -> int:
        """Always the same for one check, and another for every other."""
        return zlib.crc32(f"{self.entry.name}/{self.path}".encode()) >> 1

    def tensor(self, adapter: Adapter) -> Tensor:
        """Return where the backend keeps the weight.

        Raises
        ------
        NotOffered
            If its layer has none.
        """
        tensors = adapter.layer_binding(self.entry).weights
        if self.weight not in tensors:
            raise NotOffered(f"{adapter.name} has no {self.weight} in {self.entry.name}")
        return tensors[self.weight]

    def meant(self, adapter: Adapter, drawn: dict[str, Array], name: str = "") -> Array:
        """Return what is meant of a tensor that holds several kernels."""
        name = name or self.weight
        tensor = adapter.layer_binding(self.entry).weights[name]
        if not tensor.parts:
            return drawn[name]
        axis = tensor.layout.index("o")
        parts = np.split(drawn[name], tensor.count(self.entry.examples), axis)
        return np.concatenate([parts[part] for part in tensor.parts], axis)

    def layers(
        self, adapter: Adapter, later: int = 0, start: Initializer | None = None
    ) -> Iterator[dict[str, Array]]:
        """Yield the weights of one layer after the other, without end.

        Parameters
        ----------
        adapter : Adapter
            The backend.
        later : int
            How much later the seed comes than the check's own.
        start : Initializer, optional
            What the kernels are drawn from; by default the layers' own.
        """
        build = adapter.builder(self.entry, DTYPE, self.seed + later, start)
        while True:
            yield build()

    def check(
        self,
        key: str,
        run: Callable[[Adapter], Outcome],
        lines: Callable[[Adapter, Finding | None], str] | None = None,
    ) -> Check:
        """Return the check that this is for.

        Parameters
        ----------
        key : str
            The place in the entry's file.
        run : callable
            As in `actinit.conformance.check.Check`.
        lines : callable, optional
            From an adapter and the worst finding, or none, to lines to paste; by default they build
            the layer and print the finding's figure of the weight.
        """
        told = lines or self.lines
        return Check(
            id=f"layer/{self.entry.name}/{self.path}",
            entry=self.entry,
            clause=f"spec/layers/{self.entry.name}.toml [{key}]",
            run=run,
            snippet=lambda adapter, outcome: told(adapter, outcome.shown if outcome else None),
        )

    def lines(self, adapter: Adapter, finding: Finding | None) -> str:
        """Return lines to paste that leave the weights of so many layers in ``w``."""
        layers = int(finding.data.get("layers", 1)) if finding else 1
        built = building(adapter, self.entry, self.seed)
        one = built.weight("build()", self.weight)
        return (
            f"{built.lines}\n\nw = np.stack([{one} for _ in range({layers})])\n"
            f"{figure_lines(finding)}"
        )
