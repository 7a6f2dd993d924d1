"""Some telling inputs of a function, in every arrangement that an array may have."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actinit.spec import Activation

from ..expected import inputs
from ..expected.roots import roots
from ..formats import Format

__all__ = [
    "ALONG",
    "FEW_LENGTHS",
    "LENGTHS",
    "PLAIN",
    "ROWS",
    "Arrangement",
    "arrangements",
    "telling",
]

Array = NDArray[Any]
Ask = Callable[[Array], Array]

#: Past two vectors of 32 numbers of 16 bits, and odd.
LENGTHS = tuple(range(1, 68))
#: Those where a vector is filled, and beside: for what has a price of its own at each length.
FEW_LENGTHS = (2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 67)
# So many arrays of each of them, that every input comes to the head and to the tail.
_OF_FEW = 10
_ROW = 10
# Around the sizes of blocks that work is cut into, and past them. A backend that compiles does so
# for each: they are few.
_FAR = (127, 128, 129, 255, 256, 257, 1023, 1025, 4099, 32771, 131077)
_FAR_BATCHES = (129, 257, 1025, 4099)
PLAIN = "in arrays"
ALONG = "far along arrays"
ROWS = "in batches of rows"
LONG = "in batches of long rows"


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


def arrangements(tokens: Array, lengths: Sequence[int] = LENGTHS) -> Iterator[Arrangement]:
    """Yield arrays in which the inputs stand, each at the head, in the middle and at the tail.

    Parameters
    ----------
    tokens : ndarray
        The inputs, along the first axis.
    lengths : sequence of int, optional
        Of the arrays of single numbers; batches of rows have a few.

    Yields
    ------
    Arrangement
        Contiguous ones of each length, then one of each other kind.
    """
    count = len(tokens)
    if tokens.ndim == 2:
        lengths, parts, step = FEW_LENGTHS, 2, 5
    else:
        parts = 2 if len(lengths) == len(LENGTHS) else _OF_FEW
        # Were it or its successor to share a factor with the count, few inputs would begin arrays,
        # or end them.
        steps = (step for step in range(5, count) if math.gcd(step * (step + 1), count) == 1)
        step = next(steps, 5)
    for length in lengths:
        for part in range(parts):
            which = (step * length + part * count // parts + np.arange(length)) % count
            text = f"np.repeat(x, {length}, axis=0)"
            yield Arrangement(PLAIN, tokens[which], which, text)
    for length in _FAR if tokens.ndim == 1 else _FAR_BATCHES:
        which = np.arange(length) % count
        text = f"np.repeat(x, {length}, axis=0)"
        yield Arrangement(ALONG, tokens[which], which, text)
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
