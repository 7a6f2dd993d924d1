"""Correct rounding of functions of rows: as `settle` does it for functions of numbers.

Every element is the exact function of its row, rounded once, whatever the row's length. Narrow
formats are asked in floats first, float64 in pairs; what the bound of the error leaves open is
asked in pairs, and then of `exact_rows`. So a result depends neither on the order in which a row
is added up nor on what does it.

Rows are taken in blocks, and long ones in pieces, twice: for their sums, and for the results.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._rounding import rounded
from . import _row_kernels
from ._row_kernels import (
    AT,
    BOTH,
    COLUMNS,
    FINISH,
    SUMS,
    Kernel,
    ends_of,
    merged,
    row_of,
)
from ._scaled import Scaled
from ._table import Table
from .elements import At, Part, differences, held, size_of_differences
from .exact_rows import ExactRow
from .functions import PAIR_UNIT, SAFE, UNIT
from .pairs import Pair, fast_two_sum
from .settle import _BITS, _BLOCK, _MANY, _nearest_to_pair, _numba

__all__ = ["PIECE", "settled_beside", "settled_products", "settled_rows"]

Array = NDArray[Any]

#: Longer rows are taken in pieces of so many elements.
PIECE = 2**14
# Elements of a block, compiled.
_COMPILED_BLOCK = 2**20
# With upstream gradients above this power of 2, products may overflow.
_LARGE_POWER = 300
# Rows are far in which so much lies between the leader and what differs in its upstream gradient.
# Nearer, the rule for all others loses less than 12 bits more; beyond, this one does to nothing.
_GAP = 8.0


class _Asked(NamedTuple):
    """What is asked, and where the results go."""

    part: Part
    x: Table
    upstream: Table | None
    results: Table
    dtype: np.dtype[Any]
    compiled: bool
    far: bool = False
    shift: Array | None = None  # of each row: results are that power of 2 times larger

    @property
    def bounds(self) -> bool:
        """Whether the results are of a narrower format than kernels know."""
        return self.dtype not in (np.float32, np.float64)

    @property
    def formula(self) -> Part:
        """What the kernels compute: of rows that are far, another formula."""
        return self.part.far if self.far and self.part.far else self.part

    def pieces(self) -> list[slice]:
        return [slice(at, at + PIECE) for at in range(0, self.x.length, PIECE)]

    def kernel(self, arithmetic: str) -> Kernel:
        of_this_way = _compiled if self.compiled else _by_numpy
        return of_this_way(self.formula, arithmetic, self.bounds)

    def bound(self, arithmetic: str) -> float:
        """Return the bound of the error in this arithmetic, over the weight.

        That of the sums is, in floats: 1.1 units of the exponentials, half a unit for each time
        that halves are added, and less than a unit for what joins pieces and for products; in
        pairs only the unit of the exponentials counts, and of wide ones half a unit, 2**-97, and
        a quarter for the sum.
        """
        part = self.formula
        if arithmetic == "wide":
            # Joining two pieces costs 2**-104.
            return (part.pairs + part.sums) * (2.0**-96 + len(self.pieces()) * 2.0**-104)
        if arithmetic == "pairs":
            return (part.pairs + part.sums * 1.1) * PAIR_UNIT
        depth = (min(self.x.length, PIECE) - 1).bit_length()
        # The ends of the interval are rounded, too.
        return (part.floats + 1 + part.sums * (2 + depth / 2)) * UNIT

    def upstream_at(self, rows: Array, columns: slice = slice(None)) -> Array:
        if self.upstream is None:
            return np.zeros((1, 1))
        above = np.ascontiguousarray(self.upstream.get(rows, columns), np.float64)
        return above if above.flags.writeable else above.copy()


class _Rows(NamedTuple):
    """A block of rows: which, their maxima and leaders, and what is special about them.

    Attributes
    ----------
    places : ndarray of int64
        Their numbers.
    top : ndarray of float64
        Their maxima; nan where there is no result, 0 of infinite ones.
    lead : ndarray of int64
        Places of the first of the largest.
    infinite : ndarray of bool
        Rows with one element that is infinitely far above the others.
    exactly, zero : ndarray of bool
        Rows whose upstream gradients are too large for all but `exact_rows`, and those of which all
        results are 0.
    leading : ndarray of float64
        Upstream gradient of the leader.
    below : ndarray of float64
        Largest element of which the upstream gradient is another than the leader's.
    lead_below : ndarray of int64
        The first of these.
    leading_below : ndarray of float64
        Upstream gradient of that.
    """

    places: Array
    top: Array
    lead: Array
    infinite: Array
    exactly: Array
    zero: Array
    leading: Array
    below: Array
    lead_below: Array
    leading_below: Array

    def at(self, which: Array) -> _Rows:
        return _Rows(*(one[which] for one in self))


def settled_rows(part: Part, x: Array, axis: int, upstream: Array | None = None) -> Array:
    """Return the nearest floats to a function of each row, element by element.

    Parameters
    ----------
    part : Part
        What to compute.
    x : ndarray
        Of one of the spec's formats, with at least one axis.
    axis : int
        Of the rows.
    upstream : ndarray, optional
        Finite numbers, of the shape of `x` and any of the formats.

    Returns
    -------
    ndarray
        Of the shape, dtype and order of `x`; nan throughout rows with nan or tied infinities.
    """
    results = np.empty(x.shape, x.dtype, order="F" if x.flags.fnc else "C")
    above = None if upstream is None else Table(upstream, axis)
    compiled = x.size >= _MANY and _numba()
    asked = _Asked(part, Table(x, axis), above, Table(results, axis), x.dtype, compiled)
    if not x.size:
        return results
    step = max(1, (_COMPILED_BLOCK if compiled else _BLOCK) // asked.x.length)
    with np.errstate(all="ignore"):
        for start in range(0, asked.x.count, step):
            _block(asked, np.arange(start, min(start + step, asked.x.count)))
    return results


def settled_beside(part: Part, x: Array, axis: int) -> Array:
    """Return the nearest floats to a function of each row at the number 0, no element of it.

    Parameters
    ----------
    part : Part
        What to compute; irrational, and without the exponential of the element.
    x : ndarray
        As for `settled_rows`; rows of at least one element.
    axis : int
        Of the rows.

    Returns
    -------
    ndarray
        Of the dtype of `x`, without that axis; of rows with nan or infinite maxima, anything.
    """
    table = Table(x, axis)
    results = np.empty(table.count, x.dtype)
    compiled = x.size >= _MANY and _numba()
    asked = _Asked(part, table, None, table, x.dtype, compiled)
    step = max(1, (_COMPILED_BLOCK if compiled else _BLOCK) // table.length)
    with np.errstate(all="ignore"):
        for start in range(0, table.count, step):
            places = np.arange(start, min(start + step, table.count))
            results[places] = _beside(asked, _rows(asked, places))
    return results.reshape(np.moveaxis(x, axis, -1).shape[:-1])


def _beside(asked: _Asked, rows: _Rows) -> Array:
    """Return the results of a block of rows: in pairs, and where these are open by exact rows."""
    zero, row = np.zeros(rows.places.size), row_of("pairs", _added_up(asked, rows, "pairs").T)
    at = AT["pairs"](zero, rows.top, rows.top == 0.0, zero)
    y = asked.part.rule(at, row, asked.part.constant(row))
    error = asked.bound("pairs") * np.maximum(y.weight, 0.0)
    found, sure = nearest_to_pair(y.number, y.power, error, asked.dtype)
    for one in np.flatnonzero(~sure & np.isfinite(rows.top)).tolist():
        exact = _exact_row(asked, rows.at(np.array([one])))
        found[one] = exact.nearest_beside(asked.part, asked.dtype)
    return found


def settled_products(part: Part, x: Array, axis: int) -> Array:
    """Return the nearest floats to a function of two elements of a row, for all two.

    Parameters
    ----------
    part : Part
        What to compute: of the product of two exponentials, as if it were one's.
    x : ndarray
        As for `settled_rows`.
    axis : int
        Of the rows.

    Returns
    -------
    ndarray
        Of the dtype of `x`; n by n in two last axes for rows of n.
    """
    table = Table(x, axis)
    n = table.length
    results = np.empty((table.count, n, n), x.dtype)
    asked = _Asked(part, table, None, table, x.dtype, compiled=False)
    # Few rows at a time, or some lines of the matrix of one.
    step, lines = max(1, _BLOCK // max(1, n * n)), max(1, _BLOCK // max(1, n))
    with np.errstate(all="ignore"):
        for start in range(0, table.count if n else 0, step):
            _products(asked, np.arange(start, min(start + step, table.count)), lines, results)
    return results.reshape(*np.moveaxis(x, axis, -1).shape[:-1], n, n)


def _products(asked: _Asked, places: Array, lines: int, results: Array) -> None:
    rows = _rows(asked, places)
    x = np.concatenate([_loaded(asked, rows, piece) for piece in asked.pieces()], axis=1)
    x = x.astype(np.float64, copy=False)
    arithmetic = "pairs" if asked.dtype == np.float64 else "floats"
    sums = _added_up(asked, rows, arithmetic)
    for start in range(0, x.shape[1], lines):
        some = slice(start, start + lines)
        top = rows.top[:, np.newaxis, np.newaxis]
        both = (x[:, some, np.newaxis], x[:, np.newaxis])
        at = _product(*(AT[arithmetic](one, top, False, 0.0) for one in both))
        row = row_of(arithmetic, sums.T[:, :, np.newaxis, np.newaxis])
        ends = ends_of(arithmetic, asked.part, at, row, asked.bound(arithmetic))
        lower, upper = (rounded(end, asked.dtype) for end in ends)
        bits = _BITS[asked.dtype.itemsize]
        undefined = np.isnan(rows.top)
        lower[undefined] = np.nan
        which = np.nonzero((lower.view(bits) != upper.view(bits)) & ~undefined[:, None, None])
        if which[0].size:
            those = _Open(which[0], (which[1] + start, which[2]))
            lower[which] = _again(asked, rows, those, {arithmetic: sums})
        results[places[0] : places[-1] + 1, some] = lower


@cache
def _by_numpy(part: Part, arithmetic: str, bounds: bool) -> Kernel:
    return _row_kernels.kernel(part, arithmetic, bounds=bounds)


def _compiled(part: Part, arithmetic: str, bounds: bool) -> Kernel:
    from .compiled_rows import kernel

    return kernel(part, arithmetic, bounds=bounds)


def _block(asked: _Asked, places: Array) -> None:
    rows = _rows(asked, places)
    if rows.exactly.any():
        rows = _without_large(asked, rows)
    far = rows.below < rows.top - _GAP
    if asked.part.far and far.any():
        _settle_rows(asked._replace(far=True), rows.at(far))
        rows = rows.at(~far)
    if rows.places.size:
        _settle_rows(asked, rows)


def _without_large(asked: _Asked, rows: _Rows) -> _Rows:
    """Settle rows of large upstream gradients with smaller ones, and return the others.

    Rows in which that loses bits stay.
    """
    large = rows.at(rows.exactly)
    upstream = asked.upstream_at(large.places)
    shift = np.frexp(np.abs(upstream).max(axis=1))[1].astype(np.int64) - _LARGE_POWER
    small = np.ldexp(upstream, -shift[:, np.newaxis])
    kept = (np.ldexp(small, shift[:, np.newaxis]) == upstream).all(axis=1)
    places, x = large.places[kept], asked.x.get(large.places[kept])
    results = np.empty(x.shape, asked.dtype)
    own = asked._replace(
        x=Table(x, 1), upstream=Table(small[kept], 1), results=Table(results, 1), shift=shift[kept]
    )
    if places.size:
        _block(own, np.arange(places.size))
        asked.results.put(places, slice(None), results)
    return rows.at(~np.isin(rows.places, places))


def _settle_rows(asked: _Asked, rows: _Rows) -> None:
    arithmetic = "pairs" if asked.dtype == np.float64 else "floats"
    pieces = asked.pieces()
    if len(pieces) == 1 and not asked.far:
        sums = np.zeros((rows.places.size, COLUMNS))
        first = _pass(asked, rows, pieces[0], arithmetic, BOTH, sums)
        _settle(asked, rows, pieces[0], first, {arithmetic: sums})
        return
    known = {arithmetic: _added_up(asked, rows, arithmetic)}
    for piece in pieces:
        first = _pass(asked, rows, piece, arithmetic, FINISH, known[arithmetic])
        _settle(asked, rows, piece, first, known)


def _added_up(asked: _Asked, rows: _Rows, arithmetic: str) -> Array:
    """Return the table of the rows' sums."""
    sums = np.zeros((rows.places.size, COLUMNS))
    for piece in asked.pieces():
        more = np.zeros_like(sums)
        _pass(asked, rows, piece, arithmetic, SUMS, more)
        merged(sums, more)
    sums[:, 8] = rows.leading
    if asked.far:
        _add_differences(asked, rows, arithmetic, sums)
    return sums


