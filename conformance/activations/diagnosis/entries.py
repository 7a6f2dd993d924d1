"""Forms made of the spec's own functions: another entry, a parameter, a sign, a difference."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from actinit import reference
from actinit.spec import Part, activations

from ...expected.reference import reference_at
from .arithmetic import Formula
from .evidence import Evidence, Floats, Form
from .settings import usual

__all__ = ["changed", "differences", "others", "parameters", "swapped"]

_PARTS: tuple[Part, Part] = ("value", "derivative")
_STEPS = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 2.0**-26, 2.0**-12, 1.22e-4)


def swapped(evidence: Evidence) -> Iterator[Form]:
    """Yield the value for the derivative, the derivative for the value, and plain constants."""
    entry = evidence.entry
    if evidence.part == "value":
        yield Form(f"{entry.name}'", partial(reference_at, entry, "derivative"))
    else:
        yield Form(entry.name, partial(reference_at, entry, "value"))
    yield Form("0", np.zeros_like)
    yield Form("1", np.ones_like)


def others(evidence: Evidence) -> Iterator[Form]:
    """Yield the values and the derivatives of all other entries."""
    for part in _PARTS:
        for name, function in reference.activations.items():
            if activations[name].shape == "elementwise" and name != evidence.entry.name:
                of_value = part == "value"
                yield Form(
                    name if of_value else f"{name}'",
                    function if of_value else function.derivative,
                )


def parameters(evidence: Evidence) -> Iterator[Form]:
    """Yield the entry at other settings of its parameters."""
    function = reference.activations[evidence.entry.name]
    rule = function if evidence.part == "value" else function.derivative
    for name, parameter in evidence.entry.parameters.items():
        for setting in usual(parameter.default):
            if setting != parameter.default:

                def curve(x: Floats, name: str = name, setting: float = setting) -> Floats:
                    try:
                        return np.asarray(rule(x, **{name: setting}))
                    except ValueError:  # outside the domain
                        return np.full(x.shape, np.nan)

                yield Form(f"{evidence.own} with {name} = {setting:.4g}", curve)


def changed(evidence: Evidence) -> Iterator[Form]:
    """Yield what was asked for with another sign, of another argument, or taken twice."""
    own, right = evidence.own, evidence.right
    value, slope = (partial(reference_at, evidence.entry, part) for part in _PARTS)
    forms: dict[str, Callable[[Floats], Floats]] = {
        f"-{own}": lambda x: -right(x),
        f"{own} of -x": lambda x: right(-x),
        f"-({own} of -x)": lambda x: -right(-x),
        f"{own} of |x|": lambda x: right(np.abs(x)),
        f"|{own}|": lambda x: np.abs(right(x)),
        f"1 - {own}": lambda x: 1 - right(x),
        f"1 / {own}": lambda x: 1 / right(x),
        f"{own} squared": lambda x: right(x) ** 2,
        f"the root of {own}": lambda x: np.sqrt(right(x)),
        f"{own} of {own}, applied twice": lambda x: right(right(x)),
        f"x * {own}": lambda x: x * right(x),
        f"{own} of x**2": lambda x: right(x * x),
        f"{own} without its part where x > 0": lambda x: np.where(x > 0, 0.0, right(x)),
        f"{own} without its part where x < 0": lambda x: np.where(x < 0, 0.0, right(x)),
    }
    if evidence.part == "derivative":
        name = evidence.entry.name
        forms |= {
            f"{own} + 1, as if the upstream gradient were added": lambda x: right(x) + 1,
            f"{own} of {name}(x), of the output in place of the input": lambda x: slope(value(x)),
            f"{name} * {own}": lambda x: value(x) * slope(x),
            f"x - {name}": lambda x: x - value(x),
        }
    for text, curve in forms.items():
        yield Form(text, curve)


def differences(evidence: Evidence) -> Iterator[Form]:
    """Yield difference quotients in place of a derivative."""
    if evidence.part != "derivative":
        return
    function, fmt = partial(reference_at, evidence.entry, "value"), evidence.fmt
    kinds = dict.fromkeys((np.dtype(np.float64), np.dtype(np.float32), fmt.dtype))
    for kind in kinds:
        for step in (*_STEPS, 2.0 ** (-fmt.stored // 2), 2.0 ** (-fmt.stored // 3)):
            for text, ahead, behind in (("central", 1, 1), ("forward", 1, 0), ("backward", 0, 1)):
                yield Form(
                    f"a {text} difference of {evidence.entry.name}, step {step:.3g}",
                    partial(_quotient, function, kind, step, ahead, behind),
                )


def _quotient(
    function: Formula, kind: Any, step: float, ahead: int, behind: int, x: Floats
) -> Floats:
    """Return a difference quotient that is computed in a dtype."""
    h, at = kind.type(step), x.astype(kind)
    rise = np.asarray(function(at + ahead * h) - function(at - behind * h))
    return np.asarray(rise / ((ahead + behind) * h), dtype=np.float64)
