"""A sample: tensors drawn one after the other, of which only sums and counts are kept."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..formats import FORMATS, Format
from .scan import hashes, scan
from .standard import Standard

__all__ = ["TAILS", "Sample", "Summary"]

Array = NDArray[Any]
Floats = NDArray[np.float64]

#: Probabilities of the tails whose weights are counted.
TAILS = (1e-3, 1e-4, 1e-5)
# Draws that tell distributions of different names apart beyond doubt.
_SOME = 2**17


@dataclass
class Summary:
    """What is kept of a sample; see `actinit.conformance.initializers.scan.Scan`.

    Attributes
    ----------
    collisions : int
        Weights of the first tensor that are there already.
    uniform : ndarray of float64
        The first tensor's weights, put through the distribution's distribution function, in order;
        empty for 16-bit formats.
    counts : ndarray of int64
        How often each bit pattern of a 16-bit format was drawn.
    row_sums, column_sums : ndarray of float64
        Of z, over the root of their length.
    """

    size: int = 0
    tensors: int = 0
    shape: tuple[int, int] = (0, 0)
    powers: Floats = field(default_factory=lambda: np.zeros(4))
    least: float = math.inf
    greatest: float = -math.inf
    nonfinite: int = 0
    outside: int = 0
    zeros: int = 0
    ends: Array = field(default_factory=lambda: np.zeros(2, np.int64))
    tails: Array = field(default_factory=lambda: np.zeros(2 * len(TAILS), np.int64))
    products: Floats = field(default_factory=lambda: np.zeros(5))
    collisions: int = 0
    uniform: Floats = field(default_factory=lambda: np.zeros(0))
    counts: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    row_sums: list[Floats] = field(default_factory=list)
    column_sums: list[Floats] = field(default_factory=list)
    hashes: dict[str, list[Array]] = field(default_factory=lambda: {"rows": [], "columns": []})


class Sample:
    """Tensors of one distribution, and the tests of them.

    Parameters
    ----------
    tensors : iterable of ndarray
        Of one shape (rows, columns) with an even number of rows, and of one dtype.
    distribution : Standard
        What each weight should follow.
    dtype : str
        Name of the format.
    """

    def __init__(self, tensors: Iterable[Array], distribution: Standard, dtype: str) -> None:
        self.format: Format = FORMATS[dtype]
        self.distribution = distribution
        self.bounds = self.distribution.rounded_bounds(self.format)
        self.summary = Summary()
        #: The first tensor, for what depends on the order of its weights.
        self.first: Floats = np.zeros((0, 0))
        #: Where every tensor has the same bits as the first one.
        self.unchanged: NDArray[np.bool_] = np.zeros((0, 0), np.bool_)
        #: What a diagnosis has already found out about the sample.
        self.notes: dict[str, str] = {}
        self._cuts = np.array(
            [self.distribution.quantile(p) for p in TAILS]
            + [self.distribution.quantile(1 - p) for p in TAILS]
        )
        self._first_bits: Array = np.zeros((0, 0), self.format.bits)
        previous: Floats | None = None
        for tensor in tensors:
            previous = self._take(tensor, previous)

    @property
    def standard_deviation(self) -> float:
        """Of the weights, around their own mean."""
        first, second = self.summary.powers[:2] / self.summary.size
        return self.distribution.stddev * math.sqrt(max(0.0, second - first**2))

    @property
    def kurtosis(self) -> float:
        """Of the weights, around their own mean; 3 if they are one number."""
        first, second, third, fourth = self.summary.powers / self.summary.size
        variance = second - first**2
        if not variance > 0:
            return 3.0
        central = fourth - 4 * first * third + 6 * first**2 * second - 3 * first**4
        return float(central / variance**2)

    @property
    def furthest(self) -> float:
        """How far from the distribution's mean the outermost weight lies."""
        kept = self.summary
        return max(
            abs(kept.least - self.distribution.mean), abs(kept.greatest - self.distribution.mean)
        )

    @property
    def mean(self) -> float:
        """Of the weights."""
        return self.distribution.mean + self.distribution.stddev * float(
            self.summary.powers[0] / self.summary.size
        )

    @property
    def some(self) -> Floats:
        """Weights of the first tensor, at random places, for a diagnosis of their distribution.

        Those of a 16-bit format are moved at random within what rounds to them, so that they can be
        compared with continuous distributions.
        """
        drawn = self.first.ravel()[_places(self.first.size)]
        if not self.format.exhaustive:
            return drawn
        spacing = np.abs(np.spacing(drawn.astype(self.format.dtype)).astype(np.float64))
        jitter = np.random.Generator(np.random.PCG64(1)).random(drawn.size) - 0.5
        return np.clip(drawn + jitter * spacing, drawn.min(), drawn.max())

    def _take(self, tensor: Array, previous: Floats | None) -> Floats:
        kept = self.summary
        x = np.ascontiguousarray(tensor, dtype=np.float64)
        found = scan(
            x, previous, self.distribution.mean, self.distribution.stddev, self.bounds, self._cuts
        )
        kept.size += x.size
        kept.tensors += 1
        kept.shape = (x.shape[0], x.shape[1])
        kept.least = min(kept.least, found.least)
        kept.greatest = max(kept.greatest, found.greatest)
        for name in ("powers", "nonfinite", "outside", "zeros", "ends", "tails", "products"):
            setattr(kept, name, getattr(kept, name) + getattr(found, name))
        kept.row_sums.append(found.rows / math.sqrt(x.shape[1]))
        kept.column_sums.append(found.columns / math.sqrt(x.shape[0]))
        bits = np.ascontiguousarray(tensor).view(self.format.bits)
        if previous is None:
            self.first, self._first_bits = x, bits
            self.unchanged = np.ones(x.shape, np.bool_)
        else:
            self.unchanged &= bits == self._first_bits
        rows, columns = hashes(bits, _factors(max(4096, *x.shape)))
        kept.hashes["rows"].append(rows)
        kept.hashes["columns"].append(columns)
        if self.format.exhaustive:
            more = np.bincount(bits.ravel(), minlength=2**self.format.width)
            kept.counts = more if kept.tensors == 1 else kept.counts + more
        elif kept.tensors == 1:
            ordered = np.sort(x, axis=None)
            kept.collisions = int(np.count_nonzero(ordered[1:] == ordered[:-1]))
            kept.uniform = self.distribution.cdf(ordered)
        return x

    def repeated(self) -> dict[str, int]:
        """Return how many rows, and columns, are bit for bit another one of the sample."""
        found = {}
        for name, parts in self.summary.hashes.items():
            every = np.concatenate(parts)
            found[name] = every.size - np.unique(every).size
        return found


@lru_cache(maxsize=4)
def _factors(count: int) -> NDArray[np.uint64]:
    """Return odd numbers that a row's bit patterns are multiplied by.

    Rows that differ hash apart but once in 2**64.
    """
    drawn = np.random.Generator(np.random.PCG64(0)).integers(0, 2**63, count, dtype=np.uint64)
    return drawn * np.uint64(2) + np.uint64(1)


@lru_cache(maxsize=4)
def _places(size: int) -> NDArray[np.int64]:
    """Return places of a tensor without any order, always the same ones."""
    return np.random.Generator(np.random.PCG64(0)).permutation(size)[:_SOME]
