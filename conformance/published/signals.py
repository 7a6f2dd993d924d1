"""What the theory of initializations predicts of an experiment's network, layer by layer.

``actinit compute signals`` computes it for the convolutions.

Weights are independent and of mean 0, so the mean square of a sum is that of what enters, times the
weights' variance, times the number of terms; what an activation makes of it is a moment of a normal
distribution. Both are followed place by place, since near the border padding leaves terms out. A
gradient on its way back is followed in the same way, through the transposed map.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit import reference as ref
from actinit.adapters.training import Split
from actinit.reference import propagation
from actinit.spec import experiment as spec
from actinit.spec.architecture import Conv2D, Dense, Shape

from ..results.signals import LayerSignals, Predicted, Signals

__all__ = ["compute", "predict"]

EXPERIMENT = "mnist_cnn"

Floats = NDArray[np.float64]


def compute(experiment: spec.Experiment, pictures: Split) -> Signals:
    """Predict the signals of a network from each of its initializations.

    Parameters
    ----------
    experiment : Experiment
        Says network and initializations.
    pictures : Split
        Says how large the inputs are.
    """
    squares = np.square(pictures.x, dtype=np.float64).mean(axis=0)
    return Signals(
        experiment=experiment.name,
        versions={name: version(name) for name in ("numpy", "scipy")},
        starts=[
            Predicted(start=start.name, layers=predict(experiment, start.name, squares))
            for start in experiment.starts
        ],
    )


def predict(experiment: spec.Experiment, start: str, squares: Floats) -> list[LayerSignals]:
    """Predict the mean squares of pre-activations and gradients, layer by layer.

    Parameters
    ----------
    experiment : Experiment
        Says the network.
    start : str
        Name of the initialization.
    squares : ndarray
        Mean square of each input of the network.

    Returns
    -------
    list of LayerSignals
        Those with weights, in their order.
    """
    weighted = experiment.network.weighted
    kernels = [_kernel(layer, shape) for layer, shape in weighted]
    variances = []
    for (layer, _), shape in zip(weighted, kernels, strict=True):
        drawn = experiment.weights(layer, start)
        options: dict[str, Any] = dict(drawn.parameters)
        distribution = ref.initializers[drawn.initializer].distribution(shape, **options)
        variances.append(float(distribution.var()))

    # Mean squares of the sums, one for each place; all channels of a place are alike.
    sums: list[Floats] = []
    entering = squares
    for (layer, shape), variance in zip(weighted, variances, strict=True):
        sums.append(variance * _added(layer, shape, entering))
        entering = sums[-1] * _moments(layer, sums[-1]).value

    gradients = [np.ones(1)]
    for place in range(len(weighted) - 1, 0, -1):
        (layer, shape), below = weighted[place], weighted[place - 1][0]
        back = variances[place] * _spread(layer, shape, gradients[0])
        gradients.insert(0, back * _moments(below, sums[place - 1]).slope)

    found = []
    for place, (layer, _) in enumerate(weighted):
        fans, variance = ref.fans(kernels[place]), variances[place]
        before = _moments(weighted[place - 1][0], sums[place - 1]) if place else None
        found.append(
            LayerSignals(
                kind=type(layer).__name__,
                fan_in=fans.fan_in,
                fan_out=fans.fan_out,
                variance=variance,
                forward=variance * fans.fan_in * (before.value if before else 1),
                backward=variance * fans.fan_out * (before.slope if before else 1),
                sums=float(sums[place].mean()),
                gradients=float(gradients[place].mean()),
            )
        )
    return found


def _kernel(layer: Conv2D | Dense, shape: Shape) -> tuple[int, ...]:
    """Return the shape of a layer's kernel, inputs before outputs and channels last."""
    if isinstance(layer, Dense):
        return shape[0], layer.units
    return layer.kernel, layer.kernel, shape[-1], layer.filters


def _moments(layer: Conv2D | Dense, sums: Floats) -> propagation.Moments:
    """Return the mean squares of an activation, over that of its inputs, and of its slope.

    Both at the mean over the places: of a ReLU the ratio is the same at each. The softmax of the
    last layer belongs to the loss, and nothing comes after it.
    """
    q = float(sums.mean())
    if layer.activation == "softmax":
        return propagation.Moments(1.0, 1.0)
    if q == 0:
        function = ref.activations[layer.activation]
        return propagation.Moments(0.0, float(function.derivative(0.0)) ** 2)
    found = propagation.moments(layer.activation, q)
    return propagation.Moments(found.value / q, found.slope)


def _added(layer: Conv2D | Dense, shape: Shape, squares: Floats) -> Floats:
    """Return the sum over all terms of a sum, place by place, of the mean square of each."""
    if isinstance(layer, Dense):
        # Of features that were a picture, each place stands for all its channels.
        return np.array([squares.mean() * shape[0]])
    height, width, channels = shape
    down, across = _seen(layer, height), _seen(layer, width)
    return channels * down @ squares.reshape(height, width) @ across.T


def _spread(layer: Conv2D | Dense, shape: Shape, gradients: Floats) -> Floats:
    """Return the sum over all sums that an input enters, place by place, of their gradients."""
    if isinstance(layer, Dense):
        return layer.units * gradients
    height, width, _ = shape
    down, across = _seen(layer, height), _seen(layer, width)
    whole = np.broadcast_to(gradients, (len(down), len(across)))
    return layer.filters * down.T @ whole @ across


def _seen(layer: Conv2D, length: int) -> Floats:
    """Return for each place of a kernel along rows, or columns, which of them it sees: 1 or 0."""
    begin = layer.stride * np.arange(layer.places(length))[:, None] - layer.padding
    at = np.arange(length)
    return ((begin <= at) & (at < begin + layer.kernel)).astype(np.float64)
