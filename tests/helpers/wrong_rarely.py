"""Backends that are wrong rarely, or only somewhere: each is right but for one narrow place."""

from __future__ import annotations

import numpy as np

from actinit import reference as ref
from actinit.adapters import NotOffered
from actinit.conformance.oracle import exact
from helpers.wrong import Right

#: The one float32 that `OneFloat32` gets wrong: 1.2361218, of no stratum of the sample.
ONE = np.uint32(0x3F9E393D)


def stepped(array, where):
    """Return an array with some of its numbers moved to their neighbour towards zero."""
    numbers = array.astype(np.float64)
    bits = np.array(array).view(f"u{array.dtype.itemsize}")
    moved = bits - np.asarray(where & np.isfinite(numbers) & (numbers != 0)).astype(bits.dtype)
    return np.asarray(moved, dtype=bits.dtype).view(array.dtype)


class OneFloat32(Right):
    """Wrong for one float32 in four thousand million, by a factor."""

    def value(self, entry, x, parameters):
        right = super().value(entry, x, parameters)
        if x.dtype != np.float32:
            return right
        hit = np.ascontiguousarray(x).view(np.uint32).reshape(x.shape) == ONE
        return np.where(hit, np.float32(0.5) * right, right)


class OneLane(Right):
    """The last lane of every full vector of eight is an ulp off; what is left over is right."""

    def value(self, entry, x, parameters):
        right = super().value(entry, x, parameters)
        if entry.shape != "elementwise" or x.ndim != 1:
            return right
        lane = np.arange(x.size)
        return stepped(right, (lane % 8 == 7) & (lane < x.size // 8 * 8))


class OnlyLength65(Right):
    """An ulp off in the last place of arrays of 65."""

    def value(self, entry, x, parameters):
        right = super().value(entry, x, parameters)
        return stepped(right, np.arange(x.size).reshape(x.shape) == 64) if x.size == 65 else right


class OnlyTheSecondTime(Right):
    """An ulp off when asked for the same again."""

    last = b""

    def value(self, entry, x, parameters):
        again, self.last = x.tobytes() == self.last, x.tobytes()
        return stepped(super().value(entry, x, parameters), again)


class OnlyBackwards(Right):
    """Takes an array that runs backwards for one that runs forwards."""

    def value(self, entry, x, parameters):
        if x.ndim and x.strides[0] < 0:
            return super().value(entry, x[::-1], parameters)
        return super().value(entry, x, parameters)


class OnlyUpwards(Right):
    """Rounds every value up: always less than an ulp off, but in one direction."""

    def value(self, entry, x, parameters):
        right = super().value(entry, x, parameters)
        if entry.name != "tanh" or x.dtype != np.float32:
            return right
        points = x.astype(np.float64)
        above = ref.tanh(points) > right.astype(np.float64)
        return np.where(above, np.nextafter(right, np.float32(np.inf)), right)


class OnlyForNegativeUpstream(Right):
    """Loses the sign of the upstream gradient."""

    def gradient(self, entry, x, upstream, parameters):
        return super().gradient(entry, x, np.abs(upstream), parameters)


class NoUpstreamInRemainder(Right):
    """Forgets the upstream gradient in what is left over beyond whole vectors of 16."""

    def gradient(self, entry, x, upstream, parameters):
        above = upstream.copy()
        if x.size > 16:
            above[x.size // 16 * 16 :] = 1
        return super().gradient(entry, x, above, parameters)


class OnlyBelowOne(Right):
    """For 1 and -1 the numbers before them, which are within half an ulp."""

    def value(self, entry, x, parameters):
        one = np.nextafter(x.dtype.type(1), x.dtype.type(0))
        right = super().value(entry, x, parameters)
        return np.where(np.abs(right) == 1, np.copysign(one, right), right)


class OnlyForHugeUpstream(Right):
    """Multiplies the upstream gradient by 4 before it divides: infinity where there is a number."""

    def gradient(self, entry, x, upstream, parameters):
        with np.errstate(over="ignore"):
            above = upstream * x.dtype.type(4)
        right = super().gradient(entry, x, above, parameters) / x.dtype.type(4)
        return np.asarray(right, dtype=x.dtype)


class OnlyForZeroUpstream(Right):
    """Has the gradient by way of 1 / upstream: an upstream 0 becomes 1 / inf * inf."""

    def gradient(self, entry, x, upstream, parameters):
        right = super().gradient(entry, x, upstream, parameters)
        return np.where(upstream == 0, np.nan, right).astype(x.dtype)


class UpstreamNanDropped(Right):
    """Takes an upstream nan for 0."""

    def gradient(self, entry, x, upstream, parameters):
        return super().gradient(entry, x, np.nan_to_num(upstream, nan=0.0), parameters)


class OnlyForNegativeZero(Right):
    """Adds 0, which makes 0 of -0."""

    def value(self, entry, x, parameters):
        return np.asarray(super().value(entry, x, parameters) + x.dtype.type(0))


class OnlyForSubnormals(Right):
    """Doubles the result where the input is subnormal."""

    def value(self, entry, x, parameters):
        right = super().value(entry, x, parameters)
        if x.dtype != np.float32:
            return right
        subnormal = (x != 0) & (np.abs(x) < np.finfo(np.float32).tiny)
        return np.asarray(right * np.where(subnormal, x.dtype.type(2), x.dtype.type(1)))


class DerivativeForNan(Right):
    """The derivative at nan is 0, as if a comparison had chosen it."""

    def gradient(self, entry, x, upstream, parameters):
        right = super().gradient(entry, x, upstream, parameters)
        return np.where(np.isnan(x.astype(np.float64)), 0, right).astype(x.dtype)


class ForgetsStrides(Right):
    """Reads the memory from the first element on, whatever the strides."""

    def value(self, entry, x, parameters):
        if x.ndim == 1 and x.size > 1 and x.strides[0] == 2 * x.itemsize:
            dense = np.lib.stride_tricks.as_strided(x, x.shape, (x.itemsize,))
            return super().value(entry, dense.copy(), parameters)
        return super().value(entry, x, parameters)


class RefusesNothing(Right):
    """Raises for an array without elements."""

    def value(self, entry, x, parameters):
        if not x.size:
            raise IndexError("list index out of range")
        return super().value(entry, x, parameters)


class OffInPlace(Right):
    """An ulp off when it writes where it reads."""

    def in_place(self, entry, x, parameters):
        return stepped(super().value(entry, x, parameters), True)


class OneRowOfThree(Right):
    """In a batch of rows, the last is an ulp off."""

    def value(self, entry, x, parameters):
        right = super().value(entry, x, parameters)
        last = (np.arange(len(x)) == len(x) - 1) & (len(x) > 1) if x.ndim == 2 else np.array(False)
        return stepped(right, last.reshape(-1, *(1,) * (right.ndim - 1)))


class TruncatesIntegers(Right):
    """Answers integers in integers."""

    def value(self, entry, x, parameters):
        return super().value(entry, x, parameters).astype(x.dtype)


class WrapsIntegers(Right):
    """Subtracts the maximum of a row before it promotes it: -1 is 255."""

    def value(self, entry, x, parameters):
        if x.dtype.kind == "u":
            x = x - x.max(axis=-1, keepdims=True)
        return super().value(entry, x, parameters)


class Forward(Right):
    """Has a forward mode, by the formula of reverse mode."""

    def forward(self, entry, x, tangent, parameters):
        if entry.shape != "elementwise":
            raise NotOffered("rows have none")
        return self.gradient(entry, x, tangent, parameters)


class ForwardByAnotherFormula(Forward):
    """In forward mode 1 - tanh(x)**2, which cancels; by reverse mode it does not."""

    def forward(self, entry, x, tangent, parameters):
        y = ref.tanh(x)
        return ((x.dtype.type(1) - y * y) * tangent).astype(x.dtype)


class ForwardTakesTheOtherSide(Forward):
    """In forward mode 1 at the kink, and 0 in reverse mode."""

    def forward(self, entry, x, tangent, parameters):
        right = super().forward(entry, x, tangent, parameters)
        return np.where(x == 0, tangent, right).astype(x.dtype)


class ForwardIsNanAtInfinity(Forward):
    """Infinity times 0, at infinite inputs alone."""

    def forward(self, entry, x, tangent, parameters):
        right = super().forward(entry, x, tangent, parameters)
        return np.where(np.isinf(x), np.nan, right).astype(x.dtype)


class ForwardIgnoresTheTangent(Forward):
    """The derivative alone, which tangents of 1 do not tell from the product."""

    def forward(self, entry, x, tangent, parameters):
        return super().forward(entry, x, np.ones_like(x), parameters)


class ForwardAnUlpOff(Forward):
    """In forward mode an ulp more at one input in three: as good as reverse mode."""

    def forward(self, entry, x, tangent, parameters):
        right = super().forward(entry, x, tangent, parameters)
        up = np.nextafter(right, x.dtype.type(np.inf))
        return np.where(np.isfinite(x) & (right > 0.25) & (x * 3 % 1 < 0.3), up, right)


class Second(Right):
    """Has second derivatives, from the oracle."""

    def second(self, entry, x, upstream, parameters):
        if entry.shape != "elementwise":
            raise NotOffered("rows have none")
        points = x.astype(np.float64)
        slope = exact(entry, "derivative", points, parameters, order=1).rounded
        return (slope * upstream.astype(np.float64)).astype(x.dtype)


class SecondOffByAFactor(Second):
    """tanh'' doubled."""

    def second(self, entry, x, upstream, parameters):
        return x.dtype.type(2) * super().second(entry, x, upstream, parameters)


class SecondThatCancels(Second):
    """sigmoid'' as autograd has it from y (1 - y): 1 - 2 y and 1 - y cancel."""

    def second(self, entry, x, upstream, parameters):
        y = ref.sigmoid(x)
        one = x.dtype.type(1)
        return (y * (one - y) * (one - y - y) * upstream).astype(x.dtype)


class SecondIsNanFarOut(Second):
    """Infinity times 0, where the square of the input overflows."""

    def second(self, entry, x, upstream, parameters):
        with np.errstate(over="ignore"):
            square = x * x
        right = super().second(entry, x, upstream, parameters)
        return np.where(np.isinf(square), np.nan, right).astype(x.dtype)
