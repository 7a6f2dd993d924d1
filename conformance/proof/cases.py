"""The search for the hardest cases of every function, part and format: see `expected.hard_cases`.

Of formats of up to 32 bits they are the hardest of all inputs, as a proof left them; of float64 the
hardest that a search found, in several binades, near roots, in the tails, and among simple numbers.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import numpy as np

from actinit import spec
from actinit.spec import Activation, Part

from ..expected.defaults import defaults
from ..formats import FORMATS, hexadecimal
from ..results.rounding import HardCases
from . import chunk
from .compute import PARTS, PROVEN_FORMATS
from .compute import cases as hardest
from .exactly import nearest
from .journal import Journal
from .piece import Case, kept
from .search import searched, simple

__all__ = ["find", "is_rational"]

# Cases of a format that a file has: few of formats whose inputs are all asked for anyway.
_COUNTS = {8: 3, 16: 6, 32: 20}
# Of float64: the hardest of all, of each place, and of simple numbers.
_BEST, _OF_PLACE, _SIMPLE = 8, 1, 4
# Where the search begins, of both signs: binades around 1, tails, and where results end.
_PLACES = (0.00017, 0.013, 0.3, 0.7, 1.3, 2.6, 5.2, 8.2, 10.5)
# There the function bends so much that fewer numbers are searched.
_TAILS = (21.0, 36.0, 720.0)
# Where the most is searched.
_DEEP = 1.3
# By how much more or fewer, as powers of 2.
_DEEPER, _FEWER = 4, 2
# How near roots it begins, relatively.
_BESIDE = (2.0**-20, 2.0**-8)


def find(name: str, journals: Path, bits: int, before: HardCases | None = None) -> HardCases:
    """Find the hard cases of an entry.

    Parameters
    ----------
    name : str
        Of an elementwise entry.
    journals : Path
        Where proofs have left theirs; a format without a whole proof keeps the cases it had.
    bits : int
        The search looks at 2**bits numbers of float64 in each place; with 0 those known are kept.
    before : HardCases, optional
        What is known.
    """
    entry = spec.activations[name]
    found: dict[Part, dict[str, str]] = {part: {} for part in PARTS}
    cases: dict[Part, dict[str, list[tuple[str, str, float]]]] = {part: {} for part in PARTS}
    for part in PARTS:
        for fmt in PROVEN_FORMATS:
            pieces = Journal(journals, entry, part, fmt).pieces()
            if len(pieces) == (chunk.CHUNKS if fmt == chunk.FORMAT.name else 1):
                count = _COUNTS[FORMATS[fmt].width]
                best = hardest(pieces.values(), fmt, count)
                cases[part][fmt] = _rows(case for case in best if abs(case.distance) < 0.5)
                found[part][fmt] = f"the {count} hardest of all inputs"
            elif before is not None and fmt in before.cases.get(part, {}):
                cases[part][fmt] = before.cases[part][fmt]
                found[part][fmt] = before.found[part][fmt]
        if not bits and before is not None:
            cases[part]["float64"] = before.cases[part]["float64"]
            found[part]["float64"] = before.found[part]["float64"]
            continue
        if is_rational(entry, part):
            simplest = simple(entry, part, dict(defaults(entry)))[: 2 * _SIMPLE]
            cases[part]["float64"] = _rows(simplest)
            found[part]["float64"] = "ties among simple numbers: the function is a rational one"
            continue
        cases[part]["float64"] = _rows(_of_float64(entry, part, bits))
        found[part]["float64"] = (
            f"a search of 2**{bits} numbers from each of several places on, 2**{bits + _DEEPER} "
            f"from {_DEEP} and -{_DEEP}, 2**{bits - _FEWER} in the tails, and of simple numbers"
        )
    return HardCases(entry=name, parameters=dict(defaults(entry)), found=found, cases=cases)


def is_rational(entry: Activation, part: Part) -> bool:
    """Say whether a formula calls no function: its results are ties, or far from any."""
    expressions = [piece.then for piece in getattr(entry, part).pieces]
    expressions += [term.is_ for term in entry.terms.values()]
    nodes = (node for expression in expressions for node in ast.walk(expression.tree))
    return not any(isinstance(node, ast.Call) for node in nodes)


def _of_float64(entry: Activation, part: Part, bits: int) -> list[Case]:
    parameters = dict(defaults(entry))
    of_places: list[Case] = []
    everywhere: list[Case] = []
    beside = [root * (1 + way * by) for root in _roots(entry, part, parameters)
              for by in _BESIDE for way in (1, -1)]  # fmt: skip
    places = [sign * place for place in (*_PLACES, *_TAILS) for sign in (1, -1)]
    for start in (*beside, *places):
        more = _DEEPER * (abs(start) == _DEEP) - _FEWER * (abs(start) in _TAILS)
        count = 2 ** (bits + more)
        cases = searched(entry, part, parameters, start, count)
        of_places += cases[:_OF_PLACE]
        everywhere += cases[_OF_PLACE:]
    few = simple(entry, part, parameters)
    chosen = {*of_places, *kept(everywhere, FORMATS["float64"], _BEST), *few[:_SIMPLE]}
    return sorted(chosen, key=lambda case: (abs(case.distance), case.x))


def _roots(entry: Activation, part: Part, parameters: dict[str, float]) -> list[float]:
    """Return where the exact results change their sign, 0 apart, to the last bit or so."""

    def sign(x: float) -> float:
        return float(np.sign(nearest(entry, part, x, parameters, FORMATS["float64"]).value))

    found = []
    grid = (np.arange(-64, 64) / 8 + 1 / 16).tolist()
    for low, high in pairwise(grid):
        if low * high > 0 and sign(low) * sign(high) < 0:
            while (middle := (low + high) / 2) not in (low, high):
                low, high = (middle, high) if sign(middle) == sign(low) else (low, middle)
            found.append(low)
    return found


def _rows(cases: Iterable[Case]) -> list[tuple[str, str, float]]:
    return [
        (hexadecimal(case.x), hexadecimal(case.value), float(f"{case.distance:.4g}"))
        for case in cases
    ]
