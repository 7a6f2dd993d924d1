"""An entry's formula as a function on balls (Arb).

The text of the entry is compiled, name by name, to calls of Arb; nothing of the reference is used.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Literal

from flint import arb, fmpq

from actinit.spec import Activation, Expression, Piece

__all__ = ["Part", "compile_formula"]

Part = Literal["value", "derivative"]

# Arb has no exponent for exp of more: it is infinite in every format, and 1 over it is zero.
_HUGE = 2.0**80


def _exp(value: arb) -> arb:
    return arb.pos_inf() if value > _HUGE else value.exp()


def _max(*values: Any) -> arb:
    items = list(values[0]) if len(values) == 1 else values
    top = items[0]
    for item in items[1:]:
        top = top.max(item)
    return top


def _sum(values: Any) -> arb:
    total = arb(0)
    for value in values:
        total += value
    return total


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "exp": _exp,
    "expm1": lambda v: v.expm1(),
    "log": lambda v: v.log(),
    "log1p": lambda v: v.log1p(),
    "sqrt": lambda v: v.sqrt(),
    "tanh": lambda v: v.tanh(),
    "erf": lambda v: v.erf(),
    "erfc": lambda v: v.erfc(),
    "abs": abs,
    "min": lambda a, b: a.min(b),
    "max": _max,
    "sum": _sum,
    "delta": lambda i, k: int(i == k),
}


class _Exact(ast.NodeTransformer):
    """Replace each decimal by a name bound to that very rational, as a ball of this precision."""

    def __init__(self, expression: Expression, names: dict[str, Any]) -> None:
        self._text, self._names = expression.text, names

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        value = Fraction(str(ast.get_source_segment(self._text, node)))
        name = f"decimal_{value.numerator}_{value.denominator}".replace("-", "minus_")
        self._names[name] = arb(fmpq(value.numerator, value.denominator))
        return ast.copy_location(ast.Name(name, ast.Load()), node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        node.left = self.visit(node.left)
        if not isinstance(node.op, ast.Pow):  # an integer power stays one: products, not exp(log)
            node.right = self.visit(node.right)
        return node


def compile_formula(
    entry: Activation, part: Part, parameters: Mapping[str, float]
) -> Callable[..., Any]:
    """Compile the value or the derivative of an entry at the precision of the moment.

    Parameters
    ----------
    entry : Activation
        The entry.
    part : {"value", "derivative"}
        Which formula.
    parameters : mapping of str to float
        A value for each parameter of the entry.

    Returns
    -------
    callable
        Of ``x``, a ball, for elementwise entries. For the others of ``(x, row)``, a list of balls
        and the range of its indices; it returns a function of the indices ``(i, k)``.
    """
    names: dict[str, Any] = {**_FUNCTIONS, "pi": arb.pi(), "inf": arb.pos_inf()}
    names |= {name: arb(value) for name, value in parameters.items()}
    pieces = getattr(entry, part).pieces
    terms = {name: term.is_ for name, term in entry.terms.items()}
    used = _used(pieces, terms)
    lines: list[ast.stmt] = [
        ast.Assign([ast.Name(name, ast.Store())], _translate(terms[name], names)) for name in used
    ]
    result = _translate(pieces[-1].then, names)
    for piece in reversed(pieces[:-1]):
        result = ast.IfExp(_translate(piece.if_, names), _translate(piece.then, names), result)
    if entry.shape == "elementwise":
        arguments = ["x"]
        lines.append(ast.Return(result))
    else:
        # Terms depend on the row alone, so they are computed once for all of its elements.
        arguments = ["x", "row"]
        lines.append(ast.Return(ast.Lambda(_arguments(["i", "k"]), result)))
    function = ast.FunctionDef("formula", _arguments(arguments), lines, [])
    function.type_params = []  # type: ignore[attr-defined]  # asked for since Python 3.12
    module = ast.fix_missing_locations(ast.Module([function], []))
    exec(compile(module, f"<{entry.name}>", "exec"), names)  # noqa: S102 - the language is checked
    compiled: Callable[..., Any] = names["formula"]
    return compiled


def _translate(expression: Expression | None, names: dict[str, Any]) -> ast.expr:
    assert expression is not None
    tree = ast.parse(expression.text, mode="eval").body  # a copy: the transformer edits in place
    translated: ast.expr = _Exact(expression, names).visit(tree)
    return translated


def _used(pieces: tuple[Piece, ...], terms: dict[str, Expression]) -> list[str]:
    """Return the terms that the pieces need, directly or through each other, in order."""
    wanted = {name for piece in pieces for name in piece.then.names}
    for name in reversed(terms):
        if name in wanted:
            wanted |= terms[name].names
    return [name for name in terms if name in wanted]


def _arguments(names: list[str]) -> ast.arguments:
    return ast.arguments([], [ast.arg(name) for name in names], None, [], [], None, [])
