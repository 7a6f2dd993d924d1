"""Forms that are not the spec's: relatives, other constants, formulas that lose digits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from actinit import reference

from .arithmetic import Formula, Precision, complex_step, computed_in, narrower, to_precision, wider
from .evidence import Evidence, Floats, Form
from .formulas import DERIVATIVES, OF_OUTPUT, VALUES
from .relatives import CONSTANTS, RELATIVES

__all__ = ["constants", "of_the_output", "relatives", "roundings"]

_EPSILONS = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-10, 1e-12, 2.0**-23, 2.0**-52)
# Where formulas that are right agree.
_GRID = np.arange(-8, 9) / 4 + 1 / 16


def relatives(evidence: Evidence) -> Iterator[Form]:
    """Yield functions that the spec does not have, or their derivatives."""
    for name, formula in RELATIVES.items():
        if evidence.part == "value":
            yield Form(name, formula)
        else:
            yield Form(f"the derivative of {name}", complex_step(formula))
            yield Form(name, formula)


def constants(evidence: Evidence) -> Iterator[Form]:
    """Yield the entry's formula with other constants, or with an epsilon inside."""
    tables = {**CONSTANTS.get(evidence.entry.name, {}), **_with_epsilon(evidence.entry.name)}
    for name, formula in tables.items():
        if evidence.part == "value":
            yield Form(name, formula)
            for fmt in wider(evidence.fmt):
                yield Form(name, computed_in(formula, fmt))
        else:
            yield Form(f"the derivative of {name}", complex_step(formula))


def _with_epsilon(name: str) -> dict[str, Formula]:
    found: dict[str, Formula] = {}
    for epsilon in _EPSILONS:
        if name in ("sigmoid", "silu"):
            text = f"{name} with {epsilon:.3g} added to its divisor"
            found[text] = partial(_divided, epsilon, name == "silu")
        elif name == "softplus":
            text = f"softplus with {epsilon:.3g} added inside the log"
            found[text] = partial(_logarithm, epsilon)
    return found


def _divided(epsilon: float, gated: bool, x: Any) -> Any:
    return (x if gated else 1) / (1 + np.exp(-x) + epsilon)


def _logarithm(epsilon: float, x: Any) -> Any:
    return np.log(1 + np.exp(x) + epsilon)


def roundings(evidence: Evidence) -> Iterator[Form]:
    """Yield formulas of the entry that lose digits or overflow, or have a slip.

    They are computed in the arithmetic of formats; of which is told where it matters, since the
    formula is right.
    """
    table = VALUES if evidence.part == "value" else DERIVATIVES
    due = evidence.right(_GRID)
    for name, formula in table.get(evidence.entry.name, {}).items():
        right = np.allclose(formula(_GRID), due, rtol=1e-6)
        for fmt in wider(evidence.fmt):
            text = f"{name}, in {fmt.name}" if right else name
            yield Form(text, computed_in(formula, fmt))


def of_the_output(evidence: Evidence) -> Iterator[Form]:
    """Yield the derivative from a value that was rounded before."""
    if evidence.part != "derivative":
        return
    function = reference.activations[evidence.entry.name]
    fmt = evidence.fmt
    own = Precision(fmt.name, fmt.precision, fmt.emin, fmt.emax)
    for name, formula in OF_OUTPUT.get(evidence.entry.name, {}).items():
        for kind in (own, *narrower(fmt)):
            curve = partial(_of_rounded, function, formula, kind)
            yield Form(f"{name} of the value y rounded to {kind.name}", curve)


def _of_rounded(
    function: Formula, formula: Callable[[Any, Any], Any], kind: Precision, x: Floats
) -> Floats:
    return np.asarray(formula(x, to_precision(np.asarray(function(x)), kind)))
