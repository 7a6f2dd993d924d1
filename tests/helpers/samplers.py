"""Backends that draw: a right one, and wrong ones of a few lines, each with one fault."""

from __future__ import annotations

import time

import numpy as np
from scipy import stats

from actinit import reference as ref
from actinit.adapters import Adapter


class Sampler(Adapter):
    """The reference, unless a subclass draws its own way."""

    name = "sampler"
    generator = np.random.PCG64

    def versions(self):
        return {}

    def value(self, entry, x, parameters):
        raise AssertionError("no activation is asked of a sampler")

    def source(self, entry, dtype, seed, parameters):
        rng = np.random.Generator(self.generator(seed))
        return lambda shape: self.sample(entry, shape, rng, parameters, dtype).astype(
            dtype, copy=False
        )

    def sample(self, entry, shape, rng, parameters, dtype):
        return ref.initializers[entry.name](shape, rng=rng, dtype=dtype, **parameters)


class Changed(Sampler):
    """The right draws in float64, changed before they are rounded."""

    def sample(self, entry, shape, rng, parameters, dtype):
        drawn = super().sample(entry, shape, rng, parameters, np.float64)
        return self.changed(drawn, distribution_of(entry, shape, parameters), rng, dtype)


def distribution_of(entry, shape, parameters):
    return ref.initializers[entry.name].distribution(shape, **parameters)


class SwappedFans(Sampler):
    def sample(self, entry, shape, rng, parameters, dtype):
        turned = (*shape[:-2], shape[-1], shape[-2])
        return super().sample(entry, turned, rng, parameters, dtype).reshape(shape)


class SquareOnly(Sampler):
    """Takes the number of rows for the fan, whatever else there is."""

    def sample(self, entry, shape, rng, parameters, dtype):
        square = super().sample(entry, (shape[0], shape[0]), rng, parameters, np.float64)
        scale = square.std() if square.size > 100 else 1.0
        return scale * rng.standard_normal(shape)


class NoReceptiveField(Sampler):
    def sample(self, entry, shape, rng, parameters, dtype):
        return rng.normal(0, distribution_of(entry, shape[-2:], parameters).std(), shape)


class NoGain(Sampler):
    """He's initialization without the 2 in its variance."""

    def sample(self, entry, shape, rng, parameters, dtype):
        return rng.normal(0, distribution_of(entry, shape, parameters).std() / 2**0.5, shape)


class DeviationAsVariance(Changed):
    def changed(self, drawn, distribution, rng, dtype):
        return drawn / distribution.std() ** 0.5


class DeviationAsLimit(Changed):
    def changed(self, drawn, distribution, rng, dtype):
        return drawn / 3**0.5


class UniformForNormal(Changed):
    def changed(self, drawn, distribution, rng, dtype):
        limit = 3**0.5 * distribution.std()
        return rng.uniform(-limit, limit, drawn.shape)


class Heavy(Changed):
    """A distribution of the right variance with heavier tails."""

    def changed(self, drawn, distribution, rng, dtype):
        return rng.laplace(distribution.mean(), distribution.std() / 2**0.5, drawn.shape)


class NotTruncated(Changed):
    def changed(self, drawn, distribution, rng, dtype):
        return rng.normal(0, distribution.std(), drawn.shape)


class NotCorrected(Changed):
    """Cut at two standard deviations, and nothing done for the variance that this costs."""

    def changed(self, drawn, distribution, rng, dtype):
        return drawn * stats.truncnorm(-2, 2).std()


class CorrectedTwice(Changed):
    def changed(self, drawn, distribution, rng, dtype):
        return drawn / stats.truncnorm(-2, 2).std()


class CutFurtherOut(Changed):
    """At 2.1 standard deviations of the bell."""

    def changed(self, drawn, distribution, rng, dtype):
        bell = distribution.support()[1] / 2
        return ref.truncated_normal(
            drawn.shape, rng=rng, dtype=np.float64, stddev=bell, lower=-2.1, upper=2.1
        )


class OnePerCentWide(Changed):
    def changed(self, drawn, distribution, rng, dtype):
        return distribution.mean() + 1.01 * (drawn - distribution.mean())


class OffCentre(Changed):
    """The mean is off by half a per cent of the standard deviation."""

    def changed(self, drawn, distribution, rng, dtype):
        return drawn + 0.005 * distribution.std()


class Leaking(Changed):
    """One weight in 100,000 is beyond the bound."""

    rate = 1e-5

    def changed(self, drawn, distribution, rng, dtype):
        beyond = distribution.support()[1] + distribution.std() / 10
        return np.where(rng.random(drawn.shape) < self.rate, beyond, drawn)


class HardlyLeaking(Leaking):
    """One weight in a million."""

    rate = 1e-6


