"""Problems to train in parity: a network of dense layers, data in batches, and an optimizer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit import reference as ref
from actinit import spec
from actinit.adapters.training import Problem

__all__ = ["made", "names"]

Array = NDArray[Any]


def names(problem: Problem) -> list[str]:
    """Return a name for each parameter."""
    return [
        f"{part} of layer {place // 2 + 1}"
        for place, part in enumerate(["kernel", "bias"] * (len(problem.start) // 2))
    ]


def made(
    x: Array,
    y: Array,
    optimizer: str,
    *,
    layers: tuple[int, ...],
    batch: int,
    epochs: int,
    seed: int,
    dtype: str = "float64",
) -> Problem:
    """Return a problem: he_normal kernels and biases of 0, batches shuffled anew in each epoch.

    Parameters
    ----------
    x : ndarray, shape (n, features)
        What to learn from.
    y : ndarray of int, shape (n,)
        Its classes.
    optimizer : str
        Name of the entry; its parameters are at their defaults.
    layers : tuple of int
        Outputs of each layer.
    batch, epochs, seed : int
        Size of a batch, the last of an epoch being what is left; how often all are seen; what
        decides weights and order.
    dtype : str, optional
        Of inputs and parameters; the same numbers are drawn for each, and rounded.

    Raises
    ------
    ValueError
        If the batch is larger than the data, or there is nothing to do.
    UnknownNameError
        If there is no such optimizer.
    """
    if not 1 <= batch <= len(x):
        raise ValueError(f"expected a batch of 1 to {len(x):,} examples, got {batch:,}")
    if epochs < 1:
        raise ValueError(f"expected 1 epoch or more, got {epochs}")
    entry = spec.optimizers[optimizer]
    rng = np.random.default_rng(seed)
    start: list[Array] = []
    for inputs, outputs in pairwise((x.shape[1], *layers)):
        kernel = ref.he_normal((inputs, outputs), rng=rng, dtype=np.float64)
        start += [kernel.astype(dtype), np.zeros(outputs, dtype)]
    order = rng.integers(2**32)

    def batches() -> Iterator[tuple[Array, Array]]:
        shuffled = np.random.default_rng(order)
        for _ in range(epochs):
            places = shuffled.permutation(len(x))
            for first in range(0, len(x), batch):
                at = places[first : first + batch]
                yield x[at].astype(dtype), y[at]

    rates = {name: parameter.default for name, parameter in entry.parameters.items()}
    return Problem(start, batches, entry, rates)