def _add_differences(asked: _Asked, rows: _Rows, arithmetic: str, sums: Array) -> None:
    """Write into the table what makes the gradient of rows that are far.

    Only what differs from the leader's upstream gradient is added up, relative to its own leader.
    """
    below = np.zeros_like(sums)
    own = rows._replace(top=rows.below, lead=rows.lead_below, leading=rows.leading_below)
    for piece in asked.pieces():
        more = np.zeros_like(sums)
        same = asked.upstream_at(rows.places, piece) == rows.leading[:, np.newaxis]
        x = _loaded(asked, rows, piece)
        _pass(asked, own, piece, arithmetic, SUMS, more, np.where(same, x.dtype.type(-np.inf), x))
        merged(below, more)
    below[:, 8] = rows.leading_below
    row = row_of(arithmetic, below.T)
    total = differences(row, rows.leading)
    sums[:, 6] = size_of_differences(row, rows.leading)
    at = AT[arithmetic](rows.below, rows.top, False, 0.0)
    factor = held(at)
    if isinstance(total, Pair):
        sums[:, 2], sums[:, 3] = total.high, total.low
        sums[:, 9], sums[:, 10], sums[:, 11] = factor.high, factor.low, at.exp.power
    else:
        sums[:, 2], sums[:, 3], sums[:, 9] = total, 0.0, factor


