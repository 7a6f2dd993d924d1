"""The points that the site's plots go through, from the reference: the site computes nothing.

``python -m actinit.conformance.curves`` writes them to ``build/results/curves.json``.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from actinit import reference, spec
from actinit.spec import Activation, Initializer
from actinit.spec.laws import Constant, Orthogonal, Structured

from .report import save

__all__ = [
    "Bin",
    "Curve",
    "Curves",
    "Histogram",
    "Kink",
    "Line",
    "compute",
    "load",
    "main",
    "schema",
]

SCHEMA_ID = "actinit-curves-1"
OUTPUT = Path("build/results/curves.json")
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


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """Points to be joined."""

    x: list[float]
    y: list[float]


class Kink(msgspec.Struct, frozen=True, kw_only=True):
    """A point where the derivative jumps: its ends, and what the reference returns there."""

    x: float
    low: float
    high: float
    taken: float


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """An activation and its derivative; the derivative is broken where it jumps.

    Of a function of a row this is the slice along its first element, the second being 0: the first
    result, and its derivative with respect to the first element.
    """

    entry: str
    value: Line
    derivative: list[Line]
    kinks: list[Kink]


class Bin(msgspec.Struct, frozen=True, kw_only=True):
    """One bar of a histogram."""

    low: float
    high: float
    count: int


class Histogram(msgspec.Struct, frozen=True, kw_only=True):
    """An initializer's density and a drawn sample; without a density all mass is at one point."""

    entry: str
    mean: float
    stddev: float
    density: Line | None
    bins: list[Bin]
    drawn_mean: float
    drawn_stddev: float


class Curves(msgspec.Struct, frozen=True, kw_only=True):
    """The content of the file."""

    schema: str = SCHEMA_ID
    versions: dict[str, str]
    shape: tuple[int, int]
    seed: int
    activations: list[Curve]
    initializers: list[Histogram]


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the file."""
    found = msgspec.json.schema(Curves)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **found}


def load(file: Path) -> Curves:
    """Read the points.

    Raises
    ------
    ValueError
        If the file is no such file; says where it departs.
    """
    try:
        return msgspec.json.decode(file.read_bytes(), type=Curves)
    except msgspec.MsgspecError as error:
        raise ValueError(f"{file} is no {SCHEMA_ID} file: {error}; compute it again") from None


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
            if isinstance(entry.law, Orthogonal) or not isinstance(entry.law, Structured)
        ],
    )


def _curve(entry: Activation) -> Curve:
    function = reference.activations[entry.name]
    value: Callable[[Array], Array] = function
    derivative: Callable[[Array], Array] = function.derivative
    jumps = [kink.at for kink in entry.derivative.kinks if _present(entry, kink.when)]
    breaks = [spec.evaluate(at, _defaults(entry)) for at in jumps]
    if entry.shape != "elementwise":
        value, derivative = _first(entry, function)
        breaks = [0.0] if entry.derivative.ties else []
    x = np.linspace(*SPAN, POINTS)
    return Curve(
        entry=entry.name,
        value=_line(x, value(x)),
        derivative=[_line(part, derivative(part)) for part in _broken(x, breaks)],
        kinks=[_kink(at, derivative) for at in breaks],
    )


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


def _kink(at: float, derivative: Callable[[Array], Array]) -> Kink:
    around = np.array([np.nextafter(at, -np.inf), at, np.nextafter(at, np.inf)])
    before, taken, after = _rounded(derivative(around))
    return Kink(x=at, low=min(before, after), high=max(before, after), taken=taken)


def _histogram(entry: Initializer) -> Histogram:
    initializer = reference.initializers[entry.name]
    drawn = np.asarray(
        initializer(SHAPE, rng=np.random.default_rng(SEED), dtype=np.float32), dtype=np.float64
    )
    drawn_mean, drawn_stddev = _rounded(np.array([drawn.mean(), drawn.std()]))
    if isinstance(entry.law, Constant):
        at, count = float(drawn.flat[0]), int((drawn == drawn.flat[0]).sum())
        return Histogram(
            entry=entry.name, mean=at, stddev=0.0, density=None,
            bins=[Bin(low=at, high=at, count=count)],
            drawn_mean=drawn_mean, drawn_stddev=drawn_stddev,
        )  # fmt: skip
    law = initializer.distribution(SHAPE)
    mean, stddev = _rounded(np.array([law.mean(), law.std()]))
    low, high = (
        end if np.isfinite(end) else mean + sign * 4.2 * stddev
        for end, sign in zip(law.support(), (-1, 1), strict=True)
    )
    counts, edges = np.histogram(drawn, bins=BINS, range=(low, high))
    sides = _rounded(edges)
    x = np.linspace(low, high, POINTS)
    y = law.pdf(x)
    if np.isfinite(law.support()).all():
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


def _present(entry: Activation, when: spec.Condition | None) -> bool:
    return when is None or spec.holds(when, _defaults(entry))


def _defaults(entry: Activation) -> dict[str, float]:
    return {name: parameter.default for name, parameter in entry.parameters.items()}


def _line(x: Array, y: Array) -> Line:
    return Line(x=_rounded(x), y=_rounded(y))


def _rounded(values: Array) -> list[float]:
    # What is smaller than a plot can show is 0; adding 0 turns -0 into 0.
    seen = np.where(np.abs(values) < _INVISIBLE, 0.0, values) + 0.0
    return [float(f"{value:.{_DIGITS}g}") for value in seen.tolist()]


def main(arguments: list[str] | None = None) -> int:
    """Compute the points and write them.

    Parameters
    ----------
    arguments : list of str, optional
        Words of the command line; by default those of the process.

    Returns
    -------
    int
        Exit status.
    """
    parser = argparse.ArgumentParser(prog="actinit.conformance.curves", description=__doc__)
    parser.add_argument("--output", type=Path, default=OUTPUT, metavar="FILE")
    save(compute(), parser.parse_args(arguments).output)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
