"""How signals and gradients grow from layer to layer, for wide random networks.

A layer of many units takes its inputs through weights of mean 0 and variance ``gain**2 / fan_in``
and through an activation f. Its sums z are then normal, of some variance q, and so are those of the
next layer, of variance ``gain**2 * E[f(z)**2]`` plus that of its bias; a gradient on its way back
is multiplied, in mean square, by ``chi = gain**2 * E[f'(z)**2]`` (B. Poole et al., "Exponential
expressivity in deep neural networks through transient chaos", NeurIPS 2016; S. S. Schoenholz et
al., "Deep information propagation", ICLR 2017). What is called critical is chi = 1: gradients
neither vanish nor explode.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from actinit.spec import evaluate
from actinit.spec.loader import ACTIVATIONS

from .activations import activations
from .activations._kinds import Elementwise
from .arithmetic.pairs import two_sum
from .initializers._initializer import is_real

__all__ = [
    "Critical",
    "Moments",
    "critical_points",
    "depth_scale",
    "fixed_point",
    "fluctuations",
    "gain",
    "gradient_factor",
    "keeping_gain",
    "moments",
    "responses",
    "variance_map",
]

Floats = NDArray[np.float64]
# The normal distribution has 1e-37 of its mass beyond.
_FAR = 13.0
# Panels halve towards 0, where kinks are and where all of an activation happens if q is large.
_PANELS = 60
_NODES = 24
# Between these, critical points and fixed points are looked for.
_LEAST, _GREATEST, _PER_DECADE = 1e-8, 1e8, 12


class Moments(NamedTuple):
    """Mean squares of an activation of normal numbers.

    Attributes
    ----------
    value : float
        ``E[f(z)**2]``.
    slope : float
        ``E[f'(z)**2]``.
    """

    value: float
    slope: float


class Critical(NamedTuple):
    """A variance that a layer without bias keeps, and at which gradients keep their size.

    Attributes
    ----------
    q : float
        The variance of a layer's sums; 0 for the limit of small ones, nan if any will do.
    gain : float
        The gain that makes it so.
    stable : bool
        Whether a variance that is a little off comes back, or stays where it is.
    """

    q: float
    gain: float
    stable: bool


def moments(activation: str, q: float = 1.0, **parameters: float) -> Moments:
    """Return the mean squares of an activation, and of its derivative, of normal numbers.

    By Gauss-Legendre quadrature on panels that halve towards 0: relative error below 1e-12 (the
    suite's tests hold it against closed forms and integrals of 30 digits). Gauss-Hermite nodes
    would converge only as fast as their number grows, where there is a kink.

    Parameters
    ----------
    activation : str
        Name or alias of an elementwise activation.
    q : float, optional
        Variance of the normal numbers z, whose mean is 0; finite, 0 < q.
    **parameters : float
        The activation's own.

    Returns
    -------
    Moments
        ``(value, slope)``.

    Raises
    ------
    UnknownNameError
        If no activation has this name.
    TypeError, ValueError
        If it is not elementwise, or q or a parameter is outside its domain.

    Examples
    --------
    >>> moments("relu", 2.0)
    Moments(value=1.0, slope=0.5)
    """
    squares = _squares(activation, q, **parameters)
    return Moments(squares.mean(squares.value), squares.mean(squares.slope))


def fluctuations(activation: str, q: float = 1.0, **parameters: float) -> Moments:
    """Return how far one layer of finite width strays from the mean squares, per unit.

    A mean over n units is not its expectation: with n normal numbers z, the mean of ``f(z)**2`` has
    the relative variance ``value / n``. A gradient in a unit is the slope times a sum over the
    layer above, which is normal too, so that its mean square has ``slope / n``. For a ReLU both are
    5: its signal in a network of depth L has a logarithm of variance ``5 L / n`` (B. Hanin, M.
    Nica, "Products of many large random matrices and gradients in deep neural networks", 2020).

    Parameters
    ----------
    activation, q, **parameters
        As for `moments`.

    Returns
    -------
    Moments
        ``E[f**4] / E[f**2]**2 - 1`` and ``3 E[f'**4] / E[f'**2]**2 - 1``.

    Examples
    --------
    >>> fluctuations("relu")
    Moments(value=5.0, slope=5.0)
    """
    # Divided before they are squared, so that no fourth power leaves the format.
    squares = _squares(activation, q, **parameters)
    value, slope = (
        squares.mean(squares.relative(part) ** 2) for part in (squares.value, squares.slope)
    )
    return Moments(value - 1, 3 * slope - 1)


def responses(activation: str, q: float = 1.0, **parameters: float) -> Moments:
    """Return by how much the mean squares follow the variance: their exponents.

    Parameters
    ----------
    activation, q, **parameters
        As for `moments`.

    Returns
    -------
    Moments
        ``d log E[f**2] / d log q``, which is 1 if the sums' variance is carried on as it is and 0
        if it is forgotten; and ``d log E[f'**2] / d log q``.

    Examples
    --------
    >>> responses("relu")
    Moments(value=1.0, slope=0.0)
    """
    squares = _squares(activation, q, **parameters)
    # The derivative is of the normal distribution, and not of f, which may have kinks.
    follows = (squares.x * squares.x - 1) / 2
    value, slope = (
        squares.mean(follows * squares.relative(part)) for part in (squares.value, squares.slope)
    )
    return Moments(value, slope)


def gain(activation: str, q: float = 1.0, **parameters: float) -> float:
    """Return the gain that makes chi = 1: gradients keep their mean square from layer to layer.

    Parameters
    ----------
    activation, q, **parameters
        As for `moments`. The gain depends on the variance q of the sums that the activation sees,
        unless it is a multiple of a ReLU; 1 is what the usual rules assume.

    Returns
    -------
    float
        ``1 / sqrt(E[f'(z)**2])``, for weights of variance ``gain**2 / fan_in``; infinite where the
        derivative is 0 wherever there is one, so that no gain keeps gradients.

    Examples
    --------
    >>> round(gain("relu"), 6)
    1.414214
    >>> round(gain("gelu"), 4)
    1.4811
    """
    slope = moments(activation, q, **parameters).slope
    return 1 / math.sqrt(slope) if slope else math.inf


def keeping_gain(activation: str, q: float = 1.0, **parameters: float) -> float:
    """Return the gain that keeps the variance q of the sums from layer to layer, without bias.

    Parameters
    ----------
    activation, q, **parameters
        As for `moments`.

    Returns
    -------
    float
        ``sqrt(q / E[f(z)**2])``.
    """
    return math.sqrt(q / moments(activation, q, **parameters).value)


def variance_map(
    activation: str, q: float, gain: float, bias_variance: float = 0.0, **parameters: float
) -> float:
    """Return the variance of the next layer's sums.

    Parameters
    ----------
    activation, q, **parameters
        As for `moments`.
    gain : float
        The weights' variance times the fan-in is its square; finite, 0 < gain.
    bias_variance : float, optional
        Of the next layer's biases; 0 or more.
    """
    _require_positive("gain", gain)
    _require_real("bias_variance", bias_variance, least=0.0)
    return gain**2 * moments(activation, q, **parameters).value + bias_variance


def gradient_factor(activation: str, q: float, gain: float, **parameters: float) -> float:
    """Return chi, the factor of a gradient's mean square per layer; see `variance_map`."""
    _require_positive("gain", gain)
    return gain**2 * moments(activation, q, **parameters).slope


def depth_scale(activation: str, q: float, gain: float, **parameters: float) -> float:
    """Return over how many layers a gradient's mean square falls, or grows, by a factor of e.

    Parameters
    ----------
    activation, q, gain, **parameters
        As for `gradient_factor`.

    Returns
    -------
    float
        ``1 / log(chi)`` without its sign; infinite where chi is 1, and 0 where it is 0 or
        infinite.
    """
    factor = gradient_factor(activation, q, gain, **parameters)
    if factor in (0, math.inf):
        return 0.0
    rate = math.log(factor)
    return abs(1 / rate) if abs(rate) > 1e-12 else math.inf


def fixed_point(
    activation: str, gain: float, bias_variance: float = 0.0, **parameters: float
) -> float:
    """Return the variance that the sums of deep layers come to, from a start of 1.

    Parameters
    ----------
    activation, gain, bias_variance, **parameters
        As for `variance_map`.

    Returns
    -------
    float
        The variance; 0 if it vanishes, inf if it explodes, and 1 if every variance is kept.
    """

    def drift(log_q: float) -> float:
        q = math.exp(log_q)
        return variance_map(activation, q, gain, bias_variance, **parameters) / q - 1

    here = drift(0.0)
    if abs(here) < 1e-12:
        return 1.0
    end = math.log(_GREATEST if here > 0 else _LEAST)
    places = np.linspace(0, end, 8 * _PER_DECADE + 1)
    crossing = _first_change(drift, places)
    if crossing is None:
        return math.inf if here > 0 else 0.0
    return math.exp(crossing)


def critical_points(activation: str, **parameters: float) -> list[Critical]:
    """Return where a network without biases keeps both its variance and its gradients.

    Parameters
    ----------
    activation, **parameters
        As for `moments`.

    Returns
    -------
    list of Critical
        By rising q; empty if there is none. A function with f(0) = 0 and a slope there has one in
        the limit of small sums, where it is a straight line.
    """

    def excess(log_q: float) -> float:
        q = math.exp(log_q)
        found = moments(activation, q, **parameters)
        return found.slope - found.value / q

    if _is_homogeneous(activation, parameters):
        return [Critical(math.nan, gain(activation, **parameters), True)]
    found = []
    if float(_elementwise(activation)(0.0, **parameters)) == 0:
        left, right = (
            float(_elementwise(activation).derivative(at, **parameters)) for at in (-1e-300, 1e-300)
        )
        slope = math.sqrt((left**2 + right**2) / 2)
        if slope > 0:  # else small sums come to nothing, whatever the gain
            near = moments(activation, 1e-6, **parameters).value / 1e-6
            found.append(Critical(0.0, 1 / slope, near < slope**2))
    places = np.linspace(math.log(_LEAST), math.log(_GREATEST), 16 * _PER_DECADE + 1)
    path = [(float(place), excess(float(place))) for place in places]
    for (low, before), (high, after) in itertools.pairwise(path):
        # Where both sides are nearly straight lines, their difference is all rounding.
        if min(abs(before), abs(after)) > 1e-9 and before * after < 0:
            log_q = _root(excess, low, high)
            q = math.exp(log_q)
            found.append(Critical(q, gain(activation, q, **parameters), _is_stable(
                activation, q, parameters
            )))  # fmt: skip
    return found


def _is_stable(activation: str, q: float, parameters: dict[str, float]) -> bool:
    """Say whether the variance map is less steep than the diagonal where it crosses it."""
    step = 1e-4
    above = moments(activation, q * (1 + step), **parameters).value
    below = moments(activation, q * (1 - step), **parameters).value
    here = moments(activation, q, **parameters).value
    return abs((above - below) / (2 * step) / here) < 1


def _is_homogeneous(activation: str, parameters: dict[str, float]) -> bool:
    """Say whether f(c x) = c f(x) for all c above 0: of a multiple of a leaky ReLU."""
    ratios = [moments(activation, q, **parameters).value / q for q in (1e-6, 1.0, 1e6)]
    return max(ratios) - min(ratios) < 1e-12 * max(ratios)


def _first_change(function: Callable[[float], float], places: Floats) -> float | None:
    """Return where a function first changes its sign along a path."""
    before = function(float(places[0]))
    for low, high in itertools.pairwise(places):
        after = function(float(high))
        if before * after <= 0:
            return _root(function, float(low), float(high))
        before = after
    return None


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    from scipy.optimize import brentq

    return float(brentq(function, low, high, xtol=1e-13, rtol=1e-13))


class _Squares(NamedTuple):
    """An activation of normal numbers, at the nodes of an integral over their distribution.

    Attributes
    ----------
    x, weights : ndarray of float64
        Nodes, as multiples of the standard deviation, and their weights.
    value, slope : ndarray of float64
        ``f(z)**2`` and ``f'(z)**2`` there.
    """

    x: Floats
    weights: Floats
    value: Floats
    slope: Floats

    def mean(self, values: Floats) -> float:
        """Return the mean of what has these values at the nodes."""
        return _rounded(_sum(self.weights * values))

    def relative(self, values: Floats) -> Floats:
        """Return values in units of their mean; nan where that is 0."""
        mean = self.mean(values)
        return values / mean if mean else np.full_like(values, np.nan)


# One for all functions that have kinks at 0 alone; with kinks elsewhere, one for each variance.
@lru_cache(maxsize=8)
def _rule(kinks: tuple[float, ...] = ()) -> tuple[Floats, Floats]:
    """Return nodes and weights of an integral over the standard normal distribution.

    Parameters
    ----------
    kinks : tuple of float, optional
        Distances from 0, beside 0 itself, at which what is integrated may have kinks: panels end
        there, as no polynomial follows a kink.
    """
    nodes, shares = np.polynomial.legendre.leggauss(_NODES)
    edges = np.concatenate([[0.0], _FAR * 2.0 ** np.arange(-_PANELS, 1)])
    # The outer panels are as wide as the bell; a few more there keep the polynomials low.
    edges = np.unique(np.concatenate([edges, np.arange(0.5, _FAR, 0.5), kinks]))
    middle, half = (edges[1:] + edges[:-1]) / 2, (edges[1:] - edges[:-1]) / 2
    x = (middle[:, None] + half[:, None] * nodes).ravel()
    weights = (half[:, None] * shares).ravel() * np.exp(-x * x / 2) / math.sqrt(2 * math.pi)
    return np.concatenate([-x[::-1], x]), np.concatenate([weights[::-1], weights])


def _squares(activation: str, q: float, **parameters: float) -> _Squares:
    _require_positive("q", q)
    return _kept_squares(activation, q, tuple(sorted(parameters.items())))


# What is asked of a variance is often asked with another question of the same one.
@lru_cache(maxsize=8)
def _kept_squares(activation: str, q: float, parameters: tuple[tuple[str, float], ...]) -> _Squares:
    function, deviation, told = _elementwise(activation), math.sqrt(q), dict(parameters)
    distances = {place / deviation for place in _kinks(function.name, told)}
    x, weights = _rule(tuple(sorted(place for place in distances if place < _FAR)))
    z = deviation * x
    with np.errstate(over="ignore"):  # of a function that grows faster than a line
        value, slope = (part**2 for part in (function(z, **told), function.derivative(z, **told)))
    return _Squares(x, weights, value, slope)


def _kinks(activation: str, parameters: dict[str, float]) -> set[float]:
    """Return how far from 0 the kinks of an activation are, beside one at 0."""
    entry = ACTIVATIONS[activation]
    names = {name: one.default for name, one in entry.parameters.items()} | parameters
    return {abs(evaluate(kink.at, names)) for kink in entry.derivative.kinks} - {0.0}


def _sum(values: Floats) -> float:
    """Return a sum as if in twice the digits.

    Halves are added element by element, and what each addition rounds away is kept beside. That is
    six times as fast as `math.fsum`, which would round once.
    """
    left = 0.0
    with np.errstate(invalid="ignore"):
        while values.size > 1:
            if values.size % 2:
                values = np.append(values, 0.0)
            sums = two_sum(values[: values.size // 2], values[values.size // 2 :])
            values = sums.high
            left += float(sums.low.sum())
    total = float(values[0])
    return total + left if math.isfinite(total) else total


def _rounded(value: float) -> float:
    """Return a number to 14 digits: what the quadrature is sure of, and a little more."""
    return float(f"{value:.14g}")


def _elementwise(activation: str) -> Elementwise:
    function = activations[activation]
    if not isinstance(function, Elementwise):
        raise ValueError(
            f"{activation} mixes the units of a layer; expected an elementwise activation"
        )
    return function


def _require_positive(name: str, value: float) -> None:
    _require_real(name, value, least=0.0)
    if value == 0:
        raise ValueError(f"expected {name} above 0, got {value!r}")


def _require_real(name: str, value: float, least: float) -> None:
    if not is_real(value):
        raise TypeError(f"expected a real number as {name}, got {value!r}")
    if not least <= value < math.inf:
        raise ValueError(f"expected a finite {name} of {least:g} or more, got {value!r}")
