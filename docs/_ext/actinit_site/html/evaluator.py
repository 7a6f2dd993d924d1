"""What the evaluator on an activation's page knows: the entry's formulas as trees, and answers.

The page computes the exact value itself, from the same text that the oracle reads. It is parsed
here, so that no script has to; the scripts are in `docs/_static/evaluator`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np

from actinit import spec
from actinit.conformance.expected.defaults import defaults
from actinit.conformance.expected.roots import exact_roots, roots_of_second
from actinit.conformance.results.answers import Answer, Answers
from actinit.spec import Activation, Expression, Part, Piece, budget_of, compute, interpret

from ..results import Results
from . import every

__all__ = [
    "SHOWN",
    "Cell",
    "Row",
    "Tree",
    "answers",
    "data",
    "formulas",
    "offered",
    "shown",
    "tree",
]

Evaluated = Literal["value", "derivative", "second"]
#: What it is, then its parts: ``["exp", ["negate", ["name", "x"]]]``.
Tree = list[Any]
_PARTS: tuple[Part, ...] = ("value", "derivative")
#: What the page evaluates; of second derivatives nothing is recorded.
_EVALUATED: tuple[Evaluated, ...] = (*_PARTS, "second")
#: Inputs that every page shows, among those that are recorded of every function.
SHOWN = ("-37.5", "-6.52", "-5.0", "-0.001", "-0.0", "0.5", "6.0", "inf")


class _Trees:
    """Formulas as lists that JSON can hold; functions of rows are not among them."""

    def number(self, text: str) -> Tree:
        number = Fraction(text)
        return ["ratio", str(number.numerator), str(number.denominator)]

    def name(self, name: str) -> Tree:
        return ["name", name]

    def negative(self, value: Tree) -> Tree:
        return ["negate", value]

    def binary(self, operator: str, left: Tree, right: Tree) -> Tree:
        return [operator, left, right]

    compare = binary

    def call(self, function: str, arguments: list[Tree]) -> Tree:
        return [function, *arguments]

    def element(self, row: str, index: str) -> Tree:
        raise ValueError(f"{row}[{index}]: the evaluator has functions of one number only")

    def reduce(self, function: str, index: str, body: Callable[[], Tree]) -> Tree:
        raise ValueError(f"{function} over a row: the evaluator has functions of one number only")

    def logic(self, operator: str, values: list[Tree]) -> Tree:
        return [operator, *values]


def tree(expression: Expression) -> Tree:
    """Return a formula or condition as a tree.

    Raises
    ------
    ValueError
        If it is one over a row.
    """
    return interpret(expression, _Trees())


def offered(entry: spec.AnyEntry) -> bool:
    """Say whether a page has an evaluator: functions of one number have."""
    return isinstance(entry, Activation) and entry.shape == "elementwise"


def data(entry: Activation, results: Results) -> str:
    """Return all that the page's script needs, as JSON for a script element.

    Parameters
    ----------
    entry : Activation
        An elementwise entry.
    results : Results
        What was measured.
    """
    found = {
        **formulas(entry),
        "stored": _stored(entry, results),
        "every": f"../{every.place(entry)}" if every.columns(results, entry) else None,
    }
    # In HTML, "</script" would end the element wherever it stands.
    return json.dumps(found, separators=(",", ":")).replace("<", "\\u003c")


def formulas(entry: Activation) -> dict[str, Any]:
    """Return what the spec says of an elementwise entry, as JSON can hold it."""
    return {
        "name": entry.name,
        "parameters": [
            {
                "name": name,
                "default": repr(known.default),
                "domain": tree(known.domain),
                "condition": known.domain.text,
            }
            for name, known in entry.parameters.items()
        ],
        "terms": {name: tree(term.is_) for name, term in entry.terms.items()},
        "value": _pieces(entry.value.pieces),
        "derivative": _pieces(entry.derivative.pieces),
        "special": [
            {
                "x": repr(case.x),
                "value": _stated(case.value),
                "derivative": _stated(case.derivative),
            }
            for case in entry.special.cases
        ],
        "kinks": [
            {
                "at": tree(kink.at),
                "take": kink.take,
                "accept": [tree(end) for end in kink.accept],
                "when": None if kink.when is None else tree(kink.when),
            }
            for kink in entry.derivative.kinks
        ],
        "budgets": {part: _budgets(entry, part) for part in _EVALUATED},
        "roots": {part: _roots(entry, part) for part in _EVALUATED},
    }


def _budgets(entry: Activation, part: Evaluated) -> dict[str, tuple[float, float]]:
    """Return by format what is granted, in ulp, and how many times the condition number more."""
    stated = budget_of(entry, part).budget
    found = {}
    for name, fmt in spec.formats().items():
        base, one = (float(compute(stated, {**fmt.elementary, "kappa": k})) for k in (0.0, 1.0))
        found[name] = (base, one - base)
    return found


def _roots(entry: Activation, part: Evaluated) -> list[float]:
    """Return the roots, at the default parameters, beside which a budget follows other rules."""
    if "kappa" not in budget_of(entry, part).budget.names:
        return []
    if part == "second":
        return list(roots_of_second(entry))
    return list(exact_roots(entry, part, tuple(sorted(defaults(entry).items()))))


def _pieces(pieces: tuple[Piece, ...]) -> list[dict[str, Any]]:
    return [
        {"if": None if piece.if_ is None else tree(piece.if_), "then": tree(piece.then)}
        for piece in pieces
    ]


def _stated(outcome: object) -> str | Tree:
    """Return a special value: a number or "any" as a text, an expression as a tree."""
    if isinstance(outcome, float):
        return repr(outcome)
    assert isinstance(outcome, str)
    return outcome if outcome in ("any", "any zero") else tree(Expression(outcome))


def answers(
    results: Results, entry: Activation, dtype: str, part: str
) -> list[tuple[Answers, Answer]]:
    """Return what was recorded of one part in one format, backend by backend."""
    wanted = (entry.name, dtype, part)
    return [
        (run, answer)
        for run in results.answers
        for answer in run.answers
        if (answer.entry, answer.dtype, answer.part) == wanted
    ]


def _stored(entry: Activation, results: Results) -> dict[str, Any]:
    """Return the answers by format and part, as strings of bit patterns of one width.

    Backends that answer alike share a string: ``x`` has the inputs, each of ``got`` a list of
    backends and their results, with dots where an input was not asked.
    """
    found: dict[str, Any] = {}
    for dtype in spec.formats():
        for part in _PARTS:
            asked = answers(results, entry, dtype, part)
            if not asked:
                continue
            inputs = list(dict.fromkeys(x for _, answer in asked for x in answer.x))
            columns: dict[str, list[str]] = {}
            for run, answer in asked:
                got = dict(zip(answer.x, answer.got, strict=True))
                column = "".join(got.get(x, "." * len(x)) for x in inputs)
                columns.setdefault(column, []).append(run.backend)
            found[f"{dtype}/{part}"] = {
                "x": "".join(inputs),
                "got": [[names, column] for column, names in columns.items()],
            }
    return found


@dataclass(frozen=True)
class Cell:
    """One result, as the table of some inputs shows it."""

    text: str
    hex: str
    off: bool  #: Whether it is not the correctly rounded result.


@dataclass(frozen=True)
class Row:
    """The results of one backend, or the exact ones."""

    who: str
    cells: list[Cell]


def shown(results: Results, entry: Activation) -> dict[str, list[Row]]:
    """Return some of the answers in float32: by part, a row a backend, the exact one first."""
    found = {}
    for part in _PARTS:
        asked = answers(results, entry, "float32", part)
        if asked:
            right = _at(asked[0][1].x, asked[0][1].exact)
            rows = [Row("exact, rounded", [_cell(one, one) for one in right])]
            # Where the entry leaves the sign of a zero open, both zeros are right.
            either = {repr(c.x) for c in entry.special.cases if getattr(c, part) == "any zero"}
            for run, answer in asked:
                cells = [
                    _cell(got, exact, signed=x not in either)
                    for x, got, exact in zip(SHOWN, _at(answer.x, answer.got), right, strict=True)
                ]
                rows.append(Row(run.backend, cells))
            found[part] = rows
    return found


def _at(inputs: list[str], outputs: list[str]) -> list[str]:
    """Return the outputs at the inputs that are shown."""
    by_input = dict(zip(inputs, outputs, strict=True))
    return [by_input[np.array(x, dtype=np.float32).tobytes()[::-1].hex()] for x in SHOWN]


def _cell(pattern: str, exact: str, *, signed: bool = True) -> Cell:
    if not pattern:
        return Cell("left open", "", off=False)
    number, right = (np.uint32(int(text or "0", 16)).view(np.float32) for text in (pattern, exact))
    same = pattern == exact or bool(np.isnan(number) and np.isnan(right))
    same |= not signed and bool(number == right)
    return Cell(str(number), float(number).hex(), off=bool(exact) and not same)