def _pass(
    asked: _Asked,
    rows: _Rows,
    piece: slice,
    arithmetic: str,
    mode: int,
    sums: Array,
    x: Array | None = None,
) -> tuple[Array, Array]:
    """Run a kernel over a piece of rows, or `x` instead; return results, and which are open."""
    x = _loaded(asked, rows, piece) if x is None else x
    sums[:, 8] = rows.leading
    dtype = np.dtype(np.float64 if asked.bounds else asked.dtype)
    if mode & FINISH:
        results = asked.results.place(rows.places, piece, dtype)
    else:
        results = np.empty((1, 1), dtype)
    left_open = np.empty(results.shape, dtype if asked.bounds else bool)
    lead = rows.lead - piece.start
    lead[lead >= x.shape[1]] = -1  # it leads another piece
    asked.kernel(arithmetic)(
        mode, x, rows.top, lead, asked.upstream_at(rows.places, piece), sums,
        results, left_open, asked.bound(arithmetic),
    )  # fmt: skip
    if not asked.bounds:
        return results, left_open
    bits = _BITS[asked.dtype.itemsize]
    lower, upper = (rounded(end, asked.dtype) for end in (results, left_open))
    return lower, lower.view(bits) != upper.view(bits)


def _loaded(asked: _Asked, rows: _Rows, piece: slice) -> Array:
    """Return a piece of rows, in which infinite leaders are 0 and all others minus infinity."""
    x = asked.x.get(rows.places, piece)
    (at,) = np.nonzero(rows.infinite)
    x = np.ascontiguousarray(x, np.float32 if x.dtype == np.float32 else np.float64)
    if at.size or not x.flags.writeable:
        x = x.copy()
    if at.size:
        x[at] = np.where(np.isposinf(x[at]) | (asked.x.length == 1), 0.0, -np.inf)
    return x