class Neighbours(Changed):
    """A hundredth of each weight is the one before it."""

    def changed(self, drawn, distribution, rng, dtype):
        z = drawn - distribution.mean()
        mixed = z.copy()
        mixed[:, 1:] = 0.99995 * z[:, 1:] + 0.01 * z[:, :-1]
        return distribution.mean() + mixed


class RepeatedRow(Changed):
    """One row in a thousand is the one before it."""

    def changed(self, drawn, distribution, rng, dtype):
        again = np.flatnonzero(rng.random(len(drawn) - 1) < 1e-3) + 1
        drawn[again] = drawn[again - 1]
        return drawn


class Coarse(Sampler):
    """A uniform number of 12 bits behind each weight."""

    def sample(self, entry, shape, rng, parameters, dtype):
        share = (rng.integers(0, 2**12, shape) + 0.5) / 2**12
        return distribution_of(entry, shape, parameters).ppf(share)


class WrongInBfloat16(Changed):
    """Right but for bfloat16, which is rounded towards 0."""

    def changed(self, drawn, distribution, rng, dtype):
        if dtype != np.dtype("bfloat16"):
            return drawn
        bits = drawn.astype(np.float32).view(np.uint32) & np.uint32(0xFFFF0000)
        return bits.view(np.float32)


class RoundedOutwards(Changed):
    """Right but for bfloat16, where a draw beside the bound is rounded to the far side of it."""

    def changed(self, drawn, distribution, rng, dtype):
        if dtype != np.dtype("bfloat16"):
            return drawn
        high = dtype.type(distribution.support()[1])
        beyond = float(np.nextafter(high, dtype.type(np.inf)))
        return np.where(drawn == drawn.max(), beyond, drawn)


class UnsignedRotation(Sampler):
    """The Q of a QR decomposition, with the signs that LAPACK gives it."""

    def sample(self, entry, shape, rng, parameters, dtype):
        columns = shape[-1]
        matrix = rng.standard_normal((int(np.prod(shape[:-1])), columns))
        tall = matrix if matrix.shape[0] >= columns else matrix.T
        q = np.linalg.qr(tall)[0]
        q = q if matrix.shape[0] >= columns else q.T
        return parameters.get("gain", 1.0) * q.reshape(shape)


class IgnoresParameters(Sampler):
    def sample(self, entry, shape, rng, parameters, dtype):
        return super().sample(entry, shape, rng, {}, dtype)


class OtherDefaults(Sampler):
    def sample(self, entry, shape, rng, parameters, dtype):
        told = {"mean": 0.0, "stddev": 1.0} | dict(parameters)
        return super().sample(entry, shape, rng, told, dtype)


class IgnoresSeed(Sampler):
    def __init__(self):
        self._rng = np.random.default_rng(1)

    def sample(self, entry, shape, rng, parameters, dtype):
        return super().sample(entry, shape, self._rng, parameters, dtype)


class DrawsOnce(Sampler):
    """One initializer object gives one tensor, however often it is called."""

    def source(self, entry, dtype, seed, parameters):
        return lambda shape: super(DrawsOnce, self).source(entry, dtype, seed, parameters)(shape)


class RelatedSeeds(Sampler):
    """Successive seeds share a twentieth of their randomness."""

    def sample(self, entry, shape, rng, parameters, dtype):
        common = np.random.default_rng(1).normal(size=shape)
        mixed = 0.05**0.5 * common + 0.95**0.5 * rng.normal(size=shape)
        return distribution_of(entry, shape, parameters).std() * mixed


class Global(Sampler):
    """Seeds one generator for all, and draws half of a tensor after the other."""

    def source(self, entry, dtype, seed, parameters):
        self._shared = np.random.Generator(np.random.PCG64(seed))

        def draw(shape):
            halves = []
            for _ in range(2):
                halves.append(self.sample(entry, shape, self._shared, parameters, dtype))
                time.sleep(0.01)  # so that another thread's turn comes
            return np.concatenate(
                [halves[0][: len(halves[0]) // 2], halves[1][len(halves[1]) // 2 :]]
            )

        return draw


class SometimesNan(Sampler):
    def sample(self, entry, shape, rng, parameters, dtype):
        drawn = super().sample(entry, shape, rng, parameters, dtype).copy()
        drawn.flat[0] = np.nan
        return drawn


class NearlyConstant(Sampler):
    def sample(self, entry, shape, rng, parameters, dtype):
        drawn = super().sample(entry, shape, rng, parameters, dtype).copy()
        drawn.flat[-1] = np.nextafter(drawn.flat[-1], dtype.type(1))
        return drawn


class Philox(Sampler):
    generator = np.random.Philox


class MersenneTwister(Sampler):
    generator = np.random.MT19937
