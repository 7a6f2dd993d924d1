"""An entry's formula as a function on balls (Arb).

The text of the entry is compiled, name by name, to calls of Arb; nothing of the reference is used.
Further derivatives are no formulas of their own: the same text is evaluated on power series of
balls, whose coefficients they are.
"""

from __future__ import annotations

import ast
import math
import operator as relations
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from flint import arb, arb_series, ctx, fmpq

from actinit.spec import Activation, Expression, Part, Piece

__all__ = ["UncertainError", "compile_formula", "compile_orders", "compile_series"]


class UncertainError(ArithmeticError):
    """A condition that holds for some numbers of a ball and not for others."""


# The exponential of more is infinite in every format, and 1 over it zero. Arb has it as a number,
# but needs more bits; only where two of them may meet in a quotient is that worth the time.
_HUGE = 2.0**80


def _exp(value: arb) -> arb:
    return arb.pos_inf() if value > _HUGE else value.exp()


def _max(*values: Any) -> arb:
    items = list(values[0]) if len(values) == 1 else values
    top = items[0]
    for item in items[1:]:
        top = top.max(item)
    return top


def _argmax(values: Any) -> int:
    """Return the index of the first of the largest; what may be equal and is not proven is unsure.

    Elements of a row are exact.
    """
    items = list(values)
    top = 0
    for index, item in enumerate(items):
        if item > items[top]:
            top = index
        elif not item <= items[top]:
            raise UncertainError
    return top


def _level(values: Any) -> arb:
    """Return the number above which elements stand out by 1 in all; elements of a row are exact."""
    items = sorted(values, key=_middle, reverse=True)
    total, level = arb(0), None
    for k, item in enumerate(items, 1):
        # One that is below the level of those before it is so for all that follow. One at it
        # changes nothing, so that it does not matter if that is not proven.
        if level is not None and item < level:
            break
        total += item
        found = (total - 1) / k
        level = found if level is None else level.max(found)
    assert level is not None
    return level


def _middle(value: arb) -> Fraction:
    mantissa, exponent = value.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


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
    "argmax": _argmax,
    "ceil": lambda v: v.ceil(),
    "level": _level,
    "sum": _sum,
    "delta": lambda i, k: int(i == k),
}


def _with_constant(series: arb_series, constant: arb) -> arb_series:
    """Return a series with its constant term replaced by one that has lost no digits."""
    return arb_series([constant, *series.coeffs()[1:]])


def _tanh(series: arb_series) -> arb_series:
    # Not by way of 1 - tanh**2, which cancels; and by an exponential that does not overflow.
    sign = -1 if series[0] > 0 else 1
    return _with_constant(sign * (1 - 2 / ((2 * sign * series).exp() + 1)), series[0].tanh())


_ON_SERIES: dict[str, Callable[[arb_series], arb_series]] = {
    "exp": lambda s: s.exp(),
    "expm1": lambda s: _with_constant(s.exp(), s[0].expm1()),
    "log": lambda s: s.log(),
    "log1p": lambda s: _with_constant((1 + s).log(), s[0].log1p()),
    "sqrt": lambda s: s.sqrt(),
    "tanh": _tanh,
    "erf": lambda s: s.erf(),
    "erfc": lambda s: s.erfc(),
    "abs": lambda s: s if s[0] > 0 else -s,
}


def _either(name: str) -> Callable[[Any], Any]:
    """Return a function that takes balls and series of them alike."""
    on_ball, on_series = _FUNCTIONS[name], _ON_SERIES[name]
    return lambda v: on_series(v) if isinstance(v, arb_series) else on_ball(v)


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
    return _compile(entry, part, parameters, None)


def compile_orders(
    entry: Activation, part: Part, parameters: Mapping[str, float], orders: Sequence[int]
) -> Callable[[arb], list[arb]]:
    """Compile a formula and derivatives of it, at the precision of the moment.

    Parameters
    ----------
    entry : Activation
        An elementwise entry.
    part : {"value", "derivative"}
        Which formula.
    parameters : mapping of str to float
        A value for each parameter.
    orders : sequence of int
        How many times the formula is to be differentiated, for each result. Where its pieces meet,
        the derivative is that of the piece that holds there.

    Returns
    -------
    callable
        From a ball to one for each order; all derivatives are coefficients of one series.
    """
    if not any(orders):
        plain = compile_formula(entry, part, parameters)
        return lambda x: [plain(x)] * len(orders)
    return _coefficients(_compile(entry, part, parameters, _AtPoint()), orders)


def compile_series(
    entry: Activation, part: Part, parameters: Mapping[str, float]
) -> Callable[[arb_series], Any]:
    """Compile a formula for power series around any number of a ball.

    Parameters
    ----------
    entry : Activation
        An elementwise entry.
    part : {"value", "derivative"}
        Which formula.
    parameters : mapping of str to float
        A value for each parameter.

    Returns
    -------
    callable
        Of the series of x, whose first coefficient is the ball. It returns a series, or a ball
        where the formula is a constant; it raises `UncertainError` where the ball is cut by the
        border of a piece.
    """
    return _compile(entry, part, parameters, _Certain())