def _rows(asked: _Asked, places: Array) -> _Rows:
    """Look at a block of rows once, piece by piece."""
    top = np.full(places.size, -np.inf)
    lead, ties = np.zeros((2, places.size), np.int64)
    least, most = np.full(places.size, np.inf), np.full(places.size, -np.inf)
    leading = np.zeros(places.size)
    every = np.arange(places.size)
    for piece in asked.pieces():
        x = asked.x.get(places, piece)
        first = x.argmax(axis=1)
        highest = x[every, first].astype(np.float64)
        higher = (highest > top) | (np.isnan(highest) & ~np.isnan(top))
        if piece.start == 0:
            higher[:] = True
        infinite = np.isinf(highest)
        if infinite.any():
            count = np.count_nonzero(x == highest[:, np.newaxis].astype(x.dtype), axis=1)
            ties = np.where(higher, 0, ties) + np.where(higher | (highest == top), count, 0)
        top, lead = np.where(higher, highest, top), np.where(higher, first + piece.start, lead)
        if asked.upstream is not None:
            u = asked.upstream_at(places, piece)
            leading = np.where(higher, u[every, first], leading)
            least, most = np.minimum(least, u.min(axis=1)), np.maximum(most, u.max(axis=1))
    below, lead_below, leading_below = _below(asked, places, lead, leading)
    infinite = np.isinf(top)
    below[infinite] = -np.inf
    top = np.where(infinite, np.where(ties > 1, np.nan, 0.0), top)
    size = np.maximum(np.abs(least), np.abs(most))
    gradient = asked.part.gradient
    none = (below == -np.inf) if asked.part.far else (least == 0.0) & (most == 0.0)
    return _Rows(
        places, top, lead, infinite & ~np.isnan(top),
        gradient & (size > 2.0**_LARGE_POWER),
        gradient & none & ~np.isnan(top), leading, below, lead_below, leading_below,
    )  # fmt: skip


