"""What is predicted for wide layers, and how far a network of finite width may be from it.

A mean over n units strays; `propagation.fluctuations` says how far. The signal's log is off by what
each layer adds, carried on by the map of the variance, which damps it where it has a fixed point.
The gradient's log strays likewise in each layer, and follows the signal where the slopes depend on
it. A batch shares its weights, so that its mean may stray as far as one example. Means of
logarithms are below logarithms of means by half the variance. All this is to first order: it ends
where a variance strays by a factor of e, unless the activation is the same at every scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from actinit.adapters.propagation import Carried
from actinit.reference import propagation

from .compare import BEYOND

__all__ = ["Predicted", "predicted", "strays"]

Floats = NDArray[np.float64]
# In standard deviations: of a thousand normal numbers one is so far in one trial of 1,700. Layers
# of one network stray together, so that a run has not many more.
_MARK = 5.0
# Of an exponent: rounding makes no more of one that is 1, or 0.
_SAME = 1e-9
# Of a variance: more than a comparison needs, and few enough to meet the same one again.
_DIGITS = 10


@dataclass(frozen=True)
class Predicted:
    """Mean squares by theory, and how far they may stray.

    Attributes
    ----------
    squares : Carried
        The mean squares.
    deviations : Carried
        The standard deviations of their natural logarithms.
    reckoned : ndarray of bool, shape (depth,)
        Whether these are small enough in a layer to be right. Not from where a signal comes to
        nothing: of a function that is 0 about 0, that is what a few units decide.
    """

    squares: Carried
    deviations: Carried
    reckoned: NDArray[np.bool_]


def predicted(activation: str, gain: float, depth: int, width: int) -> Predicted:
    """Predict a network whose input, and gradient at its top, have mean square 1.

    Parameters
    ----------
    activation : str
        Name of an elementwise one.
    gain : float
        Of the kernels; above 0.
    depth, width : int
        Layers, and units in each.
    """
    sums, outputs, slopes = (np.empty(depth) for _ in range(3))
    follows, bends, strays_value, strays_slope = (np.empty(depth) for _ in range(4))
    q = gain**2
    silent = np.zeros(depth, bool)
    for layer in range(depth):
        sums[layer] = q
        here = _layer(activation, float(f"{q:.{_DIGITS}g}"))
        outputs[layer], slopes[layer], follows[layer], bends[layer] = here[:4]
        strays_value[layer], strays_slope[layer] = here[4:]
        silent[layer] = outputs[layer] == 0
        q = gain**2 * outputs[layer]
    gradients = np.cumprod((slopes * np.append(np.full(depth - 1, gain**2), 1.0))[::-1])[::-1]
    given, led = _carried_on(follows, bends, strays_value / width, 2 / width)
    own = np.sqrt(np.cumsum(strays_slope[::-1])[::-1] / width)
    outgoing = np.sqrt(follows**2 * given**2 + strays_value / width)
    deviations = Carried(np.sqrt(given**2 + 2 / width), outgoing, own + led)
    same = (np.abs(follows - 1) < _SAME) & (np.abs(bends) < _SAME)
    # What a layer adds of its own counts too: of a function that is 0 about 0, few units are not.
    reckoned = ~silent & (strays_value < width) & (same | (given < 1))
    return Predicted(Carried(sums, outputs, gradients), deviations, reckoned)


@lru_cache(maxsize=4096)
def _layer(activation: str, q: float) -> tuple[float, float, float, float, float, float]:
    """Return what a layer makes of variance q; most networks soon stay at one."""
    # Where nothing comes in, or out, there is nothing to stray.
    moments = propagation.moments(activation, q) if q else propagation.Moments(0.0, 0.0)
    if moments.value == 0 or moments.slope == 0:
        return (*moments, 0.0, 0.0, 0.0, 0.0)
    return (
        *moments,
        *propagation.responses(activation, q),
        *propagation.fluctuations(activation, q),
    )


def _carried_on(
    follows: Floats, bends: Floats, added: Floats, first: float
) -> tuple[Floats, Floats]:
    """Return what strays of the signal come to, in layers and in gradients below.

    Parameters
    ----------
    follows, bends : ndarray
        Exponents of the mean squares of outputs and slopes, by layer.
    added : ndarray
        What each layer adds to the variance of the next one's logarithm.
    first : float
        What the input has of it, for one example.

    Returns
    -------
    given, led : ndarray
        Deviations of the logarithm of the sums' variance, given the layers before; and of that of
        the product of slopes from each layer on, as far as it follows the signal.
    """
    depth = len(follows)
    given, led = np.zeros(depth), np.zeros(depth)
    for source, variance in enumerate([first, *added[:-1]]):
        # Of one that enters layer `source`, what reaches each layer.
        reach = np.zeros(depth)
        reach[source:] = np.cumprod([1.0, *follows[source : depth - 1]])
        given += variance * reach**2
        led += variance * np.cumsum((bends * reach)[::-1])[::-1] ** 2
    return np.sqrt(given), np.sqrt(led)


def strays(carried: Carried, theory: Predicted) -> float:
    """Return how far a network is from theory, as a part of what its width allows.

    A signal is compared until the first layer of which that is not known, a gradient until the
    last.
    """
    found = 0.0
    down = np.logical_and.accumulate(theory.reckoned)
    up = np.logical_and.accumulate(theory.reckoned[::-1])[::-1]
    for part, known in (("sums", down), ("outputs", down), ("gradients", up)):
        got, right, deviation = (
            getattr(one, part) for one in (carried, theory.squares, theory.deviations)
        )
        with np.errstate(divide="ignore", invalid="ignore"):  # of nothing, which is not reckoned
            off = np.abs(np.log(got / right))
        parts = off / (_MARK * deviation + deviation**2 / 2)
        found = max(found, float(np.max(parts, where=known, initial=0.0)))
    return min(found, BEYOND)