def _compile(
    entry: Activation,
    part: Part,
    parameters: Mapping[str, float],
    on_series: ast.NodeTransformer | None,
) -> Callable[..., Any]:
    """Compile a formula; conditions are rewritten where it is for series, or for rows."""
    rewritten = on_series if entry.shape == "elementwise" else _Proven()
    names: dict[str, Any] = {**_FUNCTIONS, "pi": arb.pi(), "inf": arb.pos_inf()}
    if on_series:
        names |= {name: _either(name) for name in _ON_SERIES}
        names |= {"certainly": _certainly}
    if entry.shape != "elementwise":
        names |= {"proven": _proven}
    if entry.shape != "elementwise":
        names["exp"] = arb.exp
    names |= {name: arb(value) for name, value in parameters.items()}
    pieces = getattr(entry, part).pieces
    terms = {name: term.is_ for name, term in entry.terms.items()}
    used = _used(pieces, terms)
    lines: list[ast.stmt] = [
        ast.Assign([ast.Name(name, ast.Store())], _translate(terms[name], names)) for name in used
    ]
    result = _translate(pieces[-1].then, names)
    for piece in reversed(pieces[:-1]):
        condition = _translate(piece.if_, names)
        if rewritten:
            condition = rewritten.visit(condition)
        result = ast.IfExp(condition, _translate(piece.then, names), result)
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


def _coefficients(
    compiled: Callable[..., Any], orders: Sequence[int]
) -> Callable[[arb], list[arb]]:
    """Return what gives derivatives of these orders: coefficients of the series around a point."""
    terms = [(order, math.factorial(order)) for order in orders]
    cap = max(orders) + 1

    def differentiated(x: arb) -> list[arb]:
        before, ctx.cap = ctx.cap, cap
        try:
            series = compiled(arb_series([x, 1]))
        except ValueError:  # a divisor that may be 0 at this precision: nothing is known yet
            return [arb.nan()] * len(orders)
        finally:
            ctx.cap = before
        if not isinstance(series, arb_series):  # a formula without x
            return [arb(0) if order else arb(series) for order in orders]
        return [series[order] * factorial for order, factorial in terms]

    return differentiated


class _AtPoint(ast.NodeTransformer):
    """In a condition, let the variable of a series mean the point that it is around."""

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Subscript(node, ast.Constant(0), ast.Load()) if node.id == "x" else node


def _certainly(holds: Any, fails: Any) -> bool:
    """Return whether a comparison holds, of which the opposite is given too."""
    if not holds and not fails:
        raise UncertainError
    return bool(holds)


class _Certain(_AtPoint):
    """Beside that, have each comparison hold for all numbers of a ball, or for none."""

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        opposites = {ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt}
        pairs: list[ast.expr] = []
        left = self.visit(node.left)
        for operator, other in zip(node.ops, node.comparators, strict=True):
            right = self.visit(other)
            both: list[ast.expr] = [
                ast.Compare(left, [way], [right]) for way in (operator, opposites[type(operator)]())
            ]
            pairs.append(ast.Call(ast.Name("certainly", ast.Load()), both, []))
            left = right
        return pairs[0] if len(pairs) == 1 else ast.BoolOp(ast.And(), pairs)


_PROVEN: dict[str, tuple[Callable[[Any, Any], bool], Callable[[Any, Any], bool]]] = {
    "Lt": (relations.lt, relations.ge), "LtE": (relations.le, relations.gt),
    "Gt": (relations.gt, relations.le), "GtE": (relations.ge, relations.lt),
    "Eq": (relations.eq, relations.ne),
}  # fmt: skip


def _proven(comparison: str, left: Any, right: Any) -> bool:
    """Return whether a comparison of balls holds for all of their numbers, or for none."""
    holds, fails = (compare(left, right) for compare in _PROVEN[comparison])
    return _certainly(holds, fails)


class _Proven(ast.NodeTransformer):
    """In conditions on a row, of balls and of integers, compare what is proven."""

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        sides = [node.left, *node.comparators]
        links: list[ast.expr] = [
            ast.Call(ast.Name("proven", ast.Load()), [ast.Constant(type(way).__name__), a, b], [])
            for way, a, b in zip(node.ops, sides, sides[1:], strict=False)
        ]
        return links[0] if len(links) == 1 else ast.BoolOp(ast.And(), links)


def _translate(expression: Expression | None, names: dict[str, Any]) -> ast.expr:
    assert expression is not None
    tree = ast.parse(expression.text, mode="eval").body  # a copy: the transformer edits in place
    translated: ast.expr = _Exact(expression, names).visit(tree)
    return translated


def _used(pieces: tuple[Piece, ...], terms: dict[str, Expression]) -> list[str]:
    """Return the terms that the pieces need, directly or through each other, in order."""
    wanted = {
        name
        for piece in pieces
        for formula in (piece.then, piece.if_)
        if formula is not None
        for name in formula.names
    }
    for name in reversed(terms):
        if name in wanted:
            wanted |= terms[name].names
    return [name for name in terms if name in wanted]


def _arguments(names: list[str]) -> ast.arguments:
    return ast.arguments([], [ast.arg(name) for name in names], None, [], [], None, [])
