"""Backends that draw: a right one, and wrong ones of a few lines, each with one fault."""

from __future__ import annotations

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


class SwappedFans(Sampler):
    def sample(self, entry, shape, rng, parameters, dtype):
        turned = (*shape[:-2], shape[-1], shape[-2])
        return ref.initializers[entry.name](turned, rng=rng).reshape(shape)


class NoReceptiveField(Sampler):
    def sample(self, entry, shape, rng, parameters, dtype):
        return rng.normal(0, ref.initializers[entry.name].distribution(shape[-2:]).std(), shape)


class NoGain(Sampler):
    def sample(self, entry, shape, rng, parameters, dtype):
        return ref.lecun_normal(shape, rng=rng, dtype=dtype)


class VarianceAsDeviation(Sampler):
    def sample(self, entry, shape, rng, parameters, dtype):
        return rng.normal(0, ref.initializers[entry.name].distribution(shape).var(), shape)


class DeviationAsVariance(Sampler):
    def sample(self, entry, shape, rng, parameters, dtype):
        return rng.normal(0, ref.initializers[entry.name].distribution(shape).std() ** 0.5, shape)


class DeviationAsLimit(Sampler):
    def sample(self, entry, shape, rng, parameters, dtype):
        limit = ref.initializers[entry.name].distribution(shape).std()
        return rng.uniform(-limit, limit, shape)


class UniformForNormal(Sampler):
    def sample(self, entry, shape, rng, parameters, dtype):
        limit = 3**0.5 * ref.initializers[entry.name].distribution(shape).std()
        return rng.uniform(-limit, limit, shape)


class NotTruncated(Sampler):
    def sample(self, entry, shape, rng, parameters, dtype):
        return rng.normal(0, ref.initializers[entry.name].distribution(shape).std(), shape)


class NotCorrected(Sampler):
    """Cut at two standard deviations, and nothing done for the variance that this costs."""

    def sample(self, entry, shape, rng, parameters, dtype):
        deviation = ref.initializers[entry.name].distribution(shape).std()
        return ref.truncated_normal(shape, rng=rng, dtype=np.float64, stddev=deviation)


class TruncatedForNormal(Sampler):
    def sample(self, entry, shape, rng, parameters, dtype):
        return ref.he_truncated_normal(shape, rng=rng, dtype=dtype)


class OnePerCentWide(Sampler):
    def sample(self, entry, shape, rng, parameters, dtype):
        law = ref.initializers[entry.name].distribution(shape, **parameters)
        drawn = super().sample(entry, shape, rng, parameters, np.float64)
        return law.mean() + 1.01 * (drawn - law.mean())


class OffCentre(Sampler):
    def sample(self, entry, shape, rng, parameters, dtype):
        law = ref.initializers[entry.name].distribution(shape, **parameters)
        drawn = super().sample(entry, shape, rng, parameters, np.float64)
        return drawn + 0.01 * law.std()


class Leaking(Sampler):
    """One weight in 100,000 is beyond the bound."""

    def sample(self, entry, shape, rng, parameters, dtype):
        law = ref.initializers[entry.name].distribution(shape, **parameters)
        drawn = super().sample(entry, shape, rng, parameters, np.float64)
        return np.where(rng.random(shape) < 1e-5, law.support()[1] + law.std() / 10, drawn)


class RoundedOutwards(Sampler):
    """Right but for bfloat16, where a draw beside the bound is rounded to the far side of it."""

    def sample(self, entry, shape, rng, parameters, dtype):
        drawn = super().sample(entry, shape, rng, parameters, dtype)
        if dtype != np.dtype("bfloat16"):
            return drawn
        high = dtype.type(
            ref.initializers[entry.name].distribution(shape, **parameters).support()[1]
        )
        beyond = np.nextafter(high, dtype.type(np.inf))
        return np.where(drawn == drawn.max(), beyond, drawn)


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


class OneSeedForAll(Sampler):
    def sample(self, entry, shape, rng, parameters, dtype):
        return super().sample(entry, shape, np.random.default_rng(1), parameters, dtype)


class RelatedSeeds(Sampler):
    """Successive seeds share a twentieth of their randomness."""

    def sample(self, entry, shape, rng, parameters, dtype):
        deviation = ref.initializers[entry.name].distribution(shape).std()
        common = np.random.default_rng(1).normal(size=shape)
        return deviation * (0.05**0.5 * common + 0.95**0.5 * rng.normal(size=shape))


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


class Heavy(Sampler):
    """A law of the right variance that is none of the usual ones."""

    def sample(self, entry, shape, rng, parameters, dtype):
        deviation = ref.initializers[entry.name].distribution(shape).std()
        return stats.laplace.rvs(scale=deviation / 2**0.5, size=shape, random_state=rng)


class Philox(Sampler):
    generator = np.random.Philox


class MersenneTwister(Sampler):
    generator = np.random.MT19937
