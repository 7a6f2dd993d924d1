"""An expression as binary64 numbers: for parameters and distributions, not for last bits."""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable, Mapping
from functools import reduce
from operator import add, eq, ge, gt, le, lt, mul, pow, sub, truediv
from typing import Any

from .expression import Expression, interpret

__all__ = ["compute", "evaluate", "holds"]

_OPERATORS: dict[str, Callable[[float, float], float]] = {
    "+": add, "-": sub, "*": mul, "/": truediv, "**": pow,
    "<": lt, "<=": le, ">": gt, ">=": ge, "==": eq,
}  # fmt: skip
_CONSTANTS = {"pi": math.pi, "inf": math.inf, "nan": math.nan}


class _Floats:
    def __init__(self, names: Mapping[str, Any], functions: Any = None) -> None:
        self._names = {**_CONSTANTS, **names}
        self._functions = functions

    def number(self, text: str) -> float:
        return float(text)

    def name(self, name: str) -> float:
        return self._names[name]

    def negative(self, value: float) -> float:
        return -value

    def binary(self, operator: str, left: float, right: float) -> float:
        return _OPERATORS[operator](left, right)

    compare = binary

    def call(self, function: str, arguments: list[float]) -> float:
        if self._functions is not None:
            return getattr(self._functions, function)(*arguments)
        if function in ("abs", "max", "min"):
            return float(getattr(builtins, function)(*arguments))
        return float(getattr(math, function)(*arguments))

    def logic(self, operator: str, values: list[float]) -> float:
        if self._functions is not None:
            return reduce(getattr(self._functions, f"logical_{operator}"), values)
        return float(all(values) if operator == "and" else any(values))

    def element(self, row: str, index: str) -> float:
        raise ValueError(f"{row}[{index}] needs a row; only scalar expressions have one value")

    def reduce(self, function: str, index: str, body: Callable[[], float]) -> float:
        raise ValueError(f"{function} over a row needs a row; only scalar expressions do here")


def evaluate(expression: Expression, names: Mapping[str, float] | None = None) -> float:
    """Evaluate a scalar expression in binary64.

    Parameters
    ----------
    expression : Expression
        A formula without a row.
    names : mapping of str to float, optional
        A value for each name in it.

    Returns
    -------
    float
        The value; good to rounding, with no promise on the last bit.

    Raises
    ------
    KeyError
        If a name has no value.
    """
    return float(compute(expression, names or {}))


def compute(expression: Expression, names: Mapping[str, Any], functions: Any = None) -> Any:
    """Evaluate an expression on arrays, as they broadcast.

    Parameters
    ----------
    expression : Expression
        What to evaluate; of sums, products and powers, if there are no functions.
    names : mapping of str to array or float
        A value for each name.
    functions : module, optional
        Where to find functions of arrays by their names, such as ``numpy``.
    """
    return interpret(expression, _Floats(names, functions))


def holds(expression: Expression, names: Mapping[str, float]) -> bool:
    """Say whether a condition holds for these values of its names."""
    return bool(evaluate(expression, names))
