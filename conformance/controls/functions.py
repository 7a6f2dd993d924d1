"""Faults planted in activations and their derivatives, one a check."""

from __future__ import annotations

from itertools import count
from typing import Any

import numpy as np

from actinit.adapters import Adapter
from actinit.spec import Activation, Part, evaluate

from ..backend.copy import Array, Copy, chosen, flipped
from ..error.metric import ulp
from ..expected.budgets import budgets, row_budgets
from ..expected.defaults import defaults, kinks_of
from ..formats import FORMATS, Format

__all__ = [
    "Gradient",
    "Integers",
    "KeptParameters",
    "Kink",
    "Layer",
    "Layout",
    "Lopsided",
    "OtherAxis",
    "OtherDefaults",
    "OutOfRange",
    "Rows",
    "Second",
    "SideEffect",
    "Special",
    "Step",
    "Ties",
    "Unrepeatable",
    "Upstream",
    "Value",
]


def _moved(entry: Activation, part: Part, x: Array, got: Array, times: float = 1.0) -> Array:
    """Return results that are beyond the budget at one input in 64, so many times two budgets."""
    if x.dtype.name not in FORMATS or not x.size:
        return got
    fmt, points = FORMATS[x.dtype.name], x.astype(np.float64)
    with np.errstate(all="ignore"):
        if entry.shape == "elementwise":
            granted = budgets(entry, fmt, part, points)
        else:
            granted = row_budgets(entry, fmt, part, points, got.shape)
        hit = _hit(x, got)
        return np.where(hit, _away(got, (2 * times * granted + 2 * times), fmt), got)


def _hit(x: Array, got: Array) -> Array:
    """Return which results a rare fault hits; of rows that become one number, by any of them."""
    hit = chosen(x)
    return hit if hit.shape == got.shape else np.asarray(hit.any(axis=-1))


def _away(got: Array, ulps: Any, fmt: Format) -> Array:
    """Return results moved away from zero by so many ulp; what is not finite stays."""
    number = got.astype(np.float64)
    moved = number + np.copysign(ulps * ulp(number, fmt), number)
    return np.where(np.isfinite(number), moved, number).astype(got.dtype)


class Value(Copy):
    """A budget exceeded at one input in 64."""

    def value(self, entry: Activation, x: Array, parameters: Any) -> Array:
        return _moved(entry, "value", x, super().value(entry, x, parameters))


class Gradient(Copy):
    """A budget of the derivative exceeded at one input in 64."""

    def gradient(self, entry: Activation, x: Array, upstream: Array, parameters: Any) -> Array:
        got = super().gradient(entry, x, upstream, parameters)
        return _moved(entry, "derivative", x, got)


class Forward(Copy):
    """Four times the derivative of forward mode at one input in 64, or 1 where it is 0."""

    def forward(self, entry: Activation, x: Array, tangent: Array, parameters: Any) -> Array:
        return _four_times(x, super().forward(entry, x, tangent, parameters))


class Second(Copy):
    """Four times the second derivative at one input in 64, or 1 where it is 0."""

    def second(self, entry: Activation, x: Array, upstream: Array, parameters: Any) -> Array:
        return _four_times(x, super().second(entry, x, upstream, parameters))


class Rows(Copy):
    """Four times the value or derivative at one input in 64 of a row, or 1 where it is 0."""

    def value(self, entry: Activation, x: Array, parameters: Any) -> Array:
        return _four_times(x, super().value(entry, x, parameters))

    def gradient(self, entry: Activation, x: Array, upstream: Array, parameters: Any) -> Array:
        return _four_times(x, super().gradient(entry, x, upstream, parameters))


class OtherAxis(Copy):
    """The last axis, or the first where the last is asked for."""

    def along(self, entry: Activation, x: Array, axis: int, parameters: Any) -> Array:
        other = 0 if axis in (-1, x.ndim - 1) else -1
        got = super().along(entry, x, other, parameters)
        # A reduction that leaves another shape out would be told by its shape.
        return np.resize(got, np.delete(x.shape, axis)) if entry.shape == "reduction" else got


