"""Faults planted in initializers, one a check."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any, ClassVar

import numpy as np

from actinit.adapters import Adapter
from actinit.spec import Initializer

from ..backend.copy import Array, Copy

__all__ = ["Drawn", "Gain", "OtherDefaultsDrawn", "SameSeed", "Shared", "Unseeded", "drawn_with"]


class Drawn(Copy):
    """Tensors of weights that are changed after they were drawn."""

    change: ClassVar[Callable[[Array], Array]]

    def draw(
        self,
        entry: Initializer,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        seed: int,
        parameters: Any,
    ) -> Array:
        return self._changed(super().draw(entry, shape, dtype, seed, parameters))

    def source(
        self, entry: Initializer, dtype: np.dtype[Any], seed: int, parameters: Any
    ) -> Callable[[tuple[int, ...]], Array]:
        held = super().source(entry, dtype, seed, parameters)
        return lambda shape: self._changed(held(shape))

    def _changed(self, weights: Array) -> Array:
        with np.errstate(all="ignore"):
            return type(self).change(weights.copy()).astype(weights.dtype)


def drawn_with(change: Callable[[Array], Array]) -> type[Drawn]:
    """Return the class of copies that change weights so."""
    return type("Changed", (Drawn,), {"change": staticmethod(change)})


def scaled(factor: float) -> Callable[[Array], Array]:
    """Return what multiplies weights."""
    return lambda weights: weights.astype(np.float64) * factor


def two_values(weights: Array) -> Array:
    """Put every weight one standard deviation above or below the mean."""
    wide = weights.astype(np.float64)
    return wide.mean() + wide.std() * np.where(wide > wide.mean(), 1.0, -1.0)


def one_beyond(weights: Array) -> Array:
    """Put one weight far beyond all others."""
    wide = weights.astype(np.float64)
    wide.flat[0] = 10 * np.abs(wide).max() + 1
    return wide


def heavier_tail(weights: Array) -> Array:
    """Double one weight in 16, so that more lie far out."""
    wide = weights.astype(np.float64)
    middle = wide.mean()
    wide.flat[::16] = middle + 2 * (wide.flat[::16] - middle)
    return wide


def crowded(weights: Array) -> Array:
    """Put some weights on zero, on the largest and the number beyond, and on one of the others."""
    flat = weights.reshape(-1)
    largest = flat.max()
    # Whether the bound, rounded to the dtype, may be drawn at all depends on which way it rounds.
    beyond = np.nextafter(largest, largest.dtype.type(np.inf))
    flat[1::16], flat[2::16], flat[3::16], flat[4::16] = 0, largest, flat[0], beyond
    return weights


def repeated_row(weights: Array) -> Array:
    """Make the second row the first one again."""
    weights[1] = weights[0]
    return weights


def one_more(weights: Array) -> Array:
    """Add one to every weight."""
    return weights.astype(np.float64) + 1


def preferred_direction(weights: Array) -> Array:
    """Turn rows round until each begins with a positive weight, which leaves them orthogonal."""
    wide = weights.astype(np.float64)
    return wide * np.where(wide[..., :1] < 0, -1.0, 1.0)


def moved_on(weights: Array) -> Array:
    """Move every weight one place on."""
    return np.roll(weights.reshape(-1), 1).reshape(weights.shape)


def second_half_again(weights: Array) -> Array:
    """Draw half of the weights, and give them twice."""
    flat = weights.reshape(-1)
    return np.resize(flat[: flat.size // 2], flat.size).reshape(weights.shape)


def without_zeros(weights: Array) -> Array:
    """Put a number in the place of every zero."""
    return np.where(weights == 0, 1, weights)


class Unseeded(Copy):
    """A seed that does not count: another one for every draw."""

    def __init__(self, adapter: Adapter) -> None:
        super().__init__(adapter)
        self._seeds = count(1)

    def draw(
        self,
        entry: Initializer,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        seed: int,
        parameters: Any,
    ) -> Array:
        return super().draw(entry, shape, dtype, seed + next(self._seeds), parameters)


class Shared(Copy):
    """One generator behind all initializer objects: each draw moves it on."""

    def __init__(self, adapter: Adapter) -> None:
        super().__init__(adapter)
        self._drawn = count(1)

    def source(
        self, entry: Initializer, dtype: np.dtype[Any], seed: int, parameters: Any
    ) -> Callable[[tuple[int, ...]], Array]:
        return lambda shape: self.inner.draw(
            entry, shape, dtype, seed + next(self._drawn), parameters
        )


class SameSeed(Copy):
    """The same tensor for every seed, and from one object again and again."""

    def draw(
        self,
        entry: Initializer,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        seed: int,
        parameters: Any,
    ) -> Array:
        return super().draw(entry, shape, dtype, 0, parameters)

    def source(
        self, entry: Initializer, dtype: np.dtype[Any], seed: int, parameters: Any
    ) -> Callable[[tuple[int, ...]], Array]:
        return lambda shape: self.draw(entry, shape, dtype, seed, parameters)


class OtherDefaultsDrawn(Copy):
    """Weights drawn without parameters are half again as large, and one more."""

    def draw(
        self,
        entry: Initializer,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        seed: int,
        parameters: Any,
    ) -> Array:
        weights = super().draw(entry, shape, dtype, seed, parameters)
        return weights if parameters else (1.5 * weights.astype(np.float64) + 1).astype(dtype)


class Gain(Copy):
    """Half again the gain."""

    def gain(self, activation: str, negative_slope: float) -> float:
        return 1.5 * super().gain(activation, negative_slope)
