"""The table of how the usual starts carry signals and gradients through each activation.

``actinit compute propagation`` computes it from the reference.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import msgspec

from actinit import reference, spec
from actinit.reference import propagation

from ..results.store import read

__all__ = ["Deep", "Limit", "Row", "Table", "compute", "load"]

SCHEMA_ID = "actinit-propagation-1"
#: Gains of the usual rules, for a layer with as many inputs as outputs.
RULES = {"LeCun or Glorot": 1.0, "He": math.sqrt(2)}
# Variances that stand for what vanishes, and for what explodes.
_NEARLY_NOTHING, _HUGE = 1e-8, 1e8

# Layers that nobody stacks; and nearer to 0, or infinity, more would be needed.
_DEEPEST = 1e3

Limit = Literal["kept", "settles", "vanishes", "explodes"]


class Deep(msgspec.Struct, frozen=True, kw_only=True):
    """What a start comes to in deep layers without biases."""

    rule: str
    gain: float
    variance: Limit  #: Of the sums: kept as it is, settling at `q`, or going to 0 or infinity.
    q: float | None  #: Where it settles, from 1; none if it does not.
    chi: float  #: Factor of a gradient's mean square per layer, there.
    depth_scale: float | None  #: Layers for a factor of e; none where gradients are kept.


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One activation, at the defaults of its parameters."""

    activation: str
    value: float  #: Mean square of f at q = 1.
    slope: float  #: Mean square of f'.
    gain: float  #: That makes chi = 1 at q = 1.
    keeping_gain: float  #: That keeps q = 1.
    usual: float | None  #: The gain of the field's table, where it has one.
    critical: list[tuple[float | None, float, bool]]  #: q (none if any will do), gain, stable.
    deep: list[Deep]


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """The content of the file."""

    schema: str = SCHEMA_ID
    versions: dict[str, str]
    rows: list[Row]


def compute() -> Table:
    """Compute the table from the reference: for each elementwise activation a row."""
    entries = [entry for entry in spec.activations.values() if entry.shape == "elementwise"]
    return Table(
        versions={name: version(name) for name in ("numpy", "scipy")},
        rows=[_row(entry.name) for entry in entries],
    )


def _row(name: str) -> Row:
    found = propagation.moments(name)
    usual = _usual(name)
    return Row(
        activation=name,
        value=found.value,
        slope=found.slope,
        gain=propagation.gain(name),
        keeping_gain=propagation.keeping_gain(name),
        usual=usual,
        critical=[
            (None if math.isnan(point.q) else point.q, point.gain, point.stable)
            for point in propagation.critical_points(name)
        ],
        deep=[_deep(name, rule, gain) for rule, gain in _rules(usual)],
    )


def _usual(name: str) -> float | None:
    known = "linear" if name == "identity" else name
    return reference.calculate_gain(known) if known in spec.gains() else None


def _rules(usual: float | None) -> Iterator[tuple[str, float]]:
    yield from RULES.items()
    if usual is not None and not any(math.isclose(usual, gain) for gain in RULES.values()):
        yield "the usual gain", usual


def _deep(name: str, rule: str, gain: float) -> Deep:
    q = propagation.fixed_point(name, gain)
    kept = math.isclose(propagation.variance_map(name, 2.0, gain), 2.0, rel_tol=1e-12)
    at = min(max(q, _NEARLY_NOTHING), _HUGE)
    scale = propagation.depth_scale(name, at, gain)
    limit: Limit = "kept" if kept else "settles"
    if q in (0, math.inf):
        limit = "explodes" if q else "vanishes"
    return Deep(
        rule=rule,
        gain=gain,
        variance=limit,
        q=q if limit == "settles" else None,
        chi=propagation.gradient_factor(name, at, gain),
        depth_scale=scale if scale < _DEEPEST else None,
    )


def load(file: Path) -> Table:
    """Read the table; see `actinit.conformance.results.store.read`."""
    return read(file, Table, "compute it again")
