"""A weight of a live layer, as a check asks for it."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters import Adapter, NotOffered
from actinit.adapters.base import keywords
from actinit.spec import Initializer, Layer, Tensor, backends

from ..checks.base import LOAD, Check, Outcome

__all__ = ["DTYPE", "Weights"]

Array = NDArray[Any]
#: Formats are a matter of the initializers, which are checked in all of them.
DTYPE = np.dtype("float32")

# For backends that the spec has no snippet for; it works for any adapter.
_GENERIC = """
import numpy as np
from actinit import adapters, spec
backend, layer = adapters.load("{loaded}"), spec.layers["{entry}"]
w = backend.builder(layer, np.dtype("float32"), {seed}, {start})()["{weight}"]"""


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
        shown: str = "print(w.mean(), w.std(), w.min(), w.max())",
        start: Initializer | None = None,
    ) -> Check:
        """Return the check that this is for; `key` is the place in the entry's file."""
        return Check(
            id=f"layer/{self.entry.name}/{self.path}",
            entry=self.entry,
            clause=f"spec/layers/{self.entry.name}.toml [{key}]",
            run=run,
            snippet=lambda adapter, outcome: f"{self._snippet(adapter, start)}\n{shown}",
        )

    def _snippet(self, adapter: Adapter, start: Initializer | None) -> str:
        """Return lines to paste that leave the weight in ``w``."""
        try:
            binding = adapter.layer_binding(self.entry)
        except NotOffered:
            return ""
        weight = self.weight if self.weight in binding.weights else next(iter(binding.weights))
        tensor = binding.weights[weight]
        known = backends().get(adapter.family)
        template = known.snippet.get("layer_from" if start else "layer", "") if known else ""
        told = start.backends.get(adapter.family) if start else None
        options = keywords(start, told, {}) if start and told else {}
        written = ", ".join(f"{name}={value!r}" for name, value in options.items())
        arguments = binding.constructor(self.entry.examples)
        # A seed makes no difference to a scale, so a person need not paste one.
        return (template or _GENERIC).format(
            loaded=LOAD,
            entry=self.entry.name,
            weight=weight,
            seed=self.seed,
            start=f'spec.initializers["{start.name}"]' if start else None,
            layer=binding.layer,
            arguments=", ".join(f"{name}={value!r}" for name, value in arguments.items()),
            inputs=", ".join(map(repr, binding.built_for(self.entry.examples))),
            name=tensor.name,
            argument=tensor.argument,
            function=told.function if told else "",
            options=(f", {written}" if written else "") if adapter.family == "torch" else written,
        )
