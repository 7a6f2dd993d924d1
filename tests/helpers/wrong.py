"""Deliberately wrong backends: the reference with one thing broken, each a few lines."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

from actinit import reference as ref
from actinit.adapters import Adapter, NotOffered

Function = Callable[..., Any]


class Right(Adapter):
    """The reference as a backend that the spec does not know; subclasses break it."""

    name = family = "own"
    values: dict[str, Function] = {}
    derivatives: dict[str, Function] = {}

    def versions(self):
        return {}

    def value(self, entry, x, parameters):
        function = self.values.get(entry.name, ref.activations[entry.name])
        if x.dtype.kind in "biu":
            return np.asarray(function(x, **parameters))
        return np.asarray(function(x, **parameters)).astype(x.dtype, copy=False)

    def along(self, entry, x, axis, parameters):
        return ref.activations[entry.name](x, axis=axis, **parameters)

    def gradient(self, entry, x, upstream, parameters):
        if entry.name in self.derivatives:
            with np.errstate(over="ignore"):  # beyond the numbers it is infinite
                return np.asarray(self.derivatives[entry.name](x) * upstream, dtype=x.dtype)
        return ref.activations[entry.name].vjp(x, upstream, **parameters)

    def draw(self, entry, shape, dtype, seed, parameters):
        rng = np.random.default_rng(seed)
        return ref.initializers[entry.name](shape, rng=rng, dtype=dtype, **parameters)


class NaiveSigmoid(Right):
    """The article's line: exp overflows where -z is large."""

    values = {"sigmoid": lambda z: 1 / (1 + np.exp(-z))}


class MaskedRelu(Right):
    """The article's line: -inf * 0 is nan."""

    def value(self, entry, x, parameters):
        if entry.name != "relu":
            return super().value(entry, x, parameters)
        with np.errstate(invalid="ignore"):
            return np.asarray(x * (x > 0))


class SteepLeaky(Right):
    """Twice the slope."""

    values = {"leaky_relu": lambda x, negative_slope=0.01: ref.leaky_relu(x, negative_slope=0.02)}


class TanhGelu(Right):
    """gelu_tanh under the name of gelu."""

    values = {"gelu": ref.gelu_tanh}
    derivatives = {"gelu": ref.gelu_tanh.derivative}


class ExactGeluTanh(Right):
    """gelu under the name of gelu_tanh."""

    values = {"gelu_tanh": ref.gelu}


class CeluLikeElu(Right):
    """elu under the name of celu: the same with alpha = 1."""

    values = {"celu": lambda x, alpha=1.0: ref.elu(x, alpha=alpha)}


class EluByItsFormula(Right):
    """The derivative in the input's own arithmetic."""

    def gradient(self, entry, x, upstream, parameters):
        alpha = x.dtype.type(parameters["alpha"])
        return np.where(x > 0, upstream, upstream * (alpha * np.exp(np.minimum(x, 0))))


class OtherDefaults(Right):
    """Right where it is told everything."""

    values = {
        "hard_sigmoid": lambda x, width=5.0: ref.hard_sigmoid(x, width=width),
        "scaled_tanh": lambda x, alpha=1.7159, beta=0.6667: ref.scaled_tanh(
            x, alpha=alpha, beta=beta
        ),
    }


class HeavisideOfHalf(Right):
    """Takes the default at 0, whatever is given."""

    values = {"heaviside": lambda x, at_zero=0.5: ref.heaviside(x)}


class HeavisideOfOne(Right):
    """Takes 1 at 0, whatever is given."""

    values = {"heaviside": lambda x, at_zero=0.5: ref.heaviside(x, at_zero=1.0)}


class HardSiluByParts(Right):
    """The derivative as x / 3 + 1 / 2, whose rounded quotient cancels beside the root."""

    derivatives = {
        "hard_silu": lambda x: np.where(x >= 3, 1, np.where(x > -3, x / 3 + x.dtype.type(0.5), 0))
    }


class MishOfTheLogarithm(Right):
    """x tanh(log(1 + exp(x))) without log1p: the sum with 1 loses the left tail."""

    def value(self, entry, x, parameters):
        if entry.name != "mish":
            return super().value(entry, x, parameters)
        with np.errstate(over="ignore"):
            tail = np.tanh(np.log(1 + np.exp(x)))
            return np.where(np.isinf(x), super().value(entry, x, parameters), x * tail)


class EluWithoutExpm1(Right):
    """exp(x) - 1 cancels near zero."""

    values = {
        "elu": lambda x, alpha=1.0: np.where(x > 0, x, alpha * (np.exp(np.minimum(x, 0)) - 1))
    }


class ReluThatDropsNan(Right):
    """where(x > 0) is false for nan."""

    values = {"relu": lambda x: np.where(x > 0, x, np.zeros_like(x))}


class ReluThatDropsNegativeNan(Right):
    """Compares bits: a nan with the sign bit is taken for a negative number."""

    values = {"relu": lambda x: np.where(np.signbit(x), np.zeros_like(x), x)}


class DerivativeOffByAFactor(Right):
    """tanh' doubled."""

    derivatives = {"tanh": lambda x: 2 * ref.tanh.derivative(x.astype(np.float64))}


class WrongOnlyAtTheKink(Right):
    """relu'(0) = 2, right everywhere else."""

    derivatives = {"relu": lambda x: np.where(x == 0, 2.0, x > 0)}


class GeluWithErf(Right):
    """1 + erf cancels in the negative tail."""

    values = {
        "gelu": lambda x: (
            0.5 * x.astype(np.float64) * (1 + special.erf(x.astype(np.float64) / np.sqrt(2)))
        )
    }


