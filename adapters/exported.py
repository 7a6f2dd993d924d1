"""A framework's functions in the files that an exporter writes, run by another's runtime."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from actinit.spec import Activation, Function, Initializer

from .base import Array, Parameters
from .binding import Binding
from .engine import Call, Engine
from .errors import AdapterError, NotOffered
from .kept import Kept
from .tensors import TensorAdapter

__all__ = ["Exported", "File"]


class File(Protocol):
    """What an exporter wrote of a function, loaded by what runs it."""

    def run(self, x: Array) -> Array:
        """Return what it makes of an array."""

    def operators(self) -> Mapping[str, Sequence[str]]:
        """Return what stands in the file and what is run, as `Adapter.operators` does."""


class Exported(TensorAdapter):
    """An adapter that exports each function and asks what runs the file; forward only.

    A file is kept for each function, dtype and set of parameters, with lengths left open. There are
    two classes of shapes, each with a file of its own: one number after the other, and rows. An
    array of more dimensions is laid out so before; runtimes see the same memory either way.

    Parameters
    ----------
    mode : str
        What the name has after the family's: the exporter and the runtime.
    engine : Engine
        What the functions are written in.
    """

    def __init__(self, mode: str, engine: Engine) -> None:
        super().__init__(engine)
        self.name = f"{self.family}-{mode}"
        self._files: Kept[File] = Kept()

    @abstractmethod
    def export(self, key: Hashable, call: Call, dtype: np.dtype[Any], rank: int) -> File:
        """Return the file of a function of one tensor.

        Parameters
        ----------
        key : hashable
            The same for the same function, whatever the dtype.
        call : callable
            Of a tensor of the framework.
        dtype : dtype
            Of the input.
        rank : {1, 2}
            Its number of dimensions; 2 where the function runs over rows.

        Raises
        ------
        NotOffered
            If the exporter or the runtime does not take it; says so in its words.
        """

    @property
    def device(self) -> str:
        return "cpu"

    def place(self, device: str) -> None:
        raise AdapterError(f"{self.name} runs its files on the CPU: got {device!r}")

    def along(self, entry: Activation, x: Array, axis: int, parameters: Parameters) -> Array:
        raise NotOffered(f"{self.name} exports {entry.name} along the last axis")

    def in_place(self, entry: Activation, x: Array, parameters: Parameters) -> Array:
        raise NotOffered(f"{self.name} has no in-place forms: a file returns what it computes")

    def operators(
        self, entry: Activation, dtype: np.dtype[Any], parameters: Parameters
    ) -> Mapping[str, Sequence[str]]:
        return self._file(self._call, entry, dtype, parameters).operators()

    def binding(self, entry: Function) -> Binding:
        if isinstance(entry, Initializer):
            raise NotOffered(f"{self.name} runs files; {self.family} draws {entry.name}")
        return super().binding(entry)

    def _run(
        self,
        ask: Callable[..., Any],
        form: Callable[..., Call],
        entry: Activation,
        parameters: Parameters,
        *arrays: Array,
    ) -> Array:
        if ask != self.engine.value:
            raise NotOffered(f"{self.name} is forward only")
        (x,) = arrays
        flat = x.reshape(_flat(entry, x.shape))
        y = self._file(form, entry, x.dtype, parameters).run(flat)
        return y.reshape(x.shape[:-1] if entry.shape == "reduction" else x.shape)

    def _file(
        self,
        form: Callable[..., Call],
        entry: Activation,
        dtype: np.dtype[Any],
        parameters: Parameters,
    ) -> File:
        """Return the file of a function; to export one is slow."""
        key = (form, entry, *sorted(parameters.items()))
        rank = len(_flat(entry, ()))
        return self._files.get(
            (key, dtype), lambda: self.export(key, form(entry, dtype, parameters), dtype, rank)
        )


def _flat(entry: Activation, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape in which an array is asked for: of one dimension, or of rows."""
    if entry.shape == "elementwise":
        return (math.prod(shape),)
    return (math.prod(shape[:-1]), *(shape[-1:] or (1,)))
