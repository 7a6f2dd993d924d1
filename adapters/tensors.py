"""What the frameworks have in common: calls on tensors, between arrays."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import Any, ClassVar

import numpy as np

from actinit.spec import Activation, Function, Initializer

from .base import Adapter, Array, Parameters
from .binding import Binding
from .calls import resolve
from .engine import Call, Engine
from .errors import NotOffered
from .training import TrainerOf

__all__ = ["Native", "TensorAdapter"]


class TensorAdapter(Adapter):
    """An adapter over a tensor library.

    Parameters
    ----------
    engine : Engine
        The library, in one of its modes.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._programs: dict[Hashable, Callable[..., Any]] = {}

    @property
    def each_shape(self) -> bool:
        return self.engine.each_shape

    @property
    def device(self) -> str:
        return self.engine.device(self.engine.tensor(np.zeros(())))

    def value(self, entry: Activation, x: Array, parameters: Parameters) -> Array:
        return self._run(self.engine.value, self._call, entry, parameters, x)

    def layer(self, entry: Activation, x: Array, parameters: Parameters) -> Array:
        return self._run(self.engine.value, self._layer, entry, parameters, x)

    def gradient(
        self, entry: Activation, x: Array, upstream: Array, parameters: Parameters
    ) -> Array:
        return self._run(self.engine.gradient, self._call, entry, parameters, x, upstream)

    def forward(self, entry: Activation, x: Array, tangent: Array, parameters: Parameters) -> Array:
        self.binding(entry)
        if entry.shape != "elementwise":
            raise NotOffered(f"{entry.name} is not asked in forward mode: it is not elementwise")
        try:
            return self._run(self.engine.forward, self._call, entry, parameters, x, tangent)
        except NotImplementedError as error:
            raise NotOffered(f"{self.name} has no forward mode for {entry.name}") from error

    def second(self, entry: Activation, x: Array, upstream: Array, parameters: Parameters) -> Array:
        self.binding(entry)
        if entry.shape != "elementwise":
            raise NotOffered(f"{entry.name} has no second derivative here: it is not elementwise")
        return self._run(self.engine.second, self._call, entry, parameters, x, upstream)

    def in_place(self, entry: Activation, x: Array, parameters: Parameters) -> Array:
        tensor = self.engine.tensor(x)
        self._program(self.engine.value, self._in_place, entry, parameters, x)(tensor)
        return self.engine.array(tensor)

    def layer_options(self, dtype: np.dtype[Any]) -> dict[str, Any]:
        """Return what every layer is made with, so that it computes in this dtype."""
        return {}

    def _run(
        self,
        ask: Callable[..., Any],
        form: Callable[..., Call],
        entry: Activation,
        parameters: Parameters,
        *arrays: Array,
    ) -> Array:
        program = self._program(ask, form, entry, parameters, arrays[0])
        return self.engine.array(program(*map(self.engine.tensor, arrays)))

    def _program(
        self,
        ask: Callable[..., Any],
        form: Callable[..., Call],
        entry: Activation,
        parameters: Parameters,
        x: Array,
    ) -> Callable[..., Any]:
        """Return what the engine makes of a question; kept, since some engines compile it."""
        key = (ask, form, entry, x.dtype, x.ndim, *sorted(parameters.items()))
        if key not in self._programs:
            self._programs[key] = self.engine.program(ask, form(entry, x.dtype, parameters))
        return self._programs[key]

    def _call(self, entry: Activation, dtype: np.dtype[Any], parameters: Parameters) -> Call:
        """Return the function, or the layer where there is only that."""
        binding = self.binding(entry)
        if binding.function is None:
            return self._layer(entry, dtype, parameters)
        return partial(self.function(entry), **self.options(entry, parameters))

    def _layer(self, entry: Activation, dtype: np.dtype[Any], parameters: Parameters) -> Call:
        binding = self.binding(entry)
        if binding.layer is None:
            raise NotOffered(f"{self.name} has no layer for {entry.name}")
        with self.engine.here():
            layer: Call = resolve(binding.layer)(
                **self.options(entry, parameters), **self.layer_options(dtype)
            )
        return layer

    def _in_place(self, entry: Activation, dtype: np.dtype[Any], parameters: Parameters) -> Call:
        binding = self.binding(entry)
        if binding.in_place is None:
            raise NotOffered(f"{self.name} has no in-place form of {entry.name}")
        options = self.options(entry, parameters) | binding.in_place_arguments
        return partial(resolve(binding.in_place), **options)


class Native(TensorAdapter):
    """A tensor library's own functions, in one of its modes.

    Parameters
    ----------
    mode : str, optional
        What the name has after the family's; by default the mode is the eager one.
    """

    #: Mode: the engine that runs it.
    engines: ClassVar[Mapping[str, type[Engine]]]

    def __init__(self, mode: str = "") -> None:
        self._mode = mode
        self.name = f"{self.family}-{mode}" if mode else self.family
        super().__init__(self.engines[mode]())

    def versions(self) -> dict[str, str]:
        return {self.family: self.engine.version()}

    def trainer(self) -> TrainerOf:
        self.require_eager("training")
        return super().trainer()

    def place(self, device: str) -> None:
        self.engine.place(device)
        self.name = f"{self.name}@{device}"

    def require_eager(self, what: str) -> None:
        """Raise NotOffered from a compiled mode, and on a device: they are asked functions."""
        if "@" in self.name:  # on a device
            raise NotOffered(f"{what} is asked of {self.family} where it computes by itself")
        if self._mode:
            raise NotOffered(f"{what} is a matter of {self.family}, not of its mode {self.name}")

    def binding(self, entry: Function) -> Binding:
        if self._mode and isinstance(entry, Initializer):
            raise NotOffered(f"{self.name} compiles functions; {self.family} draws {entry.name}")
        return super().binding(entry)
