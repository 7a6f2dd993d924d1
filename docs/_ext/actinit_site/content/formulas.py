"""Results, budgets and networks as formulas."""

from __future__ import annotations

import itertools

from actinit import spec
from actinit.spec import AnyEntry, Expression
from actinit.spec.architecture import Architecture, Conv2D, Dense, Flatten, Reshape
from actinit.spec.expression import FUNCTIONS
from actinit.spec.latex import latex, symbols

from .numbers import number

__all__ = ["BUDGET_NAMES", "network", "stated", "symbols_of"]

#: LaTeX of what a budget may name.
BUDGET_NAMES = {
    **{name: rf"\,\mathrm{{{name}}}" for name in (*FUNCTIONS, "spread", "width", "one")},
    "kappa": r"\kappa",
}
_OPEN = {"any": "left open", "any zero": "0, of either sign"}


def network(made: Architecture) -> str:
    """Say of what layers a network is made; of equal ones in a row, how many there are."""
    parts = [f"{made.inputs} inputs"]
    for layer, equal in itertools.groupby(made.layers):
        count = len(list(equal))
        match layer:
            case Reshape():
                parts.append(f"made a picture of {layer.height} × {layer.width}")  # noqa: RUF001
            case Flatten():
                parts.append("made flat")
            case Dense():
                parts.append(f"{layer.units} units with {layer.activation}")
            case Conv2D():
                size = f"{layer.kernel} × {layer.kernel}"  # noqa: RUF001
                parts.append(
                    f"{count} convolution{'s' * (count > 1)} of {layer.filters} filters of {size} "
                    f"with {layer.activation}, stride {layer.stride}, padding {layer.padding}"
                )
    return "; ".join(parts)


def stated(outcome: object, entry: AnyEntry) -> str:
    """Write what the spec states of a special value."""
    if isinstance(outcome, tuple):
        return ", ".join(stated(item, entry) for item in outcome)
    if isinstance(outcome, str):
        return _OPEN.get(outcome) or f"${latex(Expression(outcome), symbols(entry), inline=True)}$"
    assert isinstance(outcome, float)
    return f"${number(outcome)}$"


def symbols_of(entry: spec.Network | spec.Optimizer) -> dict[str, str]:
    """Return the LaTeX of every name in the formulas of a training."""
    if isinstance(entry, spec.Network):
        return {name: one.symbol for name, one in entry.symbols.items()}
    states = {"mean": "m", "square": "v", "velocity": "u"}
    return {name: parameter.symbol for name, parameter in entry.parameters.items()} | states