def _four_times(x: Array, got: Array) -> Array:
    with np.errstate(over="ignore"):
        other = np.where(got == 0, got.dtype.type(1), got * got.dtype.type(4))
    return np.where(_hit(x, got), other, got).astype(got.dtype)


class Special(Copy):
    """A number for nan and nan for a number, at zeros, infinities and nan, and in any row."""

    def value(self, entry: Activation, x: Array, parameters: Any) -> Array:
        return self._spoilt(entry, x, super().value(entry, x, parameters))

    def gradient(self, entry: Activation, x: Array, upstream: Array, parameters: Any) -> Array:
        return self._spoilt(entry, x, super().gradient(entry, x, upstream, parameters))

    def _spoilt(self, entry: Activation, x: Array, got: Array) -> Array:
        with np.errstate(invalid="ignore"):
            wide = x.astype(np.float64)
            hit = ~np.isfinite(wide) | (wide == 0)
            other = np.where(np.isnan(got.astype(np.float64)), 1.0, np.nan)
        if entry.shape != "elementwise":
            return other.astype(got.dtype)
        return np.where(hit, other, got).astype(got.dtype)


class Kink(Copy):
    """At each kink one more than any subgradient."""

    def gradient(self, entry: Activation, x: Array, upstream: Array, parameters: Any) -> Array:
        got = super().gradient(entry, x, upstream, parameters)
        for kink in kinks_of(entry):
            at, high = (evaluate(one, defaults(entry)) for one in (kink.at, kink.accept[1]))
            got = np.where(x.astype(np.float64) == at, high + 1, got).astype(got.dtype)
        return got


class Ties(Copy):
    """Twice the gradient."""

    def gradient(self, entry: Activation, x: Array, upstream: Array, parameters: Any) -> Array:
        got = super().gradient(entry, x, upstream, parameters)
        with np.errstate(over="ignore"):
            return got * got.dtype.type(2)


class Upstream(Copy):
    """An upstream gradient that only counts as zero or one."""

    def gradient(self, entry: Activation, x: Array, upstream: Array, parameters: Any) -> Array:
        return super().gradient(entry, x, (upstream != 0).astype(x.dtype), parameters)


class OutOfRange(Copy):
    """Far beyond a bound of the range, one input in 64: some formats hardly have what is near."""

    def value(self, entry: Activation, x: Array, parameters: Any) -> Array:
        got = super().value(entry, x, parameters)
        low, high = (evaluate(end, defaults(entry)) for end in entry.value.range)
        bound, side = (high, 1) if np.isfinite(high) else (low, -1)
        beyond = bound + side * 8 * (1 + abs(bound))
        hit = _hit(x, got)
        return np.where(hit, beyond, got).astype(got.dtype)


class Step(Copy):
    """At one input in 64 far below all results, so that an increasing function turns back."""

    def value(self, entry: Activation, x: Array, parameters: Any) -> Array:
        got = super().value(entry, x, parameters)
        if x.dtype.name not in FORMATS or not got.size:
            return got
        wide = got.astype(np.float64)
        finite = wide[np.isfinite(wide)]
        # Below the least by as much as all lie apart, which alone is few ulp in a coarse format.
        ends = finite.min(), finite.max()
        last, first = ends if entry.properties.monotone == "increasing" else ends[::-1]
        with np.errstate(over="ignore", invalid="ignore"):
            end = (2 * last - first).astype(got.dtype)
        far = end if np.isfinite(end.astype(np.float64)) else last.astype(got.dtype)
        return np.where(chosen(x), far, got)


