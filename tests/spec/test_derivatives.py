"""The stated derivative of every entry is the symbolic derivative of its formula.

Equality is proved, not sampled: the difference is rewritten in exponentials and simplified to 0 on
every open piece. Sampling at 50 digits is an addition that would catch a simplifier gone wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import msgspec
import pytest
import sympy
from sympy import S

from actinit import spec
from actinit.spec import Activation, Expression
from actinit.spec.symbolic import names, symbolic

X = sympy.Symbol("x", real=True)
ROW = sympy.symbols("x0 x1 x2", real=True)
ELEMENTWISE = [name for name, entry in spec.activations.items() if entry.shape == "elementwise"]
ROWWISE = [name for name, entry in spec.activations.items() if entry.shape == "row"]
REDUCTIONS = [name for name, entry in spec.activations.items() if entry.shape == "reduction"]
#: Rows of numbers in each of the regions that definitions by cases have: with one element or more
#: in the lead, nearer to each other than 1 and further.
NUMBERS = [
    tuple(map(sympy.Rational, row))
    for row in (("0", "1/4", "1/8"), ("3", "1", "0"), ("0", "5", "2"), ("-2", "1", "5/4"))
]
INDICES = [(i, k) for i in range(3) for k in range(3)]


def difference(stated: Any, derived: Any) -> Any:
    """Return what is left of the difference once it is written in exponentials: 0 if none."""
    rest = (stated - derived).rewrite(sympy.exp)
    return sympy.simplify(sympy.powsimp(sympy.together(sympy.expand(rest))))


def regions(entry: Activation, part: str, known: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Yield the set of inputs of each piece, and its formula.

    Where pieces end at a parameter, the sets are those at its default: which pieces meet does not
    depend on where.
    """
    pieces = entry.value.pieces if part == "value" else entry.derivative.pieces
    parameters = {key: sympy.Rational(one.default) for key, one in entry.parameters.items()}
    settled = {**names(entry), **parameters, **{k: v for k, v in known.items() if v.is_number}}
    left = S.Reals
    for piece in pieces:
        here = symbolic(piece.if_, settled).as_set() if piece.if_ else S.Reals
        yield left & here, symbolic(piece.then, known)
        left -= here


def elementwise_differences(entry: Activation) -> list[Any]:
    """Return stated minus derived on each open piece."""
    known = names(entry)
    return [
        difference(stated, sympy.diff(value, X))
        for where_value, value in regions(entry, "value", known)
        for where_stated, stated in regions(entry, "derivative", known)
        if (where_value & where_stated).interior is not S.EmptySet
    ]


def row_difference(entry: Activation, i: int, k: int, row: tuple[Any, ...]) -> Any:
    """Return stated minus derived for one element of the Jacobian, beside a row of numbers."""
    indices = {"i": i, "k": k}
    known = names(entry, ROW, indices)
    value, stated = (
        beside(symbolic(piece_at(entry, part.pieces, row, indices), known, ROW, indices), row)
        for part in (entry.value, entry.derivative)
    )
    return difference(stated, sympy.diff(value, ROW[k]))


def piece_at(entry: Activation, pieces: Any, row: Any, indices: dict[str, int]) -> Any:
    """Return the formula of the piece that holds at a row of numbers."""
    for piece in pieces:
        if piece.if_ is None or symbolic(piece.if_, names(entry, row, indices), row, indices):
            return piece.then
    raise AssertionError("no piece holds")


def beside(formula: Any, row: tuple[Any, ...]) -> Any:
    """Return what a formula is near a row of numbers, where it is smooth."""
    settled = dict(zip(ROW, row, strict=True))
    order = sorted(ROW, key=settled.__getitem__, reverse=True)
    levels = [(sum(order[:n]) - 1) / n for n in range(1, len(ROW) + 1)]
    level = max(levels, key=lambda one: one.subs(settled))

    def largest(*sides: Any) -> Any:
        return max(sides, key=lambda side: side.subs(settled))

    formula = formula.subs(sympy.Function("level")(*ROW), level).replace(sympy.Max, largest)
    return formula.replace(sympy.ceiling, lambda side: sympy.ceiling(side.subs(settled)))


def reduction_difference(entry: Activation, largest: int, k: int) -> Any:
    """Return stated minus derived where one element is strictly the largest."""
    leads = {sympy.Max(*ROW): ROW[largest]}
    apart = {element: 10 if n == largest else n for n, element in enumerate(ROW)}
    known = names(entry, ROW, {"k": k})
    value = symbolic(entry.value.pieces[0].then, known, ROW).subs(leads)
    for piece in entry.derivative.pieces:
        holds = piece.if_ is None or symbolic(piece.if_, known, ROW, {"k": k}).subs(apart)
        if bool(holds):  # SymPy refuses this for a relation that is not settled
            stated = symbolic(piece.then, known, ROW, {"k": k})
            return difference(stated, sympy.diff(value, ROW[k]))
    raise AssertionError("no piece holds")


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_derivative_is_that_of_the_formula(name: str) -> None:
    found = elementwise_differences(spec.activations[name])
    assert found
    assert found == [0] * len(found)


