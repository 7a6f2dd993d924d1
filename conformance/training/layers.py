"""What goes on inside of the network, at its initialization and after training, in the reference.

Of each layer: how its weighted sums, what it makes of them and the gradients that reach it are
spread, over a fixed set of pictures; its weights; and how many of its units are dead.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters.training import Data, Split
from actinit.conformance.results.machine import this_machine
from actinit.spec import experiment as spec

from ..results.layers import Layers, Moment, Spread, State
from .numpy_trainer import Network, cross_entropy, train

__all__ = ["observe"]

#: As many pictures of the validation set are looked at.
PICTURES = 1_000
_BINS = 48

Array = NDArray[Any]


def observe(
    experiment: spec.Experiment,
    data: Data,
    starts: Sequence[str],
    seed: int,
) -> Layers:
    """Train in NumPy from each initialization and look at the network before and after.

    Parameters
    ----------
    experiment : Experiment
        What is trained.
    data : Data
        The first pictures of its validation set are what is looked at.
    starts : sequence of str
        Names of initializations.
    seed : int
        Seeds weights and order, as in a run of `actinit train`.
    """
    moments: list[Moment] = []
    x, y = data.test
    pictures = Split(x[:PICTURES], y[:PICTURES])
    for start in starts:
        seen: list[list[State]] = []

        def look(network: Network, seen: list[list[State]] = seen) -> None:
            seen.append(list(_states(network, pictures)))

        epochs = len(list(train(experiment, start, data, seed, look)))
        moments += [Moment(start=start, epoch=at, states=seen[at]) for at in (0, epochs)]
    return Layers(
        experiment=experiment.name,
        seed=seed,
        pictures=len(pictures.x),
        versions={name: version(name) for name in ("numpy", "scipy")},
        machine=this_machine(),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        moments=moments,
    )


def _states(network: Network, pictures: Split) -> Iterator[State]:
    inputs, sums = network.forward(pictures.x)
    _, _, delta = cross_entropy(sums[-1], pictures.y)
    delta[np.arange(len(pictures.y)), pictures.y] -= 1
    # Not divided by their number: the gradient of each picture's own loss.
    gradients = dict(network.backward(sums, delta))
    for depth, layer in enumerate(network.layers):
        outputs = inputs[depth + 1] if depth + 1 < len(inputs) else None
        yield State(
            layer=depth + 1,
            activation=layer.activation.name,
            sums=_spread(sums[depth]),
            outputs=None if outputs is None else _spread(outputs),
            gradients=_spread(_sizes(gradients[depth]), gradients[depth]),
            weights=_spread(layer.weights),
            dead=None if outputs is None else float((outputs == 0).all(axis=0).mean()),
        )


def _sizes(values: Array) -> Array:
    """Return the decimal logarithms of all that is not 0."""
    found: Array = np.log10(np.abs(values[values != 0], dtype=np.float64))
    return found


def _spread(shown: Array, values: Array | None = None) -> Spread:
    """Return the histogram of what is shown, but for zeros; its moments are those of `values`."""
    whole = shown if values is None else values
    kept = shown[shown != 0] if values is None else shown
    low, high = (float(kept.min()), float(kept.max())) if kept.size else (0.0, 0.0)
    counts = np.histogram(kept, _BINS, (low, high))[0] if high > low else np.array([kept.size])
    return Spread(
        low=low,
        high=high,
        counts=counts.tolist(),
        zeros=float((whole == 0).mean()),
        mean=float(whole.mean(dtype=np.float64)),
        stddev=math.sqrt(float(whole.var(dtype=np.float64))),
    )
