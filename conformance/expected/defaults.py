"""An entry at the defaults of its parameters: these, its kinks, and where its pieces meet."""

from __future__ import annotations

import ast

from actinit.spec import Activation, Expression, Kink, evaluate, holds

__all__ = ["defaults", "has_slope", "kinks_of", "seams_of"]


def defaults(entry: Activation) -> dict[str, float]:
    """Return the default value of each parameter of an entry."""
    return {name: parameter.default for name, parameter in entry.parameters.items()}


def kinks_of(entry: Activation) -> list[Kink]:
    """Return the kinks that an entry has at the defaults of its parameters."""
    return [
        kink
        for kink in entry.derivative.kinks
        if kink.when is None or holds(kink.when, defaults(entry))
    ]


def seams_of(entry: Activation) -> list[float]:
    """Return where the derivative has none: at kinks, and where two of its pieces meet."""
    places = [kink.at for kink in kinks_of(entry)]
    for piece in entry.derivative.pieces:
        # Every condition of an elementwise entry reads "x > place"; a test holds them to it.
        if piece.if_ and isinstance(piece.if_.tree, ast.Compare):
            places.append(Expression(ast.unparse(piece.if_.tree.comparators[0])))
    return sorted({evaluate(place, defaults(entry)) for place in places})


def has_slope(entry: Activation) -> bool:
    """Say whether the derivative is anything but 0: one that is 0 everywhere depends on nothing."""
    return any(str(piece.then) != "0" for piece in entry.derivative.pieces)
