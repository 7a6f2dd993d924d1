"""A copy of a backend in which one thing can be broken: it hands every call on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters import Adapter, LayerBinding
from actinit.adapters.propagation import Carried, Network
from actinit.adapters.training import EpochFigures, TrainerOf, Training
from actinit.spec import Activation, Initializer, Layer

__all__ = ["Array", "Copy", "chosen", "flipped"]

Array = NDArray[Any]
# One input in so many is hit by a fault that is to be rare.
_ONE_IN = 64


class Copy(Adapter):
    """Hands every call on to a backend; subclasses plant a fault.

    Parameters
    ----------
    adapter : Adapter
        The backend.
    """

    def __init__(self, adapter: Adapter) -> None:
        self.inner = adapter
        self.name, self.family = adapter.name, adapter.family

    def versions(self) -> dict[str, str]:
        return self.inner.versions()

    @property
    def device(self) -> str:
        return self.inner.device

    @property
    def each_shape(self) -> bool:
        return self.inner.each_shape

    @property
    def layouts(self) -> Mapping[str, str]:
        return self.inner.layouts

    def stop(self) -> None:
        self.inner.stop()

    def value(self, entry: Activation, x: Array, parameters: Any) -> Array:
        return self.inner.value(entry, x, parameters)

    def operators(
        self, entry: Activation, dtype: np.dtype[Any], parameters: Any
    ) -> Mapping[str, Sequence[str]]:
        return self.inner.operators(entry, dtype, parameters)

    def layer(self, entry: Activation, x: Array, parameters: Any) -> Array:
        return self.inner.layer(entry, x, parameters)

    def gradient(self, entry: Activation, x: Array, upstream: Array, parameters: Any) -> Array:
        return self.inner.gradient(entry, x, upstream, parameters)

    def forward(self, entry: Activation, x: Array, tangent: Array, parameters: Any) -> Array:
        return self.inner.forward(entry, x, tangent, parameters)

    def second(self, entry: Activation, x: Array, upstream: Array, parameters: Any) -> Array:
        return self.inner.second(entry, x, upstream, parameters)

    def along(self, entry: Activation, x: Array, axis: int, parameters: Any) -> Array:
        return self.inner.along(entry, x, axis, parameters)

    def in_place(self, entry: Activation, x: Array, parameters: Any) -> Array:
        return self.inner.in_place(entry, x, parameters)

    def draw(
        self,
        entry: Initializer,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        seed: int,
        parameters: Any,
    ) -> Array:
        return self.inner.draw(entry, shape, dtype, seed, parameters)

    def source(
        self, entry: Initializer, dtype: np.dtype[Any], seed: int, parameters: Any
    ) -> Callable[[tuple[int, ...]], Array]:
        return self.inner.source(entry, dtype, seed, parameters)

    def builder(
        self, entry: Layer, dtype: np.dtype[Any], seed: int, start: Initializer | None = None
    ) -> Callable[[], dict[str, Array]]:
        return self.inner.builder(entry, dtype, seed, start)

    def layer_binding(self, entry: Layer) -> LayerBinding:
        return self.inner.layer_binding(entry)

    def trainer(self) -> TrainerOf:
        return self.inner.trainer()

    def train(self, training: Training) -> Iterator[EpochFigures]:
        return self.inner.train(training)

    def propagate(self, network: Network) -> Carried:
        return self.inner.propagate(network)

    def gain(self, activation: str, negative_slope: float) -> float:
        return self.inner.gain(activation, negative_slope)


def chosen(x: Array) -> NDArray[np.bool_]:
    """Return which inputs a rare fault hits: one in 64, by the bits of the input alone."""
    bits = np.ascontiguousarray(x).view(f"u{x.dtype.itemsize}").reshape(x.shape)
    # Multiplying by an odd number near 2**64 / phi spreads neighbours over the upper bits.
    spread = bits.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    found: NDArray[np.bool_] = spread >> np.uint64(32) & np.uint64(_ONE_IN - 1) == 0
    return found


def flipped(array: Array) -> Array:
    """Return numbers with the last bit of each turned round."""
    bits = np.ascontiguousarray(array).view(f"u{array.dtype.itemsize}")
    return (bits ^ bits.dtype.type(1)).view(array.dtype).reshape(array.shape)