@pytest.mark.parametrize("name", ROWWISE)
@pytest.mark.parametrize(("i", "k"), INDICES)
def test_jacobian_is_that_of_the_formula(name: str, i: int, k: int) -> None:
    entry = spec.activations[name]
    for row in NUMBERS if len(entry.value.pieces + entry.derivative.pieces) > 2 else NUMBERS[:1]:
        assert row_difference(entry, i, k, row) == 0


@pytest.mark.parametrize("name", REDUCTIONS)
@pytest.mark.parametrize(("largest", "k"), INDICES)
def test_gradient_of_a_reduction_is_that_of_the_formula(name: str, largest: int, k: int) -> None:
    assert reduction_difference(spec.activations[name], largest, k) == 0


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_derivative_agrees_at_fifty_digits(name: str) -> None:
    entry = spec.activations[name]
    known = names(entry)
    defaults = {key: sympy.Rational(str(p.default)) for key, p in entry.parameters.items()}
    for where, stated in regions(entry, "derivative", known):
        for at in (sympy.Rational(n, 7) for n in range(-70, 71, 2)):
            if at == 0 or at not in where:
                continue
            value = next(v for place, v in regions(entry, "value", known) if at in place)
            rest = (stated - sympy.diff(value, X)).subs(
                {known[key]: default for key, default in defaults.items()}
            )
            assert abs(rest.subs(X, at).evalf(50, chop=False)) < sympy.Float("1e-45")


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_kinks_are_where_the_derivative_jumps(name: str) -> None:
    """Each jump is a declared kink whose ends are the one-sided derivatives, and no other is."""
    entry = spec.activations[name]
    # Parameters away from values at which the kink is gone.
    chosen = {key: sympy.Rational(p.default) / 3 for key, p in entry.parameters.items()}
    known = {**names(entry), **chosen}
    # Terms are made of the parameters, too.
    numbers = {names(entry)[key]: number for key, number in chosen.items()}
    places = [
        (where, formula.subs(numbers)) for where, formula in regions(entry, "derivative", known)
    ]
    jumps = {}
    for (upper, above), (lower, below) in pairwise(places):
        (at,) = upper.boundary & lower.boundary
        ends = sympy.limit(below, X, at, "-"), sympy.limit(above, X, at, "+")
        if ends[0] != ends[1]:
            jumps[at] = (ends, next(formula for where, formula in places if at in where))
    declared = {symbolic(kink.at, known): kink for kink in entry.derivative.kinks}
    assert declared.keys() == jumps.keys()
    for at, kink in declared.items():
        (left, right), stated = jumps[at]
        bounds = [symbolic(bound, known) for bound in kink.accept]
        tiny = sympy.Rational(1, 10**30)  # the entries' decimals have 32 digits
        assert abs(bounds[0] - min(left, right)) < tiny
        assert abs(bounds[1] - max(left, right)) < tiny
        assert stated.subs(X, at) == (left if kink.take == "left" else right)


def altered(entry: Activation, change: str) -> Activation:
    """Return the entry with every piece of its derivative rewritten."""
    pieces = tuple(
        msgspec.structs.replace(piece, then=Expression(change.format(piece.then)))
        for piece in entry.derivative.pieces
    )
    derivative = msgspec.structs.replace(entry.derivative, pieces=pieces)
    return msgspec.structs.replace(entry, derivative=derivative)


def derivative_of(name: str) -> tuple[spec.Piece, ...]:
    """Return the pieces of an entry's derivative."""
    return spec.activations[name].derivative.pieces


CHANGES = ["({}) * 1.000001", "1 - ({})", "({}) + exp(-x**2)"]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_an_altered_derivative_is_caught(name: str, change: str) -> None:
    if change == CHANGES[0] and {piece.then.text for piece in derivative_of(name)} == {"0"}:
        change = "({}) + 0.000001"  # a multiple of 0 is no other
    found = elementwise_differences(altered(spec.activations[name], change))
    assert any(rest != 0 for rest in found)


@pytest.mark.parametrize("name", ROWWISE)
@pytest.mark.parametrize(("i", "k"), [(0, 0), (0, 1)])
def test_an_altered_jacobian_is_caught(name: str, i: int, k: int) -> None:
    entry = spec.activations[name]
    if {piece.then.text for piece in derivative_of(name)} != {"0"}:  # a multiple of 0 is no other
        assert row_difference(altered(entry, "({}) * 1.000001"), i, k, NUMBERS[0]) != 0
    assert row_difference(altered(entry, "({}) + delta(i, k) / 1000000"), 0, 0, NUMBERS[0]) != 0


@pytest.mark.parametrize("name", REDUCTIONS)
def test_an_altered_gradient_of_a_reduction_is_caught(name: str) -> None:
    entry = altered(spec.activations[name], "1 - ({})")
    assert reduction_difference(entry, 0, 0) != 0
    assert reduction_difference(entry, 0, 1) != 0
