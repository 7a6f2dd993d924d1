"""Draws of the reference for many seeds at once: the same bits in a fraction of the time.

Most of what a small tensor costs are the calls into NumPy, which are as many for one tensor as for
all that many runs ask for in the same place. So these are drawn together: every run has a generator
of its own, the words of all stand in one array, and what the reference does to each is done once.
"""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np

from actinit import reference as ref
from actinit.reference.initializers import _matrices, _portable, _rotations, _univariate

# One word makes one weight.
_OF_WORDS = (_univariate.Normal, _univariate.TruncatedNormal, _univariate.Uniform)


class Together:
    """What several runs draw; each asks for its own, and the first for all of them.

    Parameters
    ----------
    runs : iterable of int
        A seed's second number is that of the run.
    """

    def __init__(self, runs):
        self.runs = list(runs)
        self._entry, self._drawn = "", {}

    def source(self, run, entry, dtype, seed, parameters):
        """Return what draws one tensor after the other in a run."""
        if entry.name != self._entry:  # the checks of an entry come one after the other
            self._entry, self._drawn = entry.name, {}
        place, shapes = self.runs.index(run), ()
        told = (np.dtype(dtype), seed, tuple(sorted(parameters.items())))

        def draw(shape):
            nonlocal shapes
            before, shapes = shapes, (*shapes, tuple(shape))
            if (told, shapes) not in self._drawn:
                self._drawn[told, shapes] = self._draw(entry, told, before, shape, parameters)
            return self._drawn[told, shapes][0][place].copy()

        return draw

    def _draw(self, entry, told, before, shape, parameters):
        """Return the tensors of all runs, rounded, and the generators behind them."""
        dtype, seed, _ = told
        if before:
            streams = [_copied(stream) for stream in self._drawn[told, before][1]]
        else:
            streams = [np.random.PCG64([seed, run]) for run in self.runs]
        initializer = ref.initializers[entry.name]
        distribution = initializer._define_for(tuple(shape), None, None, parameters)
        if isinstance(distribution, _OF_WORDS):
            found = distribution.draw(_Words(streams, math.prod(shape)), (len(streams), *shape))
        elif isinstance(distribution, _matrices.Orthogonal):
            kernel = distribution.kernel
            rows = math.prod(kernel.places) * kernel.inputs
            found = np.stack([
                kernel.laid_out(distribution.gain * each.reshape(
                    *kernel.places, kernel.inputs, kernel.outputs
                ))
                for each in _rotated(streams, rows, kernel.outputs)
            ])  # fmt: skip
        elif isinstance(distribution, _matrices.Delta):
            kernel = distribution.kernel
            ordered = np.zeros((len(streams), *kernel.places, kernel.inputs, kernel.outputs))
            for one, each in zip(
                ordered, _rotated(streams, kernel.inputs, kernel.outputs), strict=True
            ):
                one[kernel.centre] = distribution.gain * each
            found = np.stack([kernel.laid_out(one) for one in ordered])
        else:
            each = (np.random.Generator(stream) for stream in streams)
            found = np.stack([distribution.draw(rng, tuple(shape)) for rng in each])
        return initializer._round(found, distribution, dtype), streams


def _rotated(streams, rows, columns):
    """Return a rotation from each stream."""
    longer, shorter = max(rows, columns), min(rows, columns)
    if shorter > _rotations._PANEL:
        rngs = (np.random.Generator(stream) for stream in streams)
        return [_rotations.rotation(rng, rows, columns) for rng in rngs]
    starts = np.cumsum([0, *(longer - column for column in range(shorter))])
    size = int(starts[-1])
    normals = _portable.normals(_Words(streams, size), len(streams) * size)
    vectors = np.ascontiguousarray(normals.reshape(len(streams), size).T)
    matrices = np.zeros((longer, shorter, len(streams)))
    matrices[np.arange(shorter), np.arange(shorter)] = 1.0
    _rotations._reflect_singly(matrices, np.split(vectors, starts[1:-1]))
    return np.moveaxis(matrices if rows >= columns else np.swapaxes(matrices, 0, 1), -1, 0)


class _Words:
    """In place of a generator: so many words of each stream, one stream after the other."""

    def __init__(self, streams, size):
        self._words = np.concatenate([stream.random_raw(size) for stream in streams])
        self._at = 0
        self.bit_generator = SimpleNamespace(random_raw=self._next)

    def _next(self, count):
        self._at += count
        return self._words[self._at - count : self._at]


def _copied(stream):
    again = np.random.PCG64(0)
    again.state = stream.state
    return again
