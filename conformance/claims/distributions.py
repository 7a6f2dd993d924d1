"""What the initializations draw: fans, distributions, seeds."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np

from actinit import reference as ref
from actinit import spec
from actinit.adapters import bindings
from actinit.spec.experiment import experiment

from ..results.claims import Plot
from .base import Found, decides, holds, line

__all__: list[str] = []

#: The first layer of the article's network.
_SHAPE = (784, 128)
_IN, _BOTH = _SHAPE[0], sum(_SHAPE)


@decides
def fans() -> Found:
    """Read the fans of a dense layer and of a kernel that is moved over an image."""
    dense, kernel = ref.fans(_SHAPE), ref.fans((3, 3, 16, 32), layout="hwio")
    return Found(
        holds(False, dense == _SHAPE),
        f"a dense layer from 784 to 128 has fans {dense[0]} and {dense[1]}; a kernel of 3 by 3 "
        f"from 16 to 32 channels has {kernel[0]} and {kernel[1]}",
    )


@decides
def uniform_is_even() -> Found:
    """Count draws in twenty intervals of one length."""
    drawn = ref.random_uniform((1000, 1000), rng=0, dtype="float64")
    counts = np.histogram(drawn, bins=20, range=(-0.05, 0.05))[0]
    square = float(np.sum((counts - 50_000) ** 2) / 50_000)
    # Chi squared of 19 degrees of freedom is above 43.8 once in a thousand.
    return Found(
        holds(square < 43.8),
        f"a million weights fall into 20 intervals with a chi squared of {square:.3g}, 19 expected",
    )


@decides
def normal_is_a_bell() -> Found:
    """Count draws near the mean, and on both sides of it."""
    drawn = ref.random_normal((1000, 1000), rng=0, dtype="float64") / 0.05
    near, far = (float((np.abs(drawn - c) < 0.1).mean()) for c in (0, 2))
    above = float((drawn > 0).mean())
    # Of a million draws, a half strays by 0.0005.
    return Found(
        holds(near > far and abs(above - 0.5) < 0.0025),
        f"within a tenth of a deviation of the mean lie {near:.1%}, of 2 deviations {far:.1%}; "
        f"above the mean {above:.2%}",
    )


@decides
def glorot_uniform_limit() -> Found:
    """Compare the greatest weight with the limit."""
    return _limit("glorot_uniform", math.sqrt(6 / _BOTH))


@decides
def he_uniform_limit() -> Found:
    """Compare the greatest weight with the limit."""
    return _limit("he_uniform", math.sqrt(6 / _IN))


def _limit(name: str, limit: float) -> Found:
    greatest = float(np.abs(ref.initializers[name](_SHAPE, rng=0, dtype="float64")).max())
    # Of 100,352 weights the greatest is within a thousandth, but once in e^100 cases.
    return Found(
        holds(0.999 < greatest / limit <= 1),
        f"of 100,352 weights of a layer from 784 to 128 the greatest is {greatest:.6f}; "
        f"the limit is {limit:.6f}",
    )


@decides
def glorot_variance() -> Found:
    """Draw and take the variance."""
    return _variance("glorot_normal", 2 / _BOTH, "2 / (fan_in + fan_out)")


@decides
def he_variance() -> Found:
    """Draw and take the variance."""
    return _variance("he_normal", 2 / _IN, "2 / fan_in")


def _variance(name: str, variance: float, formula: str) -> Found:
    drawn = ref.initializers[name](_SHAPE, rng=0, dtype="float64")
    root = math.sqrt(variance)
    z = np.linspace(-1, 1, 401)
    lines = [
        line(label, z, np.exp(-z * z / (2 * square)) / math.sqrt(2 * math.pi * square))
        for label, square in (
            (f"variance {formula}", variance),
            ("its root as the variance", root),
        )
    ]
    wider = math.sqrt(root / variance)
    return Found(
        # The variance of 100,352 draws has a standard error of 0.45 %.
        holds(abs(drawn.var() / root - 1) < 0.05),
        f"100,352 weights of a layer from 784 to 128 have variance {drawn.var():.6f}; {formula} is "
        f"{variance:.6f}, its root {root:.4f}, which would be {wider:.2g} times as wide",
        Plot(x="weight", y="density", lines=lines),
    )


@decides
def he_counts_inputs() -> Found:
    """Compare the widths of layers with as many inputs, and of layers with as many outputs."""
    widths = [
        ref.he_normal.distribution(shape).std() for shape in ((784, 10), (784, 1000), (10, 784))
    ]
    return Found(
        holds(widths[0] == widths[1] != widths[2]),
        f"from 784 inputs to 10 or 1000 outputs: {widths[0]:.4f} and {widths[1]:.4f}; from 10: "
        f"{widths[2]:.4f}",
    )


@decides
def random_differs() -> Found:
    """Draw with one seed twice, and with another."""
    return _repeated("random_uniform", differs=True)


@decides
def glorot_repeats() -> Found:
    """Draw with one seed twice, and with another."""
    return _repeated("glorot_uniform", differs=False)


@decides
def he_repeats() -> Found:
    """Draw with one seed twice, and with another."""
    return _repeated("he_uniform", differs=False)


def _repeated(name: str, *, differs: bool) -> Found:
    draw = ref.initializers[name]
    first, again, other = (draw(_SHAPE, rng=seed) for seed in (1, 1, 2))
    same = float((first == other).mean())
    return Found(
        holds((same < 1) == differs),
        f"{same:.1%} of the weights are the same with another seed, "
        f"{float((first == again).mean()):.0%} with the same",
    )


@decides
def layers_of_the_network() -> Found:
    """Count what has weights in the article's network."""
    layers = experiment("mnist_mlp").network.dense
    hidden = len(layers) - 1
    units = [experiment("mnist_mlp").network.inputs, *(one.units for one in layers)]
    weights = sum(a * b + b for a, b in pairwise(units))
    return Found(
        holds(len(layers) == 2, hidden == 2),
        f"{hidden} hidden layers, {len(layers)} layers of weights, {weights:,} numbers to learn",
    )


@decides
def convolutions_use_he() -> Found:
    """Ask for the distribution that each framework's layer starts from."""
    starts = {
        name: binding.weights["kernel"].start
        for name, binding in bindings(spec.layers["conv2d"]).items()
        if "kernel" in binding.weights
    }
    gains = {}
    for name, start in starts.items():
        if start is None:
            continue
        told: dict[str, Any] = {
            key: spec.evaluate(one, {}) for key, one in start.parameters.items()
        }
        distribution = ref.initializers[start.initializer].distribution(
            (3, 3, 64, 64), layout="hwio", **told
        )
        gains[name] = float(distribution.var() * 9 * 64)
    he = [math.isclose(gain, 2) for gain in gains.values()]
    text = ", ".join(f"{name} {gain:.3g}" for name, gain in gains.items())
    return Found(
        holds(all(he), any(he)),
        f"variance times fan-in of a new Conv2D of 3 by 3, 64 channels: {text}; He's is 2",
    )
