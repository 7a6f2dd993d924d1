"""The same value in any place: a result depends on its input alone, to the last bit.

Each of some telling inputs is asked for alone, and then at the head, in the middle and at the tail
of arrays of every length from 1 to 67, which is past two of today's widest vector registers (of a
backend that compiles anew for each shape, of the lengths at which a vector is filled); in every
place of some long arrays, which a backend may cut into blocks or give to threads; and in arrays
that lie in memory in other ways. A backend may compute an element of a vector otherwise than a
single one, or than what is left over; here is told where that shows. For a function of a row, the
row is what must not depend on its place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actinit.adapters import Adapter, NotOffered
from actinit.spec import Activation, Part

from ..backend.guard import HungError
from ..check import Check, Outcome
from ..expected import inputs
from ..expected.defaults import defaults
from ..formats import ARITHMETIC, Format
from .arrangements import FEW_LENGTHS, LENGTHS, LONG, ROWS, Arrangement, arrangements, telling
from .layout_findings import Difference, outcome_of, raised
from .naming import PARTS, activation_check

__all__ = ["checks"]

Array = NDArray[Any]

# A gradient may form the matrix of all derivatives, the square of a row's length.
_LONG_ROWS = {"value": (100, 257, 1031, 4099, 16411), "derivative": (100, 257, 1031)}


def checks(entry: Activation) -> Iterator[Check]:
    """Yield the checks of layouts: ``activation/gelu/float32/value/layout``."""
    for fmt in ARITHMETIC.values():
        for part in PARTS:
            run = _runner(entry, fmt, part)
            yield activation_check(entry, (fmt.name, part, "layout"), part, run)


def _runner(entry: Activation, fmt: Format, part: Part) -> Any:
    def run(adapter: Adapter) -> Outcome:
        tokens = telling(entry, fmt)
        ask = _asker(adapter, entry, part)
        known = _Known(tokens, _alone(ask, tokens), fmt)
        found: list[Difference] = []
        asked: Counter[str] = Counter()
        lengths = FEW_LENGTHS if adapter.each_shape else LENGTHS
        for arranged in arrangements(tokens, lengths):
            asked[arranged.name] += arranged.which.size
            found += _compare(ask, arranged, known)
        if tokens.ndim == 2:
            found += _row_lengths(ask, fmt, ROWS, lengths)
            found += _row_lengths(ask, fmt, LONG, _LONG_ROWS[part])
        found += _again(ask, known)
        if part == "value":
            found += _in_place(adapter, entry, known)
        found += _empty(ask, tokens)
        return outcome_of(found, asked, part)

    return run


Ask = Callable[[Array], Array]


def _asker(adapter: Adapter, entry: Activation, part: Part) -> Ask:
    parameters = defaults(entry)

    def value(x: Array) -> Array:
        return adapter.value(entry, x, parameters)

    def gradient(x: Array) -> Array:
        if entry.shape != "row":
            shape = x.shape if entry.shape == "elementwise" else x.shape[:-1]
            return adapter.gradient(entry, x, np.ones(shape, dtype=x.dtype), parameters)
        # With an upstream gradient of ones that of a softmax is 0: ask for the first output's.
        upstream = np.zeros(x.shape, dtype=x.dtype)
        upstream[..., :1] = 1
        return adapter.gradient(entry, x, upstream, parameters)

    return value if part == "value" else gradient


class _Known(NamedTuple):
    """The telling inputs with their results alone."""

    tokens: Array
    alone: Array
    fmt: Format


def _alone(ask: Ask, tokens: Array) -> Array:
    return np.concatenate([ask(tokens[at : at + 1].copy()) for at in range(len(tokens))])


def _compare(ask: Ask, arranged: Arrangement, known: _Known) -> list[Difference]:
    try:
        got = ask(arranged.array)
    except (NotOffered, HungError):
        raise
    except Exception as error:  # whatever a backend raises where it had a result for one alone
        return [raised(arranged.name, error, arranged.text)]
    return _differences(got, arranged.which, arranged.name, arranged.text, known)


def _differences(got: Array, which: Array, name: str, text: str, known: _Known) -> list[Difference]:
    expected = known.alone[which]
    if np.array_equal(_bits(got, known.fmt), _bits(expected, known.fmt)):  # as nearly all are
        return []
    apart = known.fmt.apart(got, expected)
    by_place = apart.reshape(*which.shape, -1).max(axis=-1)
    if not by_place.any():  # nan of other bits
        return []
    place = tuple(int(index) for index in np.unravel_index(np.argmax(by_place), by_place.shape))
    length = which.shape[-1] if place else 1
    ends = None
    if known.tokens.ndim == 1:
        numbers = known.tokens[which[by_place > 0]]
        order = np.argsort(numbers.astype(np.float64), kind="stable")  # nan last
        ends = numbers[order[0]], numbers[order[-1]]
    result, alone = got[place], expected[place]
    if result.size > LENGTHS[-1]:  # of a long row, the element that differs most
        element = int(np.argmax(apart[place]))
        result, alone = result[element], alone[element]
    return [
        Difference(
            name=name, length=length, asked=which.size, differing=int((by_place > 0).sum()),
            place=f"place {place[-1]} of {length}" if place else "", at=place[-1] if place else 0,
            x=known.tokens[which[place]], got=result, alone=alone,
            apart=float(by_place[place]), ends=ends, text=text,
            places=tuple(np.flatnonzero(by_place > 0).tolist()) if by_place.ndim == 1 else (),
        )
    ]  # fmt: skip


def _bits(array: Array, fmt: Format) -> Array:
    return np.ascontiguousarray(array).view(fmt.bits).reshape(array.shape)


def _row_lengths(ask: Ask, fmt: Format, name: str, lengths: Sequence[int]) -> list[Difference]:
    """Compare rows of some lengths alone and in a batch."""
    found = []
    for length in lengths:
        rows = (8 * inputs.weyl(3 * length, start=length).reshape(3, length) - 4).astype(fmt.dtype)
        known = _Known(rows, _alone(ask, rows), fmt)
        arranged = Arrangement(name, rows, np.arange(3), "np.repeat(x, 3, axis=0)")
        found += [one._replace(length=length) for one in _compare(ask, arranged, known)]
    return found


def _again(ask: Ask, known: _Known) -> list[Difference]:
    """Ask for the same twice in a row, alone and in an array."""
    found = []
    for length in (1, 67):
        which = np.arange(length) % len(known.tokens)
        array = known.tokens[which]
        once = _Known(array, ask(array), known.fmt)
        text = f"np.repeat(x, {length}, axis=0)"
        found += _differences(ask(array), np.arange(length), "the second time", text, once)
    return found


def _in_place(adapter: Adapter, entry: Activation, known: _Known) -> list[Difference]:
    found = []
    for length in (1, 8, 67):
        which = np.arange(length) % len(known.tokens)
        array = known.tokens[which]
        name, text = "in place", f"np.repeat(x, {length}, axis=0)"
        try:
            got = adapter.in_place(entry, array, defaults(entry))
        except NotOffered:
            return []
        found += _differences(got, which, name, text, known)
    return found


def _empty(ask: Ask, tokens: Array) -> list[Difference]:
    """Ask for arrays without elements: they have a result without elements."""
    found = []
    for shape in ((0,), (0, 3), (3, 0)):
        array = np.empty((*shape, *tokens.shape[1:]), dtype=tokens.dtype)
        try:
            ask(array)  # the shape of what comes back is watched over
        except (NotOffered, HungError):
            raise
        except Exception as error:
            text = f"np.empty({array.shape}, dtype=x.dtype)"
            found.append(raised("an empty array", error, text))
    return found