def _below(asked: _Asked, places: Array, lead: Array, leading: Array) -> tuple[Array, Array, Array]:
    """Return the largest whose upstream gradient is not the leader's, its place, and that gradient.

    Where all are the same it is minus infinity.
    """
    below, at, above = np.full(places.size, -np.inf), np.zeros_like(lead), np.zeros(places.size)
    every = np.arange(places.size)
    for piece in asked.pieces() if asked.part.far else ():
        x, u = asked.x.get(places, piece), asked.upstream_at(places, piece)
        # There are formats without infinities.
        x = x.astype(np.float32 if x.dtype.itemsize < 8 else np.float64, copy=False)
        x = np.where(u == leading[:, np.newaxis], x.dtype.type(-np.inf), x)
        first = x.argmax(axis=1)
        highest = x[every, first].astype(np.float64)
        higher = highest > below
        below, at = np.where(higher, highest, below), np.where(higher, first + piece.start, at)
        above = np.where(higher, u[every, first], above)
    return below, at, above


def _settle(
    asked: _Asked, rows: _Rows, piece: slice, first: tuple[Array, Array], known: dict[str, Array]
) -> None:
    """Write the results of a piece, and ask again for what is open.

    `known` are tables of sums by arithmetic, which the pieces of a row share.
    """
    results, left_open = first
    undefined = np.isnan(rows.top)
    for which, value in ((undefined, np.nan), (rows.zero, 0.0)):
        if which.any():
            results[which] = value
            left_open[which] = False
    if rows.exactly.any() or asked.shift is not None:
        some = rows.exactly | (asked.shift is not None)
        left_open[some & ~undefined & ~rows.zero] = True
    if left_open.any():
        row, place = np.nonzero(left_open)
        those = _Open(row, (place + piece.start,))
        results[row, place] = _again(asked, rows, those, known)
    asked.results.put(rows.places, piece, results)


class _Open(NamedTuple):
    """Elements that are open: of which row of the block, at which places (two for a product)."""

    row: Array
    places: tuple[Array, ...]

    def at(self, which: Array) -> _Open:
        return _Open(self.row[which], tuple(one[which] for one in self.places))


