"""The record of a floating-point format, and what must hold between its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from .model import Struct

__all__ = ["FloatFormat", "format_breaches"]


class FloatFormat(Struct, frozen=True, kw_only=True):
    """A binary floating-point format: a row of formats.toml."""

    summary: str
    width: Literal[8, 16, 32, 64]  #: Bits of a number.
    precision: int  #: p: significant bits, with the hidden one.
    emin: int  #: Exponent of the smallest normal number.
    emax: int  #: Exponent of the largest number.
    nans: Literal["all ones and a fraction", "all ones"]
    overflow: Literal["infinity", "nan"]  #: What is beyond the largest number is rounded to it.
    asked: Literal["every", "sample"]  #: At which of its numbers a function of one is asked.
    computed: str  #: The format in which a careful implementation computes before it rounds.
    arithmetic: bool  #: Whether frameworks compute and train in it, not only keep numbers in it.
    elementary: dict[str, float]  #: Function: ulp granted to a call of it.
    source: str

    @property
    def infinities(self) -> bool:
        """Whether it has infinities."""
        return self.overflow == "infinity"

    @property
    def bias(self) -> int:
        """What the stored exponent of a normal number is larger by than the exponent."""
        return 1 - self.emin

    @property
    def beyond(self) -> int:
        """The first integer significand that numbers of the highest exponent do not have."""
        # Where nan is the last pattern of all, that of the number before it.
        return 2**self.precision - (self.nans == "all ones")

    @property
    def largest(self) -> float:
        """The largest number."""
        return (self.beyond - 1) * 2.0 ** (self.emax - self.precision + 1)


def format_breaches(formats: Mapping[str, FloatFormat]) -> Iterator[tuple[str, str]]:
    """Yield the key and the reason of each rule that formats.toml breaks.

    Parameters
    ----------
    formats : mapping of str to FloatFormat
        By name.
    """
    functions = next((set(row.elementary) for row in formats.values()), set())
    for name, row in formats.items():
        if not 1 < row.precision < row.width:
            yield (
                f"{name}.precision",
                f"expected 2 to {row.width - 1} of {row.width} bits, got {row.precision}",
            )
            continue
        fields = 2 ** (row.width - row.precision)  # exponent fields; the first is the subnormals'
        numbers = fields - (2 if row.nans == "all ones and a fraction" else 1)
        if row.emax - row.emin + 1 != numbers:
            yield (
                f"{name}.emax",
                f"{row.width - row.precision} bits hold {numbers} exponents of normal numbers, but "
                f"{row.emin} to {row.emax} are {row.emax - row.emin + 1}",
            )
        if row.infinities != (row.nans == "all ones and a fraction"):
            yield (
                f"{name}.overflow",
                f"with nans = {row.nans!r} there is no {row.overflow} to overflow to"
                if row.infinities
                else "a format that has infinities overflows to them",
            )
        if row.computed not in formats:
            yield f"{name}.computed", f"no row is named {row.computed!r}"
        elif formats[row.computed].precision < row.precision:
            yield f"{name}.computed", f"{row.computed} is narrower than {name}"
        if row.asked == "every" and row.width > 16:
            yield (
                f"{name}.asked",
                f"{row.width} bits have too many numbers to ask at each",
            )
        if set(row.elementary) != functions:
            differing = ", ".join(sorted(set(row.elementary) ^ functions))
            yield f"{name}.elementary", f"every row grants to the same functions; not {differing}"
