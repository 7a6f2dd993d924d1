"""The language in which the spec writes formulas.

A formula is one line of ordinary notation (Python's grammar, a short list of what may occur in
it) and is never run as Python. From the one text come the exact oracle, the LaTeX on the site and
the symbolic derivative; each is an `Algebra`: what a number, a name, a sum, a call mean to it.

Over a row ``x`` (softmax and its kin) the text names elements: ``x[i]`` is the element whose result
is wanted, ``sum(exp(x[j]) for j in row)`` runs over the row, ``argmax(x[j] for j in row)`` is the
index of the first of the largest elements, ``level(x[j] for j in row)`` the number above which they
stand out by 1 in all, and ``delta(i, k)`` is 1 where the indices agree. Indices count from 0.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import lru_cache
from typing import Protocol, TypeVar

__all__ = ["FUNCTIONS", "Algebra", "Condition", "Expression", "interpret"]

T = TypeVar("T")

#: Every function that a formula may call, with its number of arguments.
FUNCTIONS = {
    "exp": 1, "expm1": 1, "log": 1, "log1p": 1, "sqrt": 1, "tanh": 1, "erf": 1, "erfc": 1,
    "abs": 1, "ceil": 1, "max": 2, "min": 2, "delta": 2,
}  # fmt: skip
#: Functions over a row, written with a generator.
REDUCTIONS = ("sum", "max", "argmax", "level")
#: Names with a fixed meaning.
CONSTANTS = ("pi", "inf", "nan")
_BINARY = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
_COMPARE = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "=="}


class Algebra(Protocol[T]):
    """What the parts of a formula mean to one reader of it."""

    def number(self, text: str) -> T: ...
    def name(self, name: str) -> T: ...
    def negative(self, value: T) -> T: ...
    def binary(self, operator: str, left: T, right: T) -> T: ...
    def call(self, function: str, arguments: list[T]) -> T: ...
    def element(self, row: str, index: str) -> T: ...
    def reduce(self, function: str, index: str, body: Callable[[], T]) -> T: ...
    def compare(self, operator: str, left: T, right: T) -> T: ...
    def logic(self, operator: str, values: list[T]) -> T: ...


class Expression:
    """A parsed formula; two are equal if their texts are.

    Parameters
    ----------
    text : str
        The formula as the spec writes it.

    Attributes
    ----------
    text : str
        The same, without space around it.
    tree : ast.expr
        Its syntax tree.
    names : frozenset of str
        The names that the formula uses and does not itself define.

    Raises
    ------
    ValueError
        If the text is not in the language; the message says which part is not.
    """

    # Not a dataclass: msgspec would expect a table for one, and this is read from a text.
    __slots__ = ("names", "text", "tree")

    def __init__(self, text: str) -> None:
        self.text = text.strip()
        try:
            self.tree = ast.parse(self.text, mode="eval").body
        except SyntaxError as error:
            raise ValueError(f"{self.text!r} is not an expression: {error.msg}") from None
        self._check(self.tree)
        nodes = list(ast.walk(self.tree))
        bound = {n.target.id for n in nodes if isinstance(n, ast.comprehension)
                 and isinstance(n.target, ast.Name)}  # fmt: skip
        called = {id(n.func) for n in nodes if isinstance(n, ast.Call)}
        used = {n.id for n in nodes if isinstance(n, ast.Name) and id(n) not in called}
        self.names = frozenset(used - bound - {*CONSTANTS, "row"})

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.text == str(other)

    def __hash__(self) -> int:
        return hash((type(self), self.text))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"

    def __str__(self) -> str:
        return self.text

    def _check(self, tree: ast.expr) -> None:
        if isinstance(tree, ast.Compare | ast.BoolOp):
            raise ValueError(f"{self.text!r} is a condition where a value was expected")
        _check(tree, self.text)


class Condition(Expression):
    """A parsed condition, such as ``x > 0`` or ``0 <= a and a < 1``."""

    __slots__ = ()

    def _check(self, tree: ast.expr) -> None:
        if not isinstance(tree, ast.Compare | ast.BoolOp):
            raise ValueError(f"{self.text!r} is a value where a condition was expected")
        _check(tree, self.text)


def _check(node: ast.expr, text: str) -> None:
    """Refuse whatever the language does not have."""
    match node:
        case ast.Constant(value=bool()) | ast.Constant(value=str()):
            raise ValueError(f"{text!r}: {ast.unparse(node)} is not a number")
        case ast.Constant(value=int() | float()) | ast.Name():
            return
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            _check(operand, text)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            _check(left, text)
            _check(right, text)
        case ast.Call(func=ast.Name(id=name), args=[ast.GeneratorExp() as body], keywords=[]):
            if name not in REDUCTIONS:
                raise ValueError(f"{text!r}: only {', '.join(REDUCTIONS)} run over a row")
            _check_reduction(body, text)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            if name not in FUNCTIONS:
                raise ValueError(
                    f"{text!r}: {name} is not a function of the language, which has: "
                    + ", ".join(FUNCTIONS)
                )
            if len(args) != FUNCTIONS[name]:
                raise ValueError(
                    f"{text!r}: {name} takes {FUNCTIONS[name]} argument(s), not {len(args)}"
                )
            for argument in args:
                _check(argument, text)
        case ast.Subscript(value=ast.Name(), slice=ast.Name()):
            return
        case ast.Compare(left=left, ops=ops, comparators=others) if all(
            type(op) in _COMPARE for op in ops
        ):
            for side in (left, *others):
                _check(side, text)
        case ast.BoolOp(values=values):
            for value in values:
                _check(value, text)
        case _:
            raise ValueError(f"{text!r}: {ast.unparse(node)!r} is not in the language")


def _check_reduction(body: ast.GeneratorExp, text: str) -> None:
    match body:
        case ast.GeneratorExp(
            elt=element,
            generators=[ast.comprehension(target=ast.Name(), iter=ast.Name(id="row"), ifs=[])],
        ):
            _check(element, text)
        case _:
            raise ValueError(f"{text!r}: a sum over the row reads 'sum(f(x[j]) for j in row)'")


def interpret(expression: Expression, algebra: Algebra[T]) -> T:
    """Say what an expression means in an algebra.

    Parameters
    ----------
    expression : Expression
        The formula or condition.
    algebra : Algebra
        The reader: SymPy, LaTeX, ...

    Returns
    -------
    object
        Whatever the algebra makes of it.
    """

    def walk(node: ast.expr) -> T:
        match node:
            case ast.Constant():
                return algebra.number(_written(expression.text, node))
            case ast.Name(id=name):
                return algebra.name(name)
            case ast.UnaryOp(operand=operand):
                return algebra.negative(walk(operand))
            case ast.BinOp(left=left, op=op, right=right):
                return algebra.binary(_BINARY[type(op)], walk(left), walk(right))
            case ast.Call(func=ast.Name(id=name), args=[ast.GeneratorExp() as generator]):
                target = generator.generators[0].target
                assert isinstance(target, ast.Name)
                return algebra.reduce(name, target.id, lambda: walk(generator.elt))
            case ast.Call(func=ast.Name(id="delta"), args=[ast.Name(id=i), ast.Name(id=k)]):
                return algebra.call("delta", [algebra.name(i), algebra.name(k)])
            case ast.Call(func=ast.Name(id=name), args=args):
                return algebra.call(name, [walk(argument) for argument in args])
            case ast.Subscript(value=ast.Name(id=row), slice=ast.Name(id=index)):
                return algebra.element(row, index)
            case ast.Compare(left=first, ops=ops, comparators=others):
                sides = [walk(side) for side in (first, *others)]
                links = [
                    algebra.compare(_COMPARE[type(op)], a, b)
                    for op, a, b in zip(ops, sides, sides[1:], strict=False)
                ]
                return links[0] if len(links) == 1 else algebra.logic("and", links)
            case ast.BoolOp(op=op, values=values):
                word = "and" if isinstance(op, ast.And) else "or"
                return algebra.logic(word, [walk(value) for value in values])
        raise AssertionError(f"{ast.dump(node)} passed the check of the language")

    return walk(expression.tree)


@lru_cache(maxsize=2**12)  # a formula is read thousands of times, and splits its text in each
def _written(text: str, constant: ast.Constant) -> str:
    """Return the text of a number, not the float: 0.044715 is meant as that decimal, exactly."""
    return str(ast.get_source_segment(text, constant))
