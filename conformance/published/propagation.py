"""The table of how the usual initializations carry signals and gradients through each activation.

``actinit compute propagation`` computes it from the reference.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from importlib.metadata import version

from actinit import reference, spec
from actinit.reference import propagation

from ..results.propagation import Deep, Limit, Propagation, PropagationRow

__all__ = [
    "compute",
]

#: Gains of the usual rules, for a layer with as many inputs as outputs.
RULES = {"LeCun or Glorot": 1.0, "He": math.sqrt(2)}
# Variances that stand for what vanishes, and for what explodes.
_NEARLY_NOTHING, _HUGE = 1e-8, 1e8

# Layers that nobody stacks; and nearer to 0, or infinity, more would be needed.
_DEEPEST = 1e3


def compute() -> Propagation:
    """Compute the table from the reference: for each elementwise activation a row."""
    entries = [entry for entry in spec.activations.values() if entry.shape == "elementwise"]
    return Propagation(
        versions={name: version(name) for name in ("numpy", "scipy")},
        rows=[_row(entry.name) for entry in entries],
    )


def _row(name: str) -> PropagationRow:
    found, gain = propagation.moments(name), propagation.gain(name)
    usual = _usual(name)
    return PropagationRow(
        activation=name,
        value=found.value,
        slope=found.slope,
        gain=gain if math.isfinite(gain) else None,
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
        chi=min(propagation.gradient_factor(name, at, gain), sys.float_info.max),
        depth_scale=scale if scale < _DEEPEST else None,
    )
