"""Backends that draw: a right one, and wrong ones of a few lines, each with one fault."""

from __future__ import annotations

import time
from itertools import count

import numpy as np
from scipy import special, stats

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


class SeeksTheAxes(Sampler):
    """Cayley's transform of a random antisymmetric matrix, rows and columns mixed and signed."""

    def sample(self, entry, shape, rng, parameters, dtype):
        rows, columns = int(np.prod(shape[:-1])), shape[-1]
        n = max(rows, columns)
        skew = rng.standard_normal((n, n))
        skew -= skew.T
        turned = np.linalg.solve(np.eye(n) + skew, np.eye(n) - skew)
        mixed = (turned[rng.permutation(n)] * rng.choice([-1, 1], n))[:, rng.permutation(n)]
        cut = (mixed * rng.choice([-1, 1], n))[:rows, :columns]
        return parameters.get("gain", 1.0) * cut.reshape(shape)


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


class Unlocked(Sampler):
    """One generator for all threads, of which each reads and writes the state without a lock."""

    def source(self, entry, dtype, seed, parameters):
        seeds = count(seed, 2**50)

        def draw(shape):
            self._state = next(seeds)
            low, high = distribution_of(entry, shape, parameters).support()
            drawn = np.empty(shape)
            for part in np.array_split(drawn.reshape(-1), 16):  # in less than a millisecond
                state = self._state
                part[:] = np.random.Generator(np.random.PCG64(state)).random(part.size)
                self._state = state + 2**40
            return (low + (high - low) * drawn).astype(dtype)

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


class Evenly(Sampler):
    """Every quantile once: as a normal distribution, cut or not, is due; cheap enough for 2**30.

    The tensor is one and the same, in which only what is changed is other each time.
    """

    def __init__(self):
        self._kept, self._before = {}, (np.zeros(0, np.intp), [])

    def sample(self, entry, shape, rng, parameters, dtype):
        distribution = distribution_of(entry, shape, parameters)
        key = tuple(shape), repr(sorted(parameters.items())), np.dtype(dtype)
        if key not in self._kept:
            cut = distribution.args if distribution.dist.name == "truncnorm" else (-99, 99)
            low, high = special.ndtr(cut)
            size = int(np.prod(shape))
            share = low + (high - low) * (np.arange(size) + 0.5) / size
            drawn = distribution.kwds["loc"] + distribution.kwds["scale"] * special.ndtri(share)
            self._kept, self._before = {key: drawn.astype(dtype)}, (np.zeros(0, np.intp), [])
        drawn = self._kept[key]
        drawn[self._before[0]] = self._before[1]
        places, numbers = self.changes(drawn, distribution, rng)
        self._before = places, drawn[places]
        drawn[places] = numbers
        return drawn.reshape(shape)


class Rarely(Evenly):
    """Now and then a draw is a number that it should not be."""

    rate = 1e-7

    def changes(self, drawn, distribution, rng):
        places = rng.integers(0, drawn.size, rng.binomial(drawn.size, self.rate))
        return places, self.number(distribution)


class Contaminated(Rarely):
    """One draw in ten million lies seven standard deviations out."""

    def number(self, distribution):
        return distribution.mean() + 7 * distribution.std()


class HardlyContaminated(Contaminated):
    """One draw in a hundred million."""

    rate = 1e-8


class InfiniteOnce(Rarely):
    """The old truncation of PyTorch: an infinite quantile, once in 2**25, becomes the bound."""

    rate = 2.0**-25

    def number(self, distribution):
        return distribution.support()[0]


class FarOut(Changed):
    """One draw in 500,000 lies seven standard deviations out; all others are the reference's."""

    def changed(self, drawn, distribution, rng, dtype):
        out = distribution.mean() + 7 * distribution.std()
        return np.where(rng.random(drawn.shape) < 2e-6, out, drawn)


class InfiniteInWideBounds(Changed):
    """The old truncation of PyTorch, sixty times as often."""

    def changed(self, drawn, distribution, rng, dtype):
        low, _ = distribution.support()
        wide = low < distribution.mean() - 100 * distribution.std()
        return np.where((rng.random(drawn.shape) < 2e-6) & wide, low, drawn)


class GivesUp(Rarely):
    """Draws again what lies outside the bounds, four times; then it takes the number for it."""

    def changes(self, drawn, distribution, rng):
        low, high = distribution.args
        self.rate = (stats.norm.cdf(low) + stats.norm.sf(high)) ** 4
        return super().changes(drawn, distribution, rng)

    def number(self, distribution):
        return distribution.support()[1]


class GivesUpAtTheMean(GivesUp):
    def number(self, distribution):
        return distribution.mean()


class GivesUpAtZero(GivesUp):
    def number(self, distribution):
        return 0.0


class Clipped(Sampler):
    """Clips the tails to the bounds instead of drawing again."""

    def sample(self, entry, shape, rng, parameters, dtype):
        cut = distribution_of(entry, shape, parameters)
        return np.clip(rng.normal(cut.kwds["loc"], cut.kwds["scale"], shape), *cut.support())


class HeavierOutside(Evenly):
    """Beyond four standard deviations there is a fifth more than is due."""

    def changes(self, drawn, distribution, rng):
        out = stats.norm.isf(rng.random(rng.binomial(drawn.size, 1.3e-5)) * stats.norm.sf(4))
        out *= rng.choice([-1, 1], out.size)
        places = rng.integers(0, drawn.size, out.size)
        return places, distribution.mean() + distribution.std() * out


class CutFarOut(Evenly):
    """Draws nothing beyond four and a half standard deviations."""

    def changes(self, drawn, distribution, rng):
        # They ascend.
        out = int(drawn.size * stats.norm.sf(4.5)) + 1
        return np.r_[:out, -out:0], drawn[drawn.size // 3]


class BoxAndMuller(Sampler):
    """A right sampler whose uniform numbers have 24 bits, as those of float32 have."""

    def sample(self, entry, shape, rng, parameters, dtype):
        size = int(np.prod(shape))
        one, other = rng.random((2, size), dtype=np.float32)
        radius = np.sqrt(-2 * np.log(np.float32(1) - one))
        standard = (radius * np.cos(np.float32(2 * np.pi) * other)).reshape(shape)
        return scaled_to(entry, shape, parameters, standard)


class OfFewBits(Sampler):
    """A right sampler: the inverse of the distribution function at the middle of 2**23 pieces."""

    def sample(self, entry, shape, rng, parameters, dtype):
        share = (rng.integers(0, 2**23, shape) + 0.5) / 2**23
        return scaled_to(entry, shape, parameters, special.ndtri(share))


def scaled_to(entry, shape, parameters, standard):
    distribution = distribution_of(entry, shape, parameters)
    return distribution.mean() + distribution.std() * standard


class Philox(Sampler):
    generator = np.random.Philox


class MersenneTwister(Sampler):
    generator = np.random.MT19937


class TwentyBits(Changed):
    """A stream of 2**20 weights, which then begins again."""

    def changed(self, drawn, distribution, rng, dtype):
        return np.resize(drawn.reshape(-1)[: 2**20], drawn.size).reshape(drawn.shape)


class SettlesInARing(Changed):
    """A stream that begins with weights of its own, and then goes round 2**20 others."""

    def changed(self, drawn, distribution, rng, dtype):
        flat = drawn.reshape(-1).copy()
        if flat.size > 2**21:
            flat[100:] = np.resize(flat[100 : 100 + 2**20], flat.size - 100)
        return flat.reshape(drawn.shape)
