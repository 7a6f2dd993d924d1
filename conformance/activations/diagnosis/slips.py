"""The entry's own formula with one slip: a term left out, a sign turned, parameters exchanged."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from typing import Any, NamedTuple

import numpy as np
from scipy import special

from actinit.spec import Activation, Condition, Expression, Part, compute

from ...expected.defaults import defaults
from .evidence import Evidence, Floats, Form, near

__all__ = ["Slip", "at_boundary", "constants", "slipped", "slips", "values_of"]

# What stands for a constant that is to be fitted.
_FITTED = "fitted"
# Functions that one is written for the other of.
_PAIRS = (("exp", "expm1"), ("log", "log1p"), ("erf", "erfc"))
_LIKE = dict(_PAIRS) | {other: one for one, other in _PAIRS}
# A condition with its boundary, for that without it.
_OTHER = {ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Lt: ast.LtE, ast.LtE: ast.Lt}


class _Functions:
    """What a formula may call, of arrays."""

    exp: Any = np.exp
    expm1: Any = np.expm1
    log, log1p, sqrt, tanh, ceil = np.log, np.log1p, np.sqrt, np.tanh, np.ceil
    erf, erfc = special.erf, special.erfc
    abs, max, min = np.abs, np.maximum, np.minimum
    logical_and, logical_or = np.logical_and, np.logical_or


class _Half(_Functions):
    """The same, with exponentials of half precision."""

    @staticmethod
    def exp(x: Any) -> Floats:
        return np.exp(x).astype(np.float16).astype(np.float64)

    @staticmethod
    def expm1(x: Any) -> Floats:
        return np.expm1(x).astype(np.float16).astype(np.float64)


class Slip(NamedTuple):
    """A formula that differs from the entry's in one place.

    Attributes
    ----------
    text : str
        What stands there, and what should: ``x for x / alpha``.
    pieces : tuple
        Condition, or None, and formula of each piece.
    terms : mapping of str to Expression
        What the names in them stand for.
    exchanged : mapping of str to str
        Parameter: that whose value it takes.
    functions : type
        What it calls.
    """

    text: str
    pieces: tuple[tuple[Condition | None, Expression], ...]
    terms: Mapping[str, Expression]
    exchanged: Mapping[str, str] = {}
    functions: Any = _Functions


def values_of(slip: Slip, x: Floats, parameters: Mapping[str, float]) -> Floats:
    """Return what a formula with a slip gives.

    Parameters
    ----------
    slip : Slip
        The formula.
    x : ndarray of float64
        Where.
    parameters : mapping of str to float
        A value for each parameter of the entry.
    """
    taken = {name: parameters[slip.exchanged.get(name, name)] for name in parameters}
    names: dict[str, Any] = {**taken, "x": x}
    for name, term in slip.terms.items():
        names[name] = compute(term, names, slip.functions)
    found = np.full(x.shape, np.nan)
    open_ = np.ones(x.shape, dtype=np.bool_)
    for condition, formula in slip.pieces:
        holds = open_.copy()
        if condition is not None:
            holds &= np.asarray(compute(condition, names, slip.functions), dtype=np.bool_)
        found = np.where(holds, compute(formula, names, slip.functions), found)
        open_ &= ~holds
    return found


def slipped(evidence: Evidence) -> Iterator[Form]:
    """Yield the entry's formula with each slip, at the defaults of its parameters."""
    usual = defaults(evidence.entry)
    for slip in slips(evidence.entry, evidence.part):
        curve = partial(values_of, slip, parameters=usual)
        yield Form(f"{evidence.own} with {slip.text}", curve)


def constants(evidence: Evidence) -> Iterator[tuple[str, Callable[[Floats, Any], Floats], float]]:
    """Yield the entry's formula with one of its numbers open, and what that number should be."""
    usual = defaults(evidence.entry)
    whole = _formula(evidence.entry, evidence.part)
    for place, node, tree in _nodes(whole):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, int | float):
            continue
        if node.value == 0:
            continue
        open_ = _put(whole, place, tree, node, ast.Name(_FITTED))

        def family(x: Floats, c: Any, open_: Slip = open_) -> Floats:
            return values_of(open_, x, {**usual, _FITTED: c})

        yield f"{evidence.own} with {{}} for {ast.unparse(node)}", family, float(node.value)


@lru_cache(maxsize=256)
def slips(entry: Activation, part: Part) -> tuple[Slip, ...]:
    """Return the formula of an elementwise entry with each slip that a person may make.

    Parameters
    ----------
    entry : Activation
        The entry.
    part : {"value", "derivative"}
        Which of its formulas.
    """
    whole = _formula(entry, part)
    found = [
        _put(whole, place, tree, node, new)
        for place, node, tree in _nodes(whole)
        for new in _instead(node)
    ]
    found += _misplaced(whole, tuple(entry.parameters))
    for name in entry.parameters:
        found += [
            _throughout(whole, f"a factor {name} too many", f"{name} * ({{}})"),
            _throughout(whole, f"a factor {name} missing", f"({{}}) / {name}"),
        ]
    found += [
        whole._replace(text=f"{one} and {other} exchanged", exchanged={one: other, other: one})
        for at, one in enumerate(entry.parameters)
        for other in list(entry.parameters)[at + 1 :]
    ]
    found.append(whole._replace(text="its exponential in float16", functions=_Half))
    return tuple(found)


