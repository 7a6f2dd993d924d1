"""What is known of a part of a format's inputs: it stands on disk, and is put together."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from actinit import reference
from actinit.spec import Part

from ..formats import Format

__all__ = [
    "KEPT", "Ask", "Case", "Piece", "Wrong", "ask_reference", "canonical", "digest", "kept", "wide",
]  # fmt: skip

#: Cases and wrong results that are kept of a piece.
KEPT = 40
# Of these, a quarter at most are of each of two kinds that are many and would hide all others: with
# subnormal results, where half of x is in the middle of two numbers for every other x, and with
# inputs of few bits, where a function is nearly a simple one, such as 1/2 + x/4.
_OF_A_KIND = 4

#: What is proven: from inputs to results of their format.
Ask = Callable[[NDArray[Any]], NDArray[Any]]


class Case(msgspec.Struct, frozen=True, array_like=True):
    """An input, the exact result rounded, and how far that is from a rounding boundary, in ulp."""

    x: float
    value: float
    distance: float


class Wrong(msgspec.Struct, frozen=True, array_like=True):
    """An input with a result that is not the nearest number."""

    x: float
    got: float
    right: float


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """What came out at a part of a format's inputs."""

    part: int  #: Its number, from 0 on; in the order of bit patterns.
    inputs: int
    digest: bytes  #: SHA-256 of all results in the order of bit patterns; nan as one pattern.
    wrong_count: int
    wrong: list[Wrong]  #: The first few.
    balls: int  #: Inputs that the first enclosures left open and balls decided.
    nearest: list[Case]  #: Those nearest to a rounding boundary, nearest first.
    open_zeros: int  #: Zeros that are right but for a sign that no enclosure tells.
    seconds: float  #: Of CPU time.
    reference_seconds: float  #: Of these, what the reference itself took.


def ask_reference(name: str, part: Part) -> Ask:
    """Return the function of the reference that is proven."""
    function = reference.activations[name]
    return function if part == "value" else function.derivative


def canonical(results: NDArray[Any], fmt: Format) -> NDArray[Any]:
    """Return the bit patterns of results, little-endian, every nan as the same one."""
    patterns = results.view(fmt.bits).astype(fmt.bits.newbyteorder("<"))
    nan = np.isnan(wide(results))
    if nan.any():
        patterns[nan] = np.array([np.nan]).astype(fmt.dtype).view(fmt.bits)[0]
    return patterns


def digest(results: NDArray[Any], fmt: Format) -> bytes:
    """Return the SHA-256 of results."""
    return hashlib.sha256(canonical(results, fmt).tobytes()).digest()


def wide(numbers: NDArray[Any]) -> NDArray[np.float64]:
    """Return numbers of any format as float64; signalling nan are no news."""
    with np.errstate(invalid="ignore"):
        return numbers.astype(np.float64)


def kept(cases: Iterable[Case], fmt: Format, count: int = KEPT) -> list[Case]:
    """Return the cases nearest to a rounding boundary, nearest first; few that are easily found.

    Parameters
    ----------
    cases : iterable of Case
        What there is.
    fmt : Format
        Theirs.
    count : int, optional
        How many at most.
    """
    found: list[Case] = []
    of_a_kind = {"subnormal": 0, "simple": 0, "": 0}
    for case in sorted(cases, key=lambda case: (abs(case.distance), abs(case.x), case.x)):
        kind = _kind(case, fmt)
        of_a_kind[kind] += 1
        if not kind or of_a_kind[kind] <= count // _OF_A_KIND:
            found.append(case)
        if len(found) == count:
            break
    return found


def _kind(case: Case, fmt: Format) -> str:
    if abs(case.value) < 2.0**fmt.emin:
        return "subnormal"
    mantissa, _ = math.frexp(case.x)
    bits = fmt.precision // 2
    return "simple" if (mantissa * 2**bits).is_integer() and fmt.width > 8 else ""
