"""Distributions of whole kernels: rotations, the identity, sparse matrices."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..layouts import Kernel
from . import _portable
from ._distribution import Distribution, Draws
from ._rotations import rotation

__all__ = ["Delta", "Dirac", "Fourier", "Identity", "Orthogonal", "Sparse"]


class _OfKernel(Distribution):
    """A distribution that knows which dimension of its kernel is which."""

    kernel: Kernel

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Draws:
        return self.kernel.laid_out(self.ordered(rng))

    def ordered(self, rng: np.random.Generator) -> Draws:
        """Return the kernel with its places first, then inputs, then outputs."""
        raise NotImplementedError

    def frozen(self) -> Any:
        raise ValueError(
            "the weights of this kernel have no distribution each: some are fixed by their place"
        )


@dataclass(frozen=True)
class Orthogonal(_OfKernel):
    """A rotation, as a matrix of all but the outputs times the outputs."""

    kernel: Kernel
    gain: float

    @property
    def bounds(self) -> tuple[float, float]:  # type: ignore[override]
        return -self.gain, self.gain

    def ordered(self, rng: np.random.Generator) -> Draws:
        places, inputs, outputs = self.kernel.places, self.kernel.inputs, self.kernel.outputs
        matrix = self.gain * rotation(rng, math.prod(places) * inputs, outputs)
        return matrix.reshape(*places, inputs, outputs)

    def frozen(self) -> Any:
        from scipy.stats import beta

        longer = max(math.prod(self.kernel.shape) // self.kernel.outputs, self.kernel.outputs)
        if longer < 2:
            raise ValueError("one weight alone is gain or -gain: it has no density")
        # (1 + x) / 2, for x a coordinate of a random unit vector.
        half = (longer - 1) / 2
        return beta(half, half, loc=-self.gain, scale=2 * self.gain)


@dataclass(frozen=True)
class Delta(_OfKernel):
    """A rotation at the centre of the receptive field, 0 around it."""

    kernel: Kernel
    gain: float

    @property
    def bounds(self) -> tuple[float, float]:  # type: ignore[override]
        return -self.gain, self.gain

    def ordered(self, rng: np.random.Generator) -> Draws:
        found = np.zeros((*self.kernel.places, self.kernel.inputs, self.kernel.outputs))
        matrix = rotation(rng, self.kernel.inputs, self.kernel.outputs)
        found[self.kernel.centre] = self.gain * matrix
        return found


@dataclass(frozen=True)
class Identity(_OfKernel):
    """A number on the main diagonal, 0 beside it."""

    kernel: Kernel
    value: float
    random = False

    def ordered(self, rng: np.random.Generator) -> Draws:
        return self.value * np.eye(self.kernel.inputs, self.kernel.outputs)


@dataclass(frozen=True)
class Dirac(_OfKernel):
    """1 from each input channel to the output channel of its number, in each group."""

    kernel: Kernel
    groups: int
    random = False

    def ordered(self, rng: np.random.Generator) -> Draws:
        found = np.zeros((*self.kernel.places, self.kernel.inputs, self.kernel.outputs))
        size = self.kernel.outputs // self.groups
        one = np.eye(self.kernel.inputs, size)
        found[self.kernel.centre] = np.tile(one, self.groups)
        return found


@dataclass(frozen=True)
class Fourier(_OfKernel):
    """One side of the Fourier transform of a frame under a window."""

    kernel: Kernel
    imaginary: bool
    alpha: float
    periodic: bool
    norm: int
    random = False

    def ordered(self, rng: np.random.Generator) -> Draws:
        (length,), outputs = self.kernel.places, self.kernel.outputs
        time = np.arange(length)
        window = self.alpha - (1 - self.alpha) * _portable.cosine(
            time, max(1, length - 1 + self.periodic)
        )
        if self.norm and self.alpha < 1:
            # Added one by one: NumPy's own sum takes another order on another CPU.
            total = math.fsum(abs(w) ** self.norm for w in window.tolist())
            window = window / (math.sqrt(total) if self.norm == 2 else total)
        period = max(1, 2 * (outputs - 1))
        # A quarter of a turn makes a cosine the negative sine; in quarters it is an integer.
        turns = 4 * np.multiply.outer(time, np.arange(outputs)) + self.imaginary * period
        wave = _portable.cosine(turns, 4 * period)
        return (window[:, None] * wave)[:, None, :]


@dataclass(frozen=True)
class Sparse(_OfKernel):
    """Of the weights that leave each input, `zeros` are 0; the others are normal."""

    kernel: Kernel
    zeros: int
    stddev: float

    def ordered(self, rng: np.random.Generator) -> Draws:
        inputs, outputs = self.kernel.inputs, self.kernel.outputs
        weights = self.stddev * _portable.normals(rng, inputs * outputs).reshape(inputs, outputs)
        keys = _portable.uniforms(rng, inputs * outputs).reshape(inputs, outputs)
        chosen = np.argsort(keys, axis=1, kind="stable")[:, : self.zeros]
        np.put_along_axis(weights, chosen, 0.0, axis=1)
        return weights
