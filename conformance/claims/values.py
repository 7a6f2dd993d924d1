"""What the activations are and are not: values, slopes, bounds, symmetry."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from actinit import reference as ref
from actinit import spec

from ..results.claims import Plot
from .base import GRID, Found, decides, holds, line

__all__: list[str] = []

_SEEN = np.linspace(-8, 8, 401)


def _elementwise() -> dict[str, Any]:
    return {
        name: ref.activations[name]
        for name, entry in spec.activations.items()
        if entry.shape == "elementwise" and name != "identity"
    }


@decides
def formulas() -> Found:
    """Evaluate the four functions and their derivatives as the article writes them."""
    z = np.concatenate([np.linspace(-30, 30, 60_001)])
    z = z[z != 0]
    s, positive = 1 / (1 + np.exp(-z)), z > 0
    written = {
        "sigmoid": (s, s * (1 - s)),
        "tanh": (np.sinh(z) / np.cosh(z), 1 / np.cosh(z) ** 2),
        "relu": (np.where(positive, z, 0), np.where(positive, 1, 0)),
        "leaky_relu": (np.where(positive, z, 0.01 * z), np.where(positive, 1, 0.01)),
    }
    off = max(
        float(np.max(np.abs(got - right)))
        for name, (value, slope) in written.items()
        for got, right in (
            (value, ref.activations[name](z)), (slope, ref.activations[name].derivative(z)),
        )
    )  # fmt: skip
    return Found(
        holds(off < 1e-12), f"off by {off:.1g} at most, at {z.size:,} inputs from -30 to 30 but 0"
    )


@decides
def squashes() -> Found:
    """Count the activations that are bounded."""
    far = np.array([-1e6, 1e6])
    bounded = [n for n, f in _elementwise().items() if float(np.abs(f(far)).max()) < 2]
    total = len(_elementwise())
    return Found(
        holds(len(bounded) == total),
        f"{len(bounded)} of {total} are bounded: {', '.join(bounded)}",
    )


@decides
def sigmoid_range() -> Found:
    """Look for the least value and the greatest."""
    value = ref.sigmoid(GRID)
    inside = value.min() > 0 and value.max() <= 1
    return Found(
        holds(inside),
        f"from {value.min():.3g} to {value.max():.3g} on [-700, 700]; "
        f"1 less its value at 36 is {ref.sigmoid(-36.0):.3g}",
    )


@decides
def sigmoid_ends() -> Found:
    """Look for the inputs from which float64 has 0, or 1."""
    grid = np.linspace(-800, 800, 1_600_001)
    value = ref.sigmoid(grid)
    zeros, ones = grid[value == 0], grid[value == 1]
    return Found(
        holds(False, zeros.size and ones.size),
        f"in float64 it rounds to 1 from {ones.min():.2f} on, and to 0 only from {zeros.max():.1f}"
        f" down; at -40 it is {float(ref.sigmoid(-40.0)):.3g}",
    )


@decides
def sigmoid_high_inside() -> Found:
    """Compare the values inside of (-3, 3) with those beyond."""
    low, high = (float(ref.sigmoid(z)) for z in (-3.0, 3.0))
    beyond = float(ref.sigmoid(6.0))
    return Found(
        holds(beyond < high), f"from {low:.3f} at -3 to {high:.3f} at 3; at 6 it is {beyond:.4f}"
    )


@decides
def sigmoid_flat() -> Found:
    """Compare the slope at 3, and far out, with the greatest."""
    at_3, far = (float(ref.sigmoid.derivative(z)) / 0.25 for z in (3.0, 30.0))
    # A thousandth of the greatest slope is flat to any eye.
    plot = Plot(
        x="x", y="slope, as a part of the greatest", log=True,
        lines=[line("sigmoid", _SEEN, 4 * ref.sigmoid.derivative(_SEEN)),
               line("3", [3, 3], [1e-3, 1]), line("-3", [-3, -3], [1e-3, 1])],
    )  # fmt: skip
    return Found(
        holds(at_3 < 1e-3, far < 1e-3),
        f"at 3 the slope is {at_3:.1%} of the greatest, at 30 {far:.1g} of it",
        plot,
    )


@decides
def sigmoid_slope() -> Found:
    """Look for the greatest and the least slope."""
    slope = ref.sigmoid.derivative(GRID)
    inside = slope.min() > 0 and slope.max() <= 0.25
    return Found(holds(inside), f"from {slope.min():.3g} to {slope.max():.4g} on [-700, 700]")


@decides
def sigmoid_smooth() -> Found:
    """Compare the steps of the slope with what its own derivative allows."""
    step = float(GRID[1] - GRID[0])
    jump = float(np.max(np.abs(np.diff(ref.sigmoid.derivative(GRID)))))
    # The second derivative is at most sqrt(3) / 18.
    return Found(
        holds(jump <= 1.001 * step * math.sqrt(3) / 18),
        f"between inputs {step:g} apart the slope changes by {jump:.2g} at most",
    )


@decides
def sigmoid_centred() -> Found:
    """Take the mean output of inputs with mean 0."""
    mean = _mean_output(ref.sigmoid, 0)
    return Found(holds(abs(mean) > 0.05), f"inputs with mean 0 have the mean output {mean:.3f}")


@decides
def sigmoid_probability() -> Found:
    """Add up the sigmoids of ten scores, and the softmax of them."""
    scores = np.random.default_rng(0).standard_normal(10)
    one = float(ref.sigmoid(scores[0]) + ref.sigmoid(-scores[0]))
    ten, soft = float(ref.sigmoid(scores).sum()), float(ref.softmax(scores).sum())
    return Found(
        holds(abs(ten - 1) < 1e-9, abs(one - 1) < 1e-9),
        f"two classes come to {one:.6g}; of ten scores the sigmoids come to {ten:.3g}, "
        f"softmax to {soft:.6g}",
    )


@decides
def tanh_range() -> Found:
    """Look for the least value and the greatest."""
    value = ref.tanh(GRID)
    return Found(
        holds(np.abs(value).max() <= 1), f"from {value.min():g} to {value.max():g} on [-700, 700]"
    )


@decides
def tanh_odd() -> Found:
    """Compare both sides bit by bit."""
    differing = int((ref.tanh(-GRID) != -ref.tanh(GRID)).sum())
    return Found(
        holds(differing == 0), f"tanh(-x) differs from -tanh(x) at {differing} of {GRID.size:,}"
    )


@decides
def tanh_slope() -> Found:
    """Look for the greatest slope, and the least where it is not below the smallest number."""
    grid = np.linspace(-350, 350, 700_001)
    slope = ref.tanh.derivative(grid)
    inside = slope.min() > 0 and slope.max() <= 1
    return Found(holds(inside), f"from {slope.min():.3g} to {slope.max():.4g} on [-350, 350]")


@decides
def tanh_steeper() -> Found:
    """Look where its slope is the greater one."""
    grid = np.linspace(0, 8, 800_001)
    ratio = ref.tanh.derivative(grid) / ref.sigmoid.derivative(grid)
    ends = float(grid[ratio > 1].max())
    plot = Plot(
        x="x", y="slope",
        lines=[line("tanh", _SEEN, ref.tanh.derivative(_SEEN)),
               line("sigmoid", _SEEN, ref.sigmoid.derivative(_SEEN))],
    )  # fmt: skip
    return Found(
        holds((ratio > 1).all(), (ratio > 1).any()),
        f"{ratio[0]:.3g} times as steep at 0, steeper up to {ends:.3f}; at 5 {ratio[500_000]:.2g}"
        " of the sigmoid's slope",
        plot,
    )


@decides
def tanh_saturates() -> Found:
    """Take the slope far out."""
    far = float(ref.tanh.derivative(10.0))
    return Found(holds(far < 1e-3), f"at 10, on either side, the slope is {far:.2g}")


@decides
def tanh_centred() -> Found:
    """Take the mean output of inputs with mean 0, and with mean 1."""
    centred, shifted = (_mean_output(ref.tanh, mean) for mean in (0, 1))
    return Found(
        holds(abs(shifted) < 0.05, abs(centred) < 0.05),
        f"mean output {abs(centred):.1g} of inputs with mean 0, {shifted:.2f} with mean 1",
    )


def _mean_output(function: Any, mean: float) -> float:
    z = np.random.default_rng(0).standard_normal(100_000)
    return float(function(z - z.mean() + mean).mean())


@decides
def relu_is_no_line() -> Found:
    """Add what a linear function would keep apart."""
    total = float(ref.relu(-1.0) + ref.relu(1.0))
    return Found(holds(total != 0), f"ReLU(-1) + ReLU(1) = {total:g}, ReLU(-1 + 1) = 0")


@decides
def relu_slope() -> Found:
    """Take the slope on both sides of 0, and the quotients of differences at it."""
    z = np.array([-1e300, -5e-324, 5e-324, 1e300])
    sides = ref.relu.derivative(z)
    left, right = (float(ref.relu(h) / h) for h in (-1e-9, 1e-9))
    return Found(
        holds(sides.tolist() == [0, 0, 1, 1]),
        f"0 below and 1 above; at 0 itself {left:g} from the left and {right:g} from the right",
    )


@decides
def only_leaky_revives() -> Found:
    """Count the activations that have no slope on a whole side."""
    far = np.array([-3.0, -1.0, -0.1, 0.1, 1.0, 3.0])
    flat = [n for n, f in _elementwise().items() if (f.derivative(far) == 0).any()]
    total = len(_elementwise())
    return Found(
        holds(total - len(flat) == 1, "leaky_relu" not in flat),
        f"of {total} activations {total - len(flat)} have a slope on both sides; "
        f"without one: {', '.join(flat)}",
    )


@decides
def loss_is_a_difference() -> Found:
    """Take the loss of a network that knows nothing of ten classes."""
    loss = -float(ref.log_softmax(np.zeros(10))[0])
    return Found(
        holds(math.isclose(loss, 0.9)),
        f"at a tenth for each of ten classes the loss is {loss:.4f}, the difference 0.9",
    )
