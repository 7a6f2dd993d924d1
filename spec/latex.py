r"""A formula as LaTeX: fractions upright in a line, slashes in an exponent, few parentheses.

>>> from actinit.spec import activations
>>> from actinit.spec.latex import latex
>>> latex(activations["sigmoid"].value.pieces[0].then)
'\\frac{1}{1 + e^{-x}}'
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from .expression import Expression, interpret
from .model import Choice, Function, Initializer, Parameter, Piece, Term

__all__ = ["cases", "latex", "number", "symbols", "where"]

_SYMBOLS = {"pi": r"\pi", "inf": r"\infty", "nan": r"\mathrm{nan}"}
_FANS = {"fan_in": r"n_{\mathrm{in}}", "fan_out": r"n_{\mathrm{out}}"}
_RELATIONS = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge", "==": "="}
_FUNCTIONS = {
    "log": r"\ln", "tanh": r"\tanh", "erf": r"\operatorname{erf}", "erfc": r"\operatorname{erfc}",
    "max": r"\max", "min": r"\min",
}  # fmt: skip
_REDUCTIONS = {"sum": r"\sum", "max": r"\max", "argmax": r"\operatorname{argmax}"}
# How tightly a part holds together; a looser one gets parentheses inside a tighter one.
_ANY, _SUM, _PRODUCT, _POWER, _ATOM = range(5)


class _Part(NamedTuple):
    body: str
    binding: int
    slashed: str = ""  #: The same with fractions written a/b, for exponents and inside fractions.
    negated: bool = False

    @property
    def text(self) -> str:
        return "-" + self.body if self.negated else self.body

    @property
    def small(self) -> str:
        return ("-" if self.negated else "") + (self.slashed or self.body)

    @property
    def magnitude(self) -> _Part:
        return self._replace(negated=False)

    def inside(self, binding: int, *, small: bool = False) -> str:
        text = self.small if small else self.text
        holds = _SUM if self.negated else self.binding
        return text if holds >= binding else _bracketed(text)


def number(text: str) -> str:
    """Return a decimal as LaTeX, such as ``10^{-3}`` for ``1e-3``."""
    digits, _, power = text.lower().partition("e")
    if not power:
        return digits
    scale = f"10^{{{int(power)}}}"
    return scale if float(digits) == 1 else rf"{digits} \cdot {scale}"


class _Latex:
    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = {**_SYMBOLS, **_FANS, **names}

    def number(self, text: str) -> _Part:
        return _Part(number(text), _PRODUCT if "e" in text.lower() else _ATOM)

    def name(self, name: str) -> _Part:
        return _Part(self._names.get(name, name), _ATOM)

    def negative(self, value: _Part) -> _Part:
        if value.binding >= _PRODUCT and not value.negated:
            return value._replace(negated=True)
        return _Part(_bracketed(value.text), _ATOM, _bracketed(value.small), negated=True)

    def binary(self, operator: str, left: _Part, right: _Part) -> _Part:
        match operator:
            case "+" if right.negated:
                return self.binary("-", left, right.magnitude)
            case "+":
                return _Part(*_join(left, right, lambda a, b: f"{a} + {b}", _SUM, _SUM))
            case "-":
                return _Part(*_join(left, right, lambda a, b: f"{a} - {b}", _SUM, _PRODUCT))
            case _ if left.negated and operator != "**":
                return self.binary(operator, left.magnitude, right)._replace(negated=True)
            case "*":
                return _Part(*_join(left, right, _product, _PRODUCT, _PRODUCT))
            case "/":
                upright = rf"\frac{{{left.small}}}{{{right.small}}}"
                slashed = f"{left.inside(_PRODUCT, small=True)}/{right.inside(_POWER, small=True)}"
                return _Part(upright, _PRODUCT, slashed)
        return _Part(f"{left.inside(_ATOM)}^{_script(right)}", _POWER)

    def call(self, function: str, arguments: list[_Part]) -> _Part:
        first = arguments[0]
        match function:
            case "exp":
                return _Part(f"e^{_script(first)}", _POWER)
            case "expm1":
                return _Part(f"e^{_script(first)} - 1", _SUM)
            case "log1p":
                return self.call("log", [self.binary("+", _Part("1", _ATOM), first)])
            case "sqrt":
                return _Part(rf"\sqrt{{{first.text}}}", _ATOM, rf"\sqrt{{{first.small}}}")
            case "abs":
                return _Part(rf"\lvert {first.text} \rvert", _ATOM)
            case "ceil":
                return _Part(rf"\lceil {first.text} \rceil", _ATOM)
            case "delta":
                return _Part(rf"\delta_{{{''.join(part.text for part in arguments)}}}", _ATOM)
        full, small = (
            _FUNCTIONS[function] + _bracketed(", ".join(texts))
            for texts in ((part.text for part in arguments), (part.small for part in arguments))
        )
        return _Part(full, _ATOM, small)

    def element(self, row: str, index: str) -> _Part:
        return _Part(f"{self._names.get(row, row)}_{index}", _ATOM)

    def reduce(self, function: str, index: str, body: Callable[[], _Part]) -> _Part:
        if function == "level":
            above = rf"\textstyle\sum_{index} \max({body().text} - t, 0) = 1"
            return _Part(rf"\text{{the }} t \text{{ with }} {above}", _ANY)
        return _Part(rf"{_REDUCTIONS[function]}_{index} {body().inside(_PRODUCT)}", _PRODUCT)

    def compare(self, operator: str, left: _Part, right: _Part) -> _Part:
        return _Part(f"{left.text} {_RELATIONS[operator]} {right.text}", _ANY)

    def logic(self, operator: str, values: list[_Part]) -> _Part:
        joined = values[0].text
        for value in values[1:]:
            # 0 <= a and a < 1 reads 0 <= a < 1.
            middle, _, rest = value.text.partition(" ")
            if operator == "and" and joined.endswith(f" {middle}"):
                joined += f" {rest}"
            else:
                joined += rf" \text{{ {operator} }} {value.text}"
        return _Part(joined, _ANY)


def _join(
    left: _Part, right: _Part, write: Callable[[str, str], str], binds_left: int, binds_right: int
) -> tuple[str, int, str]:
    full, small = (
        write(left.inside(binds_left, small=small), right.inside(binds_right, small=small))
        for small in (False, True)
    )
    return full, binds_left, small


def _product(left: str, right: str) -> str:
    if left == "1":
        return right
    if right[0].isdigit():
        return rf"{left} \cdot {right}"
    tight = left[-1].isdigit() or right.startswith(("(", r"\left("))
    return left + (" " if tight else r"\, ") + right


def _script(part: _Part) -> str:
    return part.small if len(part.small) == 1 else f"{{{part.small}}}"


def _bracketed(text: str) -> str:
    tall = any(command in text for command in (r"\frac", r"\sum", r"\max_"))
    return rf"\left({text}\right)" if tall else f"({text})"


def latex(
    expression: Expression, names: Mapping[str, str] | None = None, *, inline: bool = False
) -> str:
    """Return an expression or a condition as LaTeX.

    Parameters
    ----------
    expression : Expression
        The formula.
    names : mapping of str to str, optional
        LaTeX of the names in it, as `symbols` gives them for an entry; a name that is not there
        stands for itself.
    inline : bool, optional
        Whether it is to stand in a line of text, where fractions are written with a slash.

    Returns
    -------
    str
        LaTeX without delimiters.
    """
    part = interpret(expression, _Latex(names or {}))
    return part.small if inline else part.text


def cases(pieces: Sequence[Piece], names: Mapping[str, str] | None = None) -> str:
    """Return a definition by cases as LaTeX; one piece alone is just its formula.

    Parameters
    ----------
    pieces : sequence of Piece
        The pieces.
    names : mapping of str to str, optional
        As for `latex`.
    """
    if len(pieces) == 1:
        return latex(pieces[0].then, names)
    lines = [
        f"{latex(piece.then, names)} & "
        + (rf"\text{{if }} {latex(piece.if_, names)}" if piece.if_ else r"\text{otherwise}")
        for piece in pieces
    ]
    return r"\begin{cases} " + r" \\ ".join(lines) + r" \end{cases}"


def symbols(entry: Function) -> dict[str, str]:
    """Return the LaTeX of every name that an entry's formulas may use."""
    named: dict[str, Parameter | Term | Choice] = {**entry.parameters, **entry.terms}
    if isinstance(entry, Initializer):
        named |= {name: choice for name, choice in entry.choices.items() if choice.options}
    return {name: part.symbol for name, part in named.items()}


def where(entry: Function) -> list[tuple[str, str]]:
    """Return symbol and meaning of each term of an entry, less those that say it themselves."""
    names = symbols(entry)
    meanings = [(term.symbol, latex(term.is_, names)) for term in entry.terms.values()]
    return [(symbol, is_) for symbol, is_ in meanings if symbol.removeprefix(r"\textstyle") != is_]
