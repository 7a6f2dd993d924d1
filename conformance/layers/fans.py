"""The check of the fans that a backend takes a kernel to have: they are measured, not looked up.

A kernel is filled by the backend's own initializers whose limit says the fans: `lecun_uniform`,
uniform up to ``sqrt(3 / fan_in)``, and `glorot_uniform`, up to ``sqrt(6 / (fan_in + fan_out))``.
The greatest of n weights, without its sign, is below the limit by more than the share e with
probability ``(1 - e)**n`` only. So the fan is at most ``3 / max**2``, and at least that times
``(1 - e)**2`` but for this risk. As many layers are built as it takes for a single integer to be
left in between.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from actinit import spec
from actinit.adapters import Adapter
from actinit.spec import Layer, evaluate

from ..check import Check, Finding, Outcome, Witness
from ..initializers import judges
from ..initializers.plan import DOUBT
from ..snippets.layers import building
from ..snippets.weights import figure_lines
from . import diagnosis
from .weights import DTYPE, Weights

__all__ = ["RISK", "Span", "check", "read"]

#: Probability that a reading leaves the right fan out: that of two tests in doubt.
RISK = DOUBT**2
# Layers that are built before a reading is given as it is.
_MOST = 256
# A limit is computed in the dtype, with a root, a quotient and a product.
_ROUNDINGS = 8
# Of w, from lecun_uniform, and of v, from glorot_uniform.
_MEASURES = {
    "fan_in": "3 / abs(w).max() ** 2",
    "fan_out": "6 / abs(v).max() ** 2 - 3 / abs(w).max() ** 2",
}


@dataclass(frozen=True)
class Span:
    """What a fan, or a sum of fans, can be.

    Attributes
    ----------
    low, high : float
        The ends.
    """

    low: float
    high: float

    def holds(self, fan: float) -> bool:
        """Say whether a number lies inside."""
        return self.low <= fan <= self.high

    @property
    def integers(self) -> int:
        """How many integers lie inside."""
        return max(0, math.floor(self.high) - math.ceil(self.low) + 1)

    def less(self, other: Span) -> Span:
        """Return what is left of a sum, if the other is an integer wherever it can be one."""
        known = math.floor(other.high)
        other = Span(known, known) if other.integers == 1 else other
        return Span(self.low - other.high, self.high - other.low)

    def __str__(self) -> str:
        return f"{math.floor(self.high)}" if self.integers == 1 else f"{self.high:.5g}"


def span(greatest: float, count: int, factor: float) -> Span:
    """Return what can be the fan behind the greatest of so many weights."""
    share = min(1.0, -math.log(RISK) / count)
    rounding = _ROUNDINGS * float(np.finfo(DTYPE).eps)
    fan = factor / greatest**2
    return Span(fan * (1 - share) ** 2 * (1 - rounding), fan * (1 + rounding))


def read(told: Weights, adapter: Adapter, initializer: str, factor: float) -> Span | Outcome:
    """Read a fan off what a uniform distribution draws.

    Parameters
    ----------
    told : Weights
        The kernel.
    adapter : Adapter
        The backend.
    initializer : str
        Name of the initializer.
    factor : float
        The square of its limit times the fan.

    Returns
    -------
    Span or Outcome
        An outcome if a weight is not finite.
    """
    greatest, count, found = 0.0, 0, Span(0, math.inf)
    for place in range(_MOST):
        # A seed for each: an initializer object may draw the same tensor every time.
        drawn = next(told.layers(adapter, place, spec.initializers[initializer]))
        kernel = told.meant(adapter, drawn)
        if bad := judges.nonfinite(kernel):
            return bad
        greatest = max(greatest, float(np.abs(kernel).max(initial=0)))
        count += kernel.size
        if not greatest:
            zeros = Finding(
                key="fans/zeros", kind="definition", defect="fans",
                sentence=f"{initializer} draws only zeros", count=count, points=count,
                worst=Witness.figure("greatest weight", 0.0, 1.0, measure="abs(w).max()"),
            )  # fmt: skip
            return Outcome.diverging([zeros])
        found = span(greatest, count, factor)
        if found.integers <= 1:
            break
    return found


def check(entry: Layer, weight: str) -> Check:
    """Return the check of the fans of one weight: ``layer/conv2d/kernel/fans``."""
    told = Weights(entry, f"{weight}/fans", weight)
    rule = entry.weights[weight]
    assert rule.fan_in is not None
    assert rule.fan_out is not None
    right = {
        "fan_in": evaluate(rule.fan_in, entry.examples),
        "fan_out": evaluate(rule.fan_out, entry.examples),
    }
    formulas = {"fan_in": rule.fan_in.text, "fan_out": rule.fan_out.text}

    def run(adapter: Adapter) -> Outcome:
        tensor = told.tensor(adapter)
        inputs = read(told, adapter, "lecun_uniform", 3)
        both = read(told, adapter, "glorot_uniform", 6)
        for one in (inputs, both):
            if isinstance(one, Outcome):
                return one
        assert isinstance(inputs, Span)
        assert isinstance(both, Span)
        found = {"fan_in": inputs, "fan_out": both.less(inputs)}
        shape = tensor.dimensions(entry.examples)
        measured = {name: one.high for name, one in found.items()}
        if all(found[name].holds(fan) for name, fan in right.items()):
            text = ", ".join(f"{name} {fan:g}" for name, fan in right.items())
            return Outcome(conforms=True, message=f"shape {shape}: {text}", measured=measured)
        stated = tensor.reads and {
            "fan_in": evaluate(tensor.reads.fan_in, entry.examples),
            "fan_out": evaluate(tensor.reads.fan_out, entry.examples),
        }
        as_stated = stated and all(found[name].holds(fan) for name, fan in stated.items())
        # What a binding does not tell of its backend is no known way to read the fans.
        unknown = bool(stated) and not as_stated
        other = "; the binding says that it reads other fans" if unknown else ""
        cause = diagnosis.reading(
            {name: (one.low, one.high) for name, one in found.items()}, right, entry.examples
        )
        like = f"; this looks like: {cause}" if cause else ""
        findings = [
            Finding(
                key=f"fans/{name}",
                kind="distribution" if unknown else "definition",
                defect="fans",
                sentence=f"kernel of shape {shape}: {name} is taken to be {found[name]}, and is "
                f"{_equation(formulas[name], fan)}{other}{like}",
                looks_like=cause,
                worst=Witness.figure(name, found[name].high, fan, measure=_MEASURES[name]),
                data={"low": found[name].low, "high": found[name].high, "fan": fan},
            )
            for name, fan in right.items()
            if not found[name].holds(fan)
        ]
        return Outcome.diverging(findings, measured=measured)

    def lines(adapter: Adapter, finding: Finding | None) -> str:
        inputs = building(adapter, entry, told.seed, spec.initializers["lecun_uniform"])
        text = f"{inputs.lines}\n\nw = {inputs.weight('build()', weight)}\n"
        if finding and finding.key == "fans/fan_out":
            both = building(adapter, entry, told.seed, spec.initializers["glorot_uniform"])
            text += f"\n{both.lines}\n\nv = {both.weight('build()', weight)}\n"
        return text + figure_lines(finding)

    return told.check(f"weights.{weight}", run, lines)


def _equation(formula: str, value: float) -> str:
    return formula if formula == f"{value:g}" else f"{formula} = {value:g}"
