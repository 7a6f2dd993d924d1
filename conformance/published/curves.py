"""The points that the site's plots go through: the site computes nothing.

Values and derivatives are the reference's. Of second derivatives it has none: they come from the
oracle, which differentiates the entry's formula, as in the checks.

``actinit compute curves`` writes them to ``build/results/curves.json``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit import reference, spec
from actinit.spec import Activation, Initializer
from actinit.spec.distributions import Constant, Orthogonal, Structured

from ..expected.defaults import defaults, kinks_of, seams_of
from ..expected.roots import crossings
from ..oracle import enclose
from ..results.curves import Bin, Curve, Curves, Histogram, Kink, Line, Point, Variant, What

__all__ = [
    "compute",
]

#: Ends of the plotted inputs; wide enough for every function to show its tails.
SPAN = (-6.0, 6.0)
POINTS = 241
#: The first layer of the article's network: 784 inputs, 128 units.
SHAPE = (784, 128)
SEED = 2026
BINS = 48
# More than a plot can show, fewer than binary64 holds, so that the file is the same everywhere.
_DIGITS = 7
_INVISIBLE = 1e-30

Array = NDArray[np.float64]


def compute() -> Curves:
    """Compute all points from the reference.

    Returns
    -------
    Curves
        The same on every call: the samples are seeded.
    """
    return Curves(
        versions={name: version(name) for name in ("numpy", "scipy")},
        shape=SHAPE,
        seed=SEED,
        activations=[_curve(entry) for entry in spec.activations.values()],
        initializers=[
            _histogram(entry)
            for entry in spec.initializers.values()
            if isinstance(entry.distribution, Orthogonal)
            or not isinstance(entry.distribution, Structured)
        ],
    )


def _curve(entry: Activation) -> Curve:
    function = reference.activations[entry.name]
    value: Callable[[Array], Array] = function
    derivative: Callable[[Array], Array] = function.derivative
    breaks = [spec.evaluate(kink.at, defaults(entry)) for kink in kinks_of(entry)]
    second: list[Line] = []
    if entry.shape != "elementwise":
        value, derivative = _first(entry, function)
        breaks = [0.0] if entry.derivative.ties else []
    x = np.linspace(*SPAN, POINTS)
    if entry.shape == "elementwise":
        second = [_line(part, _second(entry, part)) for part in _broken(x, seams_of(entry))]
    return Curve(
        entry=entry.name,
        value=_line(x, value(x)),
        derivative=[_line(part, derivative(part)) for part in _broken(x, breaks)],
        second=second,
        kinks=[_kink(at, value, derivative) for at in breaks],
        points=list(_points(entry)) if second else [],
        variants=list(_variants(entry, x)),
    )


def _second(entry: Activation, x: Array) -> Array:
    return enclose(entry, "derivative", x.tolist(), defaults(entry), order=1).rounded


def _points(entry: Activation) -> Iterator[Point]:
    """Yield where the function is flat, or its slope is, with a change of sign."""
    function = reference.activations[entry.name]
    # Beside the places that are likely roots: one on the grid would be no change of sign.
    x = np.arange(*SPAN, 1 / 16) + 1 / 32
    flat: list[tuple[What, float]] = [
        ("minimum" if rising else "maximum", at)
        for _, at, rising in crossings(function.derivative, x)
        if at not in seams_of(entry)
    ]
    bent: list[tuple[What, float]] = [
        ("inflection", at) for _, at, _ in crossings(lambda x: _second(entry, x), x)
    ]
    for what, at in sorted([*flat, *bent], key=lambda found: found[1]):
        place = np.array([at])
        ys = [function(place), function.derivative(place), _second(entry, place)]
        ys[2 if what == "inflection" else 1] = np.zeros(1)  # it is a root of that one
        rounded, value, derivative, second = _rounded(np.concatenate([place, *ys]))
        yield Point(what=what, x=rounded, value=value, derivative=derivative, second=second)


def _variants(entry: Activation, x: Array) -> Iterator[Variant]:
    function = reference.activations[entry.name]
    for name, parameter in entry.parameters.items():
        for at in sorted({parameter.default, *parameter.curves}) if parameter.curves else ():
            yield Variant(parameter=name, at=at, value=_line(x, function(x, **{name: at})))


def _first(
    entry: Activation, function: Any
) -> tuple[Callable[[Array], Array], Callable[[Array], Array]]:
    """Return value and derivative along the first element of a row of two, the other being 0."""

    def row(x: Array) -> Array:
        return np.stack([x, np.zeros_like(x)], axis=-1)

    if entry.shape == "reduction":
        return lambda x: function(row(x)), lambda x: function.derivative(row(x))[..., 0]
    return lambda x: function(row(x))[..., 0], lambda x: function.derivative(row(x))[..., 0, 0]


def _broken(x: Array, breaks: Sequence[float]) -> Iterator[Array]:
    """Split a grid at the breaks; each part ends at the last number before one."""
    edges = [-np.inf, *sorted(breaks), np.inf]
    for low, high in pairwise(edges):
        ends = np.array([np.nextafter(low, high), np.nextafter(high, low)])
        inner = x[(x > low) & (x < high)]
        yield np.unique(np.concatenate([inner, ends[np.isfinite([low, high])]]))


def _kink(at: float, value: Callable[[Array], Array], derivative: Callable[[Array], Array]) -> Kink:
    around = np.array([np.nextafter(at, -np.inf), at, np.nextafter(at, np.inf)])
    before, taken, after = _rounded(derivative(around))
    (height,) = _rounded(value(np.array([at])))
    return Kink(x=at, value=height, low=min(before, after), high=max(before, after), taken=taken)


def _histogram(entry: Initializer) -> Histogram:
    initializer = reference.initializers[entry.name]
    drawn = np.asarray(
        initializer(SHAPE, rng=np.random.default_rng(SEED), dtype=np.float32), dtype=np.float64
    )
    drawn_mean, drawn_stddev = _rounded(np.array([drawn.mean(), drawn.std()]))
    if isinstance(entry.distribution, Constant):
        at, count = float(drawn.flat[0]), int((drawn == drawn.flat[0]).sum())
        return Histogram(
            entry=entry.name, mean=at, stddev=0.0, density=None,
            bins=[Bin(low=at, high=at, count=count)],
            drawn_mean=drawn_mean, drawn_stddev=drawn_stddev,
        )  # fmt: skip
    distribution = initializer.distribution(SHAPE)
    mean, stddev = _rounded(np.array([distribution.mean(), distribution.std()]))
    low, high = (
        end if np.isfinite(end) else mean + sign * 4.2 * stddev
        for end, sign in zip(distribution.support(), (-1, 1), strict=True)
    )
    counts, edges = np.histogram(drawn, bins=BINS, range=(low, high))
    sides = _rounded(edges)
    x = np.linspace(low, high, POINTS)
    y = distribution.pdf(x)
    if np.isfinite(distribution.support()).all():
        # Beyond the support the density is 0, and that is drawn too.
        margin = (high - low) / 12
        x = np.concatenate([[low - margin, low], x, [high, high + margin]])
        y = np.concatenate([[0, 0], y, [0, 0]])
    return Histogram(
        entry=entry.name,
        mean=mean,
        stddev=stddev,
        density=_line(x, y),
        bins=[
            Bin(low=a, high=b, count=int(count))
            for (a, b), count in zip(pairwise(sides), counts, strict=True)
        ],
        drawn_mean=drawn_mean,
        drawn_stddev=drawn_stddev,
    )


def _line(x: Array, y: Array) -> Line:
    return Line(x=_rounded(x), y=_rounded(y))


def _rounded(values: Array) -> list[float]:
    # What is smaller than a plot can show is 0; adding 0 turns -0 into 0.
    seen = np.where(np.abs(values) < _INVISIBLE, 0.0, values) + 0.0
    return [float(f"{value:.{_DIGITS}g}") for value in seen.tolist()]
