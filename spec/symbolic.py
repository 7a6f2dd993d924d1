"""A formula as a SymPy expression, exact: its decimals become rationals.

SymPy is imported when a formula is translated, so that reading the spec does not need it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .expression import Expression, interpret
from .model import Activation

if TYPE_CHECKING:
    import sympy

__all__ = ["names", "symbolic"]

_RELATIONS = {"<": "Lt", "<=": "Le", ">": "Gt", ">=": "Ge", "==": "Eq"}
_FUNCTIONS = {
    "ceil": "ceiling",
    "max": "Max",
    "min": "Min",
    "abs": "Abs",
    "delta": "KroneckerDelta",
}
_CONSTANTS = {"pi": "pi", "inf": "oo", "nan": "nan"}


class _SymPy:
    def __init__(
        self, names: Mapping[str, Any], row: Sequence[Any], indices: Mapping[str, int]
    ) -> None:
        import sympy

        self._sympy = sympy
        self._names, self._row, self._indices = dict(names), row, dict(indices)

    def number(self, text: str) -> Any:
        return self._sympy.Rational(text)

    def name(self, name: str) -> Any:
        if name in _CONSTANTS:
            return getattr(self._sympy, _CONSTANTS[name])
        return self._indices[name] if name in self._indices else self._names[name]

    def negative(self, value: Any) -> Any:
        return -value

    def binary(self, operator: str, left: Any, right: Any) -> Any:
        match operator:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
            case "/":
                return left / right
        return left**right

    def call(self, function: str, arguments: list[Any]) -> Any:
        match function:
            case "expm1":
                return self._sympy.exp(arguments[0]) - 1
            case "log1p":
                return self._sympy.log(1 + arguments[0])
        return getattr(self._sympy, _FUNCTIONS.get(function, function))(*arguments)

    def element(self, row: str, index: str) -> Any:
        return self._row[self._indices[index]]

    def reduce(self, function: str, index: str, body: Callable[[], Any]) -> Any:
        parts = []
        for position in range(len(self._row)):
            self._indices[index] = position
            parts.append(body())
        del self._indices[index]
        if function == "argmax":
            if all(self._sympy.sympify(part).is_number for part in parts):
                return parts.index(max(parts))
            return self._sympy.Function("argmax")(*parts)
        if function == "level":
            if all(self._sympy.sympify(part).is_number for part in parts):
                return _level(parts)
            return self._sympy.Function("level")(*parts)
        return self._sympy.Max(*parts) if function == "max" else self._sympy.Add(*parts)

    def compare(self, operator: str, left: Any, right: Any) -> Any:
        return getattr(self._sympy, _RELATIONS[operator])(left, right)

    def logic(self, operator: str, values: list[Any]) -> Any:
        return (self._sympy.And if operator == "and" else self._sympy.Or)(*values)


def _level(numbers: list[Any]) -> Any:
    """Return the number above which numbers stand out by 1 in all: the largest of these means."""
    ordered = sorted(numbers, reverse=True)
    return max((sum(ordered[:k]) - 1) / k for k in range(1, len(ordered) + 1))


def symbolic(
    expression: Expression,
    names: Mapping[str, Any],
    row: Sequence[sympy.Expr] = (),
    indices: Mapping[str, int] | None = None,
) -> Any:
    """Translate a formula to SymPy.

    Parameters
    ----------
    expression : Expression
        The formula or condition.
    names : mapping of str to sympy object
        What each name in it stands for; see `names`.
    row : sequence of sympy.Expr, optional
        The elements of the row ``x``, for a row function: symbols, or numbers.
    indices : mapping of str to int, optional
        Which elements ``i`` and ``k`` are.

    Returns
    -------
    sympy.Basic
        The expression.

    Raises
    ------
    KeyError
        If a name stands for nothing.
    """
    return interpret(expression, _SymPy(names, row, indices or {}))


def names(
    entry: Activation,
    row: Sequence[sympy.Expr] = (),
    indices: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """Return what the names in an entry's formulas stand for: symbols, and terms written out.

    Parameters
    ----------
    entry : Activation
        The entry; its parameters become real symbols.
    row, indices
        As for `symbolic`, for an entry over a row; without them the input is the symbol ``x``.

    Returns
    -------
    dict
        By name.
    """
    import sympy

    inputs = () if row else ("x",)
    found: dict[str, Any] = {
        name: sympy.Symbol(name, real=True) for name in (*inputs, *entry.parameters)
    }
    for name, term in entry.terms.items():
        found[name] = symbolic(term.is_, found, row, indices)
    return found