def at_boundary(evidence: Evidence) -> str:
    """Name the condition that takes its boundary for the other side, if no other input is wrong."""
    usual, points = defaults(evidence.entry), evidence.wrong
    whole = _formula(evidence.entry, evidence.part)
    for place, (condition, _) in enumerate(whole.pieces):
        if condition is None or not isinstance(condition.tree, ast.Compare):
            continue
        left, operators, others = (
            condition.tree.left,
            condition.tree.ops,
            condition.tree.comparators,
        )
        if len(operators) > 1 or type(operators[0]) not in _OTHER:
            continue
        opened = ast.Compare(left, [_OTHER[type(operators[0])]()], others)
        turned = Condition(ast.unparse(opened))
        pieces = list(whole.pieces)
        pieces[place] = turned, pieces[place][1]
        values = values_of(whole._replace(pieces=tuple(pieces)), points.x, usual)
        if near(points.got, values, evidence.fmt).all():
            return f"{evidence.own} with {turned} for {condition}"
    return ""


def _formula(entry: Activation, part: Part) -> Slip:
    """Return the entry's formula as it is."""
    pieces = entry.value.pieces if part == "value" else entry.derivative.pieces
    return Slip(
        "",
        tuple((piece.if_, piece.then) for piece in pieces),
        {name: term.is_ for name, term in entry.terms.items()},
    )


def _nodes(whole: Slip) -> Iterator[tuple[int | str, ast.expr, ast.expr]]:
    """Yield each part of each formula, where it stands, and the formula."""
    places: dict[int | str, Expression] = {at: one for at, (_, one) in enumerate(whole.pieces)}
    for place, expression in (*places.items(), *whole.terms.items()):
        for node in ast.walk(expression.tree):
            if isinstance(node, ast.expr):
                yield place, node, expression.tree


def _instead(node: ast.expr) -> Iterator[ast.expr]:
    """Yield what a person may have written in the place of a part of a formula."""
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield ast.BinOp(left, ast.Sub(), right)
            yield left
            yield right
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            yield ast.BinOp(left, ast.Add(), right)
            yield left
            yield ast.UnaryOp(ast.USub(), right)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            yield left
            yield right
            yield ast.BinOp(left, ast.Div(), right)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            yield left
            yield ast.BinOp(left, ast.Mult(), right)
        case ast.BinOp(left=left, op=ast.Pow()):
            yield left
        case ast.UnaryOp(operand=operand):
            yield operand
        case ast.Call(func=ast.Name(id="sqrt" | "abs"), args=[inner]):
            yield inner
        case ast.Call(func=ast.Name(id=name), args=arguments) if name in _LIKE:
            yield ast.Call(ast.Name(_LIKE[name]), arguments, [])
        case ast.Call(func=ast.Name(id="min" | "max"), args=[left, right]):
            yield left
            yield right


def _misplaced(whole: Slip, parameters: tuple[str, ...]) -> Iterator[Slip]:
    """Yield formulas of which a piece is another's, or has a parameter as a factor or divisor."""
    if len(whole.pieces) < 2:
        return
    for at, (_, formula) in enumerate(whole.pieces):
        others = [one for _, one in whole.pieces if one != formula]
        others += [
            Expression(ast.unparse(parts))
            for name in parameters
            for parts in (
                ast.BinOp(ast.Name(name), ast.Mult(), formula.tree),
                ast.BinOp(formula.tree, ast.Div(), ast.Name(name)),
            )
        ]
        yield from (_replaced(whole, at, f"{one} for {formula}", one) for one in others)


def _throughout(whole: Slip, text: str, template: str) -> Slip:
    """Return the formula with each of its pieces in a template."""
    pieces = tuple((if_, Expression(template.format(one))) for if_, one in whole.pieces)
    return whole._replace(text=text, pieces=pieces)


def _put(whole: Slip, place: int | str, tree: ast.expr, old: ast.expr, new: ast.expr) -> Slip:
    """Return the formula with another part in the place of one of its parts."""
    copies: dict[int, Any] = {}
    changed = copy.deepcopy(tree, copies)
    meant = copies[id(old)]
    if meant is changed:
        changed = new
    for parent in ast.walk(changed):
        for field, value in ast.iter_fields(parent):
            if value is meant:
                setattr(parent, field, new)
            elif isinstance(value, list):
                value[:] = [new if one is meant else one for one in value]
    text = f"{ast.unparse(new)} for {ast.unparse(old)}"
    return _replaced(whole, place, text, Expression(ast.unparse(changed)))


def _replaced(whole: Slip, place: int | str, text: str, formula: Expression) -> Slip:
    if isinstance(place, str):
        return whole._replace(text=text, terms=dict(whole.terms) | {place: formula})
    pieces = list(whole.pieces)
    pieces[place] = pieces[place][0], formula
    return whole._replace(text=text, pieces=tuple(pieces))