def _again(asked: _Asked, rows: _Rows, left_open: _Open, known: dict[str, Array]) -> Array:
    """Return results that the first pass left open.

    In pairs, in pairs with wide exponentials, and by exact arithmetic, until they are sure.
    """
    found = np.empty(left_open.row.size, asked.dtype)
    sure = np.zeros(left_open.row.size, bool)
    exactly = rows.exactly[left_open.row]
    for arithmetic in ("pairs", "wide"):
        (still,) = np.nonzero(~sure & ~exactly)
        if not still.size or (arithmetic == "wide" and asked.part.irrational):
            continue
        found[still], sure[still] = _attempt(asked, rows, left_open.at(still), arithmetic, known)
    for row in np.unique(left_open.row[~sure]).tolist():
        exact = _exact_row(asked, rows.at(np.array([row])))
        (those,) = np.nonzero((left_open.row == row) & ~sure)
        for one in those.tolist():
            places = (int(place[one]) for place in left_open.places)
            found[one] = exact.nearest(asked.part, asked.dtype, *places)
    return found


def _attempt(
    asked: _Asked, rows: _Rows, left_open: _Open, arithmetic: str, known: dict[str, Array]
) -> tuple[Array, Array]:
    """Return results of single elements in an arithmetic, and where they are sure."""
    if arithmetic in known:
        sums = known[arithmetic]
    elif len(asked.pieces()) > 1:  # few rows, which other pieces will ask for, too
        sums = known[arithmetic] = _added_up(asked, rows, arithmetic)
    else:
        concerned = np.unique(left_open.row)
        sums = np.zeros((rows.places.size, COLUMNS))
        sums[concerned] = _added_up(asked, rows.at(concerned), arithmetic)
    those, sums = rows.at(left_open.row), sums[left_open.row]
    at = _product(*(_seen(asked, those, place, arithmetic) for place in left_open.places))
    row = row_of(arithmetic, sums.T)
    y = asked.formula.rule(at, row, asked.formula.constant(row))
    error = asked.bound(arithmetic) * np.maximum(y.weight, 0.0)
    shift = 0 if asked.shift is None else asked.shift[those.places]
    return nearest_to_pair(y.number, y.power + shift, error, asked.dtype)


def _seen(asked: _Asked, rows: _Rows, place: Array, arithmetic: str) -> At:
    """Return one element of each row as an arithmetic sees it."""
    x, leads = asked.x.pick(rows.places, place), place == rows.lead
    x = np.where(rows.infinite, np.where(leads, 0.0, -np.inf), x)
    upstream = np.zeros_like(x)
    if asked.upstream is not None:
        upstream = asked.upstream.pick(rows.places, place)
    return AT[arithmetic](x, rows.top, leads, upstream)


def _product(at: At, other: At | None = None) -> At:
    """Return what a function of two elements sees: the product of their exponentials."""
    if other is None:
        return at
    number = at.exp.number * other.exp.number
    return at._replace(exp=Scaled(number, at.exp.power + other.exp.power))


def nearest_to_pair(
    number: Pair, power: Any, error: Array, dtype: np.dtype[Any]
) -> tuple[Array, Array]:
    """Return what a pair times 2**power rounds to, and where its error allows no other result."""
    # Sums of rows may be far from 1.
    high, shift = np.frexp(number.high)
    shift = shift.astype(np.int64)
    low, error, power = np.ldexp(number.low, -shift), np.ldexp(error, -shift), power + shift
    lower, upper = (
        _nearest_to_pair(fast_two_sum(high, low + side), power, dtype) for side in (-error, error)
    )
    bits = _BITS[dtype.itemsize]
    precise = (np.abs(number.high) > SAFE) | (error == 0.0)
    return lower, (lower.view(bits) == upper.view(bits)) & precise


def _exact_row(asked: _Asked, row: _Rows) -> ExactRow:
    asked = asked._replace(far=False)  # here nothing is too far
    pieces = asked.pieces()
    x = np.concatenate([_loaded(asked, row, piece)[0].astype(np.float64) for piece in pieces])
    upstream = None
    if asked.upstream is not None:
        upstream = np.concatenate([asked.upstream_at(row.places, piece)[0] for piece in pieces])
    sums = None
    if asked.shift is None:
        sums = _added_up(asked, row, "wide")[0]
    elif upstream is not None:
        upstream = np.ldexp(upstream, asked.shift[row.places[0]])
    return ExactRow(x, float(row.top[0]), int(row.lead[0]), upstream, sums)
