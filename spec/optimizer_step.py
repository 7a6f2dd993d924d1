"""A step of an optimizer, computed from its entry's formulas by whatever library has the arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .floats import compute
from .optimizer import Optimizer

__all__ = ["stepped"]


def stepped(
    entry: Optimizer,
    rates: Mapping[str, float],
    x: Any,
    g: Any,
    t: Any,
    state: Mapping[str, Any],
    functions: Any,
) -> tuple[Any, dict[str, Any]]:
    """Return a parameter and its states after a step.

    Parameters
    ----------
    entry : Optimizer
        With the formulas.
    rates : mapping of str to float
        A value for each parameter of the entry.
    x, g : array
        The parameter and its gradient.
    t : int or array
        How many steps there were, with this one.
    state : mapping of str to array
        The states after the last step; of zeros at first.
    functions : module
        Where functions of such arrays are, such as ``jax.numpy``.
    """
    names: dict[str, Any] = {**rates, **state, "g": g, "t": t}
    for name, formula in entry.state.items():
        names[name] = compute(formula, names, functions)
    moved = compute(entry.update, {**names, "x": x}, functions)
    return moved, {name: names[name] for name in entry.state}