class Lopsided(Copy):
    """At one negative input in 64 off by more than the budgets of the pair.

    Of other sign in 8 bits, where numbers of one sign may all lie within those budgets.
    """

    def value(self, entry: Activation, x: Array, parameters: Any) -> Array:
        return self._lopsided(entry, "value", x, super().value(entry, x, parameters))

    def gradient(self, entry: Activation, x: Array, upstream: Array, parameters: Any) -> Array:
        got = super().gradient(entry, x, upstream, parameters)
        return self._lopsided(entry, "derivative", x, got)

    def _lopsided(self, entry: Activation, part: Part, x: Array, got: Array) -> Array:
        other = _moved(entry, part, x, got, 4)
        if x.dtype.itemsize == 1:
            other = np.where(_hit(x, got) & (got != 0), -got, other)
        return np.where(np.signbit(x), other, got).astype(got.dtype)


class Layout(Copy):
    """From the place 16 of an array on, the last bit turned round."""

    def value(self, entry: Activation, x: Array, parameters: Any) -> Array:
        return self._turned(x, super().value(entry, x, parameters))

    def gradient(self, entry: Activation, x: Array, upstream: Array, parameters: Any) -> Array:
        return self._turned(x, super().gradient(entry, x, upstream, parameters))

    def _turned(self, x: Array, got: Array) -> Array:
        if x.ndim == 0 or x.dtype.name not in FORMATS:
            return got
        got = got.copy()
        got[16:] = flipped(got[16:])
        return got


class Integers(Copy):
    """One more than is right for integers and booleans."""

    def value(self, entry: Activation, x: Array, parameters: Any) -> Array:
        got = super().value(entry, x, parameters)
        return got if x.dtype.name in FORMATS else got + got.dtype.type(1)


class OtherDefaults(Copy):
    """Other defaults than the entry's, in function and layer."""

    def value(self, entry: Activation, x: Array, parameters: Any) -> Array:
        return super().value(entry, x, parameters or self._other(entry))

    def layer(self, entry: Activation, x: Array, parameters: Any) -> Array:
        return super().layer(entry, x, parameters or self._other(entry))

    def _other(self, entry: Activation) -> dict[str, float]:
        return {name: default + 0.5 for name, default in defaults(entry).items()}


class Layer(Copy):
    """A layer that adds one to its first result."""

    def layer(self, entry: Activation, x: Array, parameters: Any) -> Array:
        got = super().layer(entry, x, parameters).copy()
        got[..., :1] += 1
        return got


class KeptParameters(Copy):
    """Parameters that are ignored: the defaults whatever is given."""

    def value(self, entry: Activation, x: Array, parameters: Any) -> Array:
        return super().value(entry, x, defaults(entry))

    def gradient(self, entry: Activation, x: Array, upstream: Array, parameters: Any) -> Array:
        return super().gradient(entry, x, upstream, defaults(entry))


class SideEffect(Copy):
    """Zeros written into the input, and into the upstream gradient."""

    def value(self, entry: Activation, x: Array, parameters: Any) -> Array:
        got = super().value(entry, x, parameters).copy()
        self._spoil(x)
        return got

    def gradient(self, entry: Activation, x: Array, upstream: Array, parameters: Any) -> Array:
        got = super().gradient(entry, x, upstream, parameters).copy()
        self._spoil(x)
        self._spoil(upstream)
        return got

    @staticmethod
    def _spoil(array: Array) -> None:
        if array.flags.writeable:
            array[...] = 0


class Unrepeatable(Copy):
    """The last bit of every element turned round in one call of three."""

    def __init__(self, adapter: Adapter) -> None:
        super().__init__(adapter)
        self._calls = count()

    def value(self, entry: Activation, x: Array, parameters: Any) -> Array:
        return self._turned(super().value(entry, x, parameters))

    def gradient(self, entry: Activation, x: Array, upstream: Array, parameters: Any) -> Array:
        return self._turned(super().gradient(entry, x, upstream, parameters))

    def _turned(self, got: Array) -> Array:
        return flipped(got) if next(self._calls) % 3 == 2 else got
