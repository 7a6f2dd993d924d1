"""The same value in any place: a result depends on its input alone, to the last bit.

Each of some telling inputs is asked for alone, and then at the head, in the middle and at the tail
of arrays of every length from 1 to 67, which is past two of today's widest vector registers; in
every place of some long arrays, which a backend may cut into blocks or give to threads; and in
arrays that lie in memory in other ways. A backend may compute an element of a vector otherwise than
a single one, or than what is left over; here is told where that shows. For a function of a row, the
row is what must not depend on its place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actinit.adapters import Adapter, NotOffered
from actinit.spec import Activation

from ..backend.guard import HungError, message_of
from ..check import Check, Finding, Outcome, Witness
from ..expected import inputs
from ..expected.batches import defaults, roots
from ..formats import ARITHMETIC, Format, brief, describe, hexadecimal
from ..oracle.formula import Part
from . import diagnosis
from .naming import PARTS, activation_check

__all__ = ["Difference", "arrangements", "checks", "telling"]

Array = NDArray[Any]

#: Past two vectors of 32 numbers of 16 bits, and odd.
LENGTHS = range(1, 68)
# Of the lengths of a batch of rows these; of the length of the rows themselves, all.
_BATCHES = (2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 67)
_ROW = 10
# Around the sizes of blocks that work is cut into, and past them. A backend that compiles does so
# for each: they are few.
_FAR = (127, 128, 129, 255, 256, 257, 1023, 1025, 4099, 32771, 131077)
_FAR_BATCHES = (129, 257, 1025, 4099)
# A gradient may form the matrix of all derivatives, the square of a row's length.
_LONG_ROWS = {"value": (100, 257, 1031, 4099, 16411), "derivative": (100, 257, 1031)}
_PLAIN = "in arrays"
_ALONG = "far along arrays"
_ROWS = "in batches of rows"
_LONG = "in batches of long rows"
# Of these there are many lengths, which are told.
_OF_LENGTHS = (_PLAIN, _ALONG, _ROWS, _LONG)


class Arrangement(NamedTuple):
    """Some of the telling inputs in an array.

    Attributes
    ----------
    name : str
        Such as "in arrays", which are contiguous ones of every length, or "strided".
    array : ndarray
        The inputs; writable, so that an adapter may hand it on as it lies.
    which : ndarray of int
        Of each place of the array, which telling input stands there.
    text : str
        A like array of one input ``x``, as NumPy writes it.
    """

    name: str
    array: Array
    which: NDArray[np.int64]
    text: str


class Difference(NamedTuple):
    """Results in one array that are not those of their inputs alone.

    Attributes
    ----------
    name : str
        Of the arrangement.
    length : int
        Of the array.
    asked, differing : int
        How many results of this array were compared, and how many of them differ.
    place : str
        Of that which differs most, or what was raised.
    at : int
        The same place as a number.
    x, got, alone : ndarray or None
        The input there, what came back and what does alone; none if something was raised.
    apart : float
        How many numbers of the format the two are apart; inf if only one of them is nan.
    ends : tuple of float, or None
        The lowest and the highest number that differs; none for rows.
    text : str
        A like array of one input, as NumPy writes it.
    places : tuple of int
        All places that differ, of an array of one dimension.
    """

    name: str
    length: int
    asked: int
    differing: int
    place: str
    at: int
    x: Any
    got: Any
    alone: Any
    apart: float
    ends: tuple[Any, Any] | None
    text: str
    places: tuple[int, ...] = ()


def checks(entry: Activation) -> Iterator[Check]:
    """Yield the checks of layouts: ``activation/gelu/float32/value/layout``."""
    for fmt in ARITHMETIC.values():
        for part in PARTS:
            run = _runner(entry, fmt, part)
            yield activation_check(entry, (fmt.name, part, "layout"), part, run)


def telling(entry: Activation, fmt: Format) -> Array:
    """Return the inputs that are asked for in every place.

    Parameters
    ----------
    entry : Activation
        The entry.
    fmt : Format
        The format.

    Returns
    -------
    ndarray
        Shape (inputs,), or (inputs, n) for functions of a row: special values, ordinary numbers,
        and what is far out on both sides.
    """
    ordinary = (4 * inputs.weyl(8, start=3) - 2) * np.array([1, 1, 2, 2, 5, 5, 12, 30])
    if entry.shape != "elementwise":
        spread = np.array([1.0, 5.0, 20.0, 0.0, 200.0, 1.0, 60.0, 3.0])[:, np.newaxis]
        rows = (2 * inputs.weyl(8 * _ROW).reshape(8, _ROW) - 1) * spread
        rows[5, ::3], rows[6, 2], rows[7, 4] = 0.75, -np.inf, np.nan
        return rows.astype(fmt.dtype)
    largest = (2 - 2.0**-fmt.stored) * 2.0**fmt.emax
    ends = [2.0 ** (fmt.emin - fmt.stored), 1.5 * 2.0 ** (fmt.emin - 1), 2.0**fmt.emin, largest]
    positive = np.array([0.0, *ends, np.inf, 0.7, 1.0, 3.3, 5.7, 9.1, 20.5, 60.0, *roots(entry)])
    found = np.concatenate([positive, -positive, ordinary, [np.nan]])
    return found.astype(fmt.dtype)


def arrangements(tokens: Array) -> Iterator[Arrangement]:
    """Yield arrays in which the inputs stand, each at the head, in the middle and at the tail.

    Parameters
    ----------
    tokens : ndarray
        The inputs, along the first axis.

    Yields
    ------
    Arrangement
        Contiguous ones of every length, then one of each other kind.
    """
    count, lengths = len(tokens), LENGTHS if tokens.ndim == 1 else _BATCHES
    for length in lengths:
        for start in (5 * length, 5 * length + count // 2):
            which = (start + np.arange(length)) % count
            text = f"np.repeat(x, {length}, axis=0)"
            yield Arrangement(_PLAIN, tokens[which], which, text)
    for length in _FAR if tokens.ndim == 1 else _FAR_BATCHES:
        which = np.arange(length) % count
        text = f"np.repeat(x, {length}, axis=0)"
        yield Arrangement(_ALONG, tokens[which], which, text)
    yield from _other_kinds(tokens)


def _other_kinds(tokens: Array) -> Iterator[Arrangement]:
    which = np.arange(67) % len(tokens)
    rows = np.stack([np.roll(which, shift) for shift in (0, 11, 23)])
    long, batch = tokens[which], tokens[rows]
    strided = np.repeat(long, 2, axis=0)
    strided[1::2] = tokens[(which + 1) % len(tokens)]  # what a stride that is ignored would see
    yield Arrangement("strided", strided[::2], which, "np.repeat(x, 134, axis=0)[::2]")
    column = np.ascontiguousarray(np.moveaxis(batch, 0, 1))
    yield Arrangement(
        "in a column",
        column[:, 1],
        rows[1],
        "np.repeat(x, 201, axis=0).reshape(67, 3, *x.shape[1:])[:, 1]",
    )
    yield Arrangement("backwards", long[::-1], which[::-1], "np.repeat(x, 67, axis=0)[::-1]")
    shifted = np.concatenate([long[:1], long])
    yield Arrangement("not aligned", shifted[1:], which, "np.repeat(x, 68, axis=0)[1:]")
    yield Arrangement(
        "batched", batch, rows, "np.repeat(x, 201, axis=0).reshape(3, 67, *x.shape[1:])"
    )
    yield Arrangement(
        "transposed", column.swapaxes(0, 1), rows,
        "np.repeat(x, 201, axis=0).reshape(67, 3, *x.shape[1:]).swapaxes(0, 1)",
    )  # fmt: skip
    spread = np.lib.stride_tricks.as_strided(
        long, (67, 3, *long.shape[1:]), (long.strides[0], 0, *long.strides[1:])
    )
    yield Arrangement(
        "broadcast", spread, np.stack([which] * 3, axis=1),
        "np.lib.stride_tricks.as_strided(np.repeat(x, 67, axis=0), (67, 3, *x.shape[1:]), "
        "(x.strides[0], 0, *x.strides[1:]))",
    )  # fmt: skip
    if tokens.ndim == 2:
        wide = np.repeat(long, 2, axis=1)
        wide[:, 1::2] = 1
        yield Arrangement(
            "with strided elements",
            wide[:, ::2],
            which,
            "np.repeat(np.repeat(x, 67, axis=0), 2, axis=1)[:, ::2]",
        )
        yield Arrangement(
            "along the first axis in memory", np.asfortranarray(long), which,
            "np.asfortranarray(np.repeat(x, 67, axis=0))",
        )  # fmt: skip
    else:
        for token in range(len(tokens)):
            alone = tokens[token : token + 1].reshape(())
            yield Arrangement("without dimensions", alone, np.array(token), "x.reshape(())")


def _runner(entry: Activation, fmt: Format, part: Part) -> Any:
    def run(adapter: Adapter) -> Outcome:
        tokens = telling(entry, fmt)
        ask = _asker(adapter, entry, part)
        known = _Known(tokens, _alone(ask, tokens), fmt)
        found: list[Difference] = []
        asked: Counter[str] = Counter()
        for arranged in arrangements(tokens):
            asked[arranged.name] += arranged.which.size
            found += _compare(ask, arranged, known)
        if tokens.ndim == 2:
            found += _row_lengths(ask, fmt, _ROWS, LENGTHS)
            found += _row_lengths(ask, fmt, _LONG, _LONG_ROWS[part])
        found += _again(ask, known)
        if part == "value":
            found += _in_place(adapter, entry, known)
        found += _empty(ask, tokens)
        return _outcome(found, asked, part)

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
        # With ones from above the gradient of a softmax is 0: ask for that of the first output.
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
        return [_raised(arranged.name, error, arranged.text)]
    return _differences(got, arranged.which, arranged.name, arranged.text, known)


def _differences(got: Array, which: Array, name: str, text: str, known: _Known) -> list[Difference]:
    expected = known.alone[which]
    if np.array_equal(_bits(got, known.fmt), _bits(expected, known.fmt)):  # as nearly all are
        return []
    apart = _apart(got, expected, known.fmt)
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


def _apart(got: Array, expected: Array, fmt: Format) -> NDArray[np.float64]:
    """Return how many numbers of the format apart results are; any two nan are the same."""
    with np.errstate(invalid="ignore"):
        nan = np.isnan(got.astype(np.float64)), np.isnan(expected.astype(np.float64))
    # In the order of the numbers, with -0 below 0.
    places = []
    for array in (got, expected):
        bits = np.ascontiguousarray(array).view(fmt.bits).astype(np.uint64)
        sign = np.uint64(fmt.sign)
        magnitude = (bits & (sign - np.uint64(1))).astype(np.float64)
        places.append(np.where(bits & sign, -1 - magnitude, magnitude))
    steps = np.abs(places[0] - places[1]).reshape(got.shape)
    steps = np.where(_bits(got, fmt) != _bits(expected, fmt), np.maximum(steps, 1), 0)
    return np.where(nan[0] & nan[1], 0, np.where(nan[0] != nan[1], np.inf, steps))


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
            found.append(_raised("an empty array", error, text))
    return found


def _raised(name: str, error: Exception, text: str) -> Difference:
    message = f"{type(error).__name__}: {message_of(error)[:200]}"
    return Difference(name, 0, 1, 1, message, 0, None, None, None, np.inf, None, text)


def _outcome(found: list[Difference], asked: Counter[str], part: Part) -> Outcome:
    measured: dict[str, float] = {
        "asked": asked.total(),
        "differing": sum(one.differing for one in found),
    }
    if not found:
        return Outcome(conforms=True, message="the same bits in every place", measured=measured)
    finite = [one.apart for one in found if np.isfinite(one.apart)]
    measured["apart"] = max(finite, default=0.0)
    together: dict[tuple[str, bool], list[Difference]] = {}
    for one in found:
        together.setdefault((one.name, one.x is None), []).append(one)
    by_count = sorted(together.values(), key=lambda alike: -sum(one.differing for one in alike))
    where = ", ".join(
        f"{_lengths(alike)} ({sum(one.differing for one in alike):,})" for alike in by_count[:6]
    )
    worst = _worst(found)
    return Outcome.diverging(
        [_finding(alike, part, asked) for alike in by_count],
        f"{measured['differing']:,.0f} results are not those of the input alone: {where}; "
        f"{_tell(worst, part)}",
        witness=_witness(worst),
        measured=measured,
    )


def _finding(alike: list[Difference], part: Part, asked: Counter[str]) -> Finding:
    """Return the finding of one kind of arrangement."""
    worst = _worst(alike)
    key = f"layout/{worst.name.replace(' ', '-')}"
    if worst.x is None:
        return Finding(
            key=f"{key}/raised", kind="layout", defect="raised", count=len(alike),
            sentence=_tell(worst, part), data={"raised": worst.place, "array": worst.text},
        )  # fmt: skip
    lengths = [one.length for one in alike]
    like = ""
    if worst.name in (_PLAIN, _ALONG, _ROWS):
        like = diagnosis.remainder([(one.length, one.places) for one in alike])
    ends = [end for one in alike if one.ends for end in one.ends]
    ends.sort(key=float)
    numbers = [end for end in ends if not np.isnan(float(end))] or ends
    return Finding(
        key=key,
        kind="layout",
        defect="place",
        first=describe(numbers[0]) if numbers else "",
        last=describe(numbers[-1]) if numbers else "",
        first_hex=hexadecimal(numbers[0]) if numbers else "",
        last_hex=hexadecimal(numbers[-1]) if numbers else "",
        count=sum(one.differing for one in alike),
        # What is asked beside the arrangements, such as in place, is asked where it differs.
        points=asked[worst.name] or sum(one.asked for one in alike),
        worst=_witness(worst),
        sentence=f"{_lengths(alike)}: {_tell(worst, part)}" + (f" ({like})" if like else ""),
        looks_like=like,
        data={"shortest": min(lengths), "longest": max(lengths), "place": worst.at},
    )


def _lengths(alike: list[Difference]) -> str:
    """Return the name of an arrangement, with the lengths that show it if it has many."""
    name, lengths = alike[0].name, sorted({one.length for one in alike})
    if name not in _OF_LENGTHS or alike[0].x is None:
        return name
    if len(lengths) == 1:
        return f"{name} of {lengths[0]}"
    return f"{name} of {lengths[0]} to {lengths[-1]}"


def _worst(found: list[Difference]) -> Difference:
    """Return the largest, and of equal ones the one in the shortest array.

    Of long arrays and rows that of the shortest, whatever its size: a person shall read it.
    """

    def rank(one: Difference) -> tuple[int, float, int]:
        return one.length if one.name in (_ALONG, _LONG) else 0, -one.apart, one.length

    return min(found, key=rank)


def _tell(one: Difference, part: Part) -> str:
    if one.x is None:
        return f"{one.name} raises {one.place}: {one.text}"
    size = f", {one.apart:,.0f} ulp apart" if np.isfinite(one.apart) else ""
    what = "value" if part == "value" else "derivative"
    place = f", at {one.place}" if one.place else ""
    return (
        f"{one.name}{place}, the {what} at x = {brief(one.x)} is {brief(one.got)}, "
        f"alone {brief(one.alone)}{size}"
    )


def _witness(one: Difference) -> Witness | None:
    if one.x is None:
        return None
    return Witness.of(one.x[np.newaxis], one.got, one.alone, error=one.apart, array=one.text)