class TanhBeyondOne(Right):
    """One step past the bound, where tanh saturates."""

    values = {
        "tanh": lambda x: (
            np.where(
                np.abs(x) > 19,
                np.copysign(np.nextafter(x.dtype.type(1), x.dtype.type(2)), x),
                ref.tanh(x),
            )
            if x.dtype.kind == "f"
            else ref.tanh(x)
        )
    }


class OnlyInLongArrays(Right):
    """nan at -inf, but only in arrays that a vector loop takes."""

    def value(self, entry, x, parameters):
        right = super().value(entry, x, parameters)
        if entry.name == "silu" and x.size >= 16:
            right = np.where(np.isneginf(x.astype(np.float64)), np.nan, right).astype(x.dtype)
        return right


class Raises(Right):
    """Raises on one entry."""

    def value(self, entry, x, parameters):
        if entry.name == "relu":
            raise RuntimeError("no kernel for this type")
        return super().value(entry, x, parameters)


class Hangs(Right):
    """Does not come back within the test's time limit."""

    def value(self, entry, x, parameters):
        if entry.name == "relu":
            time.sleep(60)
        return super().value(entry, x, parameters)


class WrongShape(Right):
    """Flattens what it returns, and adds an element."""

    def value(self, entry, x, parameters):
        return np.append(super().value(entry, x, parameters).ravel(), x.dtype.type(0))


class WrongDtype(Right):
    """Answers everything in float64."""

    def value(self, entry, x, parameters):
        return super().value(entry, x, parameters).astype(np.float64)


class Lacks(Right):
    """Has no relu."""

    def value(self, entry, x, parameters):
        if entry.name == "relu":
            raise NotOffered("own has no relu")
        return super().value(entry, x, parameters)


class SwappedFans(Right):
    """fan_in and fan_out exchanged."""

    def draw(self, entry, shape, dtype, seed, parameters):
        turned = super().draw(entry, (*shape[:-2], shape[-1], shape[-2]), dtype, seed, parameters)
        return np.swapaxes(turned, -1, -2)


class VarianceForDeviation(Right):
    """The article's slip: sqrt(2 / (fan_in + fan_out)) used as the variance."""

    def draw(self, entry, shape, dtype, seed, parameters):
        drawn = super().draw(entry, shape, dtype, seed, parameters)
        if entry.name != "glorot_normal":
            return drawn
        deviation = ref.glorot_normal.distribution(shape).std()
        return (drawn / np.sqrt(deviation)).astype(dtype)


class IgnoresSeed(Right):
    """Draws from a generator of its own."""

    rng = np.random.default_rng(1)

    def draw(self, entry, shape, dtype, seed, parameters):
        return super().draw(entry, shape, dtype, int(self.rng.integers(2**32)), parameters)


class UniformForNormal(Right):
    """A uniform of the right variance where a normal belongs."""

    def draw(self, entry, shape, dtype, seed, parameters):
        if entry.name != "he_normal":
            return super().draw(entry, shape, dtype, seed, parameters)
        half = np.sqrt(3) * ref.he_normal.distribution(shape).std()
        return np.random.default_rng(seed).uniform(-half, half, shape).astype(dtype)


# Backends that are right, in ways that a suite might hold against them.


class Scalars(Right):
    """NumPy's scalars where the input has no dimensions, as its functions return them."""

    def value(self, entry, x, parameters):
        return super().value(entry, x, parameters)[()]


class LastOfTies(Right):
    """The last of several maxima takes the derivative."""

    def gradient(self, entry, x, upstream, parameters):
        if entry.name != "maxout":
            return super().gradient(entry, x, upstream, parameters)
        last = x.shape[-1] - 1 - np.argmax(x[..., ::-1], axis=-1)
        got = np.zeros_like(x)
        np.put_along_axis(got, last[..., np.newaxis], upstream[..., np.newaxis], axis=-1)
        # A row with a nan has no maximum: its derivative is nan in the reference.
        broken = np.isnan(x.astype(np.float64)).any(axis=-1)
        got[broken] = super().gradient(entry, x, upstream, parameters)[broken]
        return got


class FlushesInputs(Right):
    """Subnormal inputs count as zero."""

    def value(self, entry, x, parameters):
        return super().value(entry, self._flushed(x), parameters)

    def gradient(self, entry, x, upstream, parameters):
        return super().gradient(entry, self._flushed(x), upstream, parameters)

    @staticmethod
    def _flushed(x):
        if x.dtype.kind in "biu":
            return x
        tiny = np.abs(x.astype(np.float64)) < 2.0**-126
        return np.where(tiny, np.copysign(0.0, x.astype(np.float64)).astype(x.dtype), x)


class NotQuiteOdd(Right):
    """tanh of a negative number is one number further from zero, but for the last and for 1."""

    def value(self, entry, x, parameters):
        got = super().value(entry, x, parameters)
        if x.dtype != np.float32:
            return got
        moved = np.nextafter(got, np.float32(-np.inf))
        inside = (got < 0) & (got > -0.9) & (got < -1e-30)
        return np.where(inside, moved, got)


class OneUlpAboveOne(Right):
    """tanh' near 0 is one number above 1, so that its product with the largest number overflows."""

    derivatives = {
        "tanh": lambda x: np.where(
            np.abs(x.astype(np.float64)) < 1e-5,
            1 + 2.0**-23,
            ref.tanh.derivative(x.astype(np.float64)),
        )
    }
