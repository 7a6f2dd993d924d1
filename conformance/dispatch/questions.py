"""What is asked under every setting: each function, format and part, on the checks' inputs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actinit import reference, spec
from actinit.adapters import Adapter
from actinit.spec import Activation, Part

from ..activations.naming import PARTS
from ..expected import inputs
from ..expected.batches import sample_inputs
from ..expected.defaults import defaults
from ..formats import ARITHMETIC, Format

__all__ = ["Question", "Sample", "questions"]

Array = NDArray[Any]


class Sample(NamedTuple):
    """Inputs that are asked in one call, and what comes from upstream if it is for a derivative."""

    x: Array  #: Shape (inputs,), or (rows, n) for functions of a row.
    upstream: Array | None


class Question(NamedTuple):
    """A function, a format and a part."""

    entry: Activation
    fmt: Format
    part: Part

    @property
    def id(self) -> str:
        """As a results file names it: ``gelu/float32/value``."""
        return f"{self.entry.name}/{self.fmt.name}/{self.part}"

    def samples(self) -> Iterator[Sample]:
        """Yield what is asked, a call each; the arrays are long enough for vectors and threads."""
        if self.entry.shape == "elementwise":
            arrays: tuple[Array, ...] = (sample_inputs(self.entry, self.fmt, self.part),)
        else:
            arrays = inputs.rows(self.fmt)
        for x in arrays:
            yield Sample(x, None if self.part == "value" else self._upstream(x))

    def ask(self, adapter: Adapter, sample: Sample) -> Array:
        """Return what a backend has for a sample."""
        parameters = defaults(self.entry)
        if sample.upstream is None:
            return adapter.value(self.entry, sample.x, parameters)
        return adapter.gradient(self.entry, sample.x, sample.upstream, parameters)

    def right(self, sample: Sample, at: int) -> Array:
        """Return what the reference, which is correctly rounded, has for one input or row."""
        function = reference.activations[self.entry.name]
        one = slice(at, at + 1)
        with np.errstate(all="ignore"):
            if sample.upstream is None:
                return np.asarray(function(sample.x[one]))[0]
            return np.asarray(function.vjp(sample.x[one], sample.upstream[one]))[0]

    def _upstream(self, x: Array) -> Array:
        if self.entry.shape != "row":
            return np.ones(len(x), dtype=x.dtype)
        # Of ones the gradient of a softmax is 0: each row asks for one output's.
        output = np.arange(len(x)) % x.shape[1]
        return (np.arange(x.shape[1]) == output[:, np.newaxis]).astype(x.dtype)


def questions() -> list[Question]:
    """Return everything that a backend can be asked, in the order of the spec."""
    return [
        Question(entry, fmt, part)
        for entry in spec.activations.values()
        for fmt in ARITHMETIC.values()
        for part in PARTS
    ]
