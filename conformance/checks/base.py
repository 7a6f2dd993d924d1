"""What a check is and what it returns."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from actinit.adapters import Adapter
from actinit.spec import AnyEntry

from ..formats import describe, hexadecimal

__all__ = ["LOAD", "Check", "Finding", "Grade", "Outcome", "Witness"]

#: Stands in a snippet for what `actinit.adapters.load` takes.
LOAD = "{loaded_by}"

Grade = Literal["A", "B", "C", "D", "F"]


class Witness(msgspec.Struct, frozen=True, kw_only=True):
    """One input with what came back and what was right, in decimal and in hexadecimal.

    Rows are written as lists. `error` and `budget` are in ulp of the exact result; `error` is none
    where an ulp says nothing (nan, an infinity, a property). `upstream` is the upstream gradient,
    and `array` how the input lay in memory, as NumPy writes it; empty where neither matters.
    """

    x: str
    x_hex: str
    got: str
    got_hex: str
    exact: str
    exact_hex: str
    error: float | None
    budget: float
    upstream: str = ""
    array: str = ""

    @classmethod
    def of(
        cls,
        x: Any,
        got: Any,
        exact: Any,
        *,
        error: float = math.inf,
        budget: float = 0.0,
        upstream: Any = None,
        array: str = "",
    ) -> Witness:
        """Write down numbers or rows of them; an infinite error becomes none."""
        return cls(
            x=describe(x),
            x_hex=hexadecimal(x),
            got=describe(got),
            got_hex=hexadecimal(got),
            exact=describe(exact),
            exact_hex=hexadecimal(exact),
            error=error if math.isfinite(error) else None,
            budget=budget,
            upstream="" if upstream is None else describe(upstream),
            array=array,
        )


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was found on an interval of inputs."""

    kind: str | None  #: Kind of divergence, as in the spec; none for what conforms and is noted.
    defect: str  #: What was counted, as `actinit.conformance.tally` names it.
    first: str  #: The lowest input that shows it, of those asked.
    last: str  #: The highest.
    first_hex: str
    last_hex: str
    count: int  #: How many inputs show it.
    worst: Witness
    sentence: str


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found, whether or not it was expected."""

    conforms: bool
    message: str  #: One sentence that a person can act on.
    kind: str | None = None  #: Kind of finding, where it does not conform.
    grade: Grade | None = None
    witness: Witness | None = None  #: The worst input.
    measured: dict[str, float] = {}  #: Counts and figures by name.
    #: Largest error in ulp by binade, such as ``-2^-3``, where it is above 0.5; to 3 digits. Of a
    #: function of a row, by binade of the width of the row.
    curve: dict[str, float] = {}
    findings: list[Finding] = []  #: By interval, the gravest kind first.


@dataclass(frozen=True)
class Check:
    """One question put to a backend, with an id that stays.

    Parameters
    ----------
    id : str
        Path made from the spec, such as ``activation/gelu/float32/value/ulp``.
    entry : AnyEntry
        The entry that is asked about.
    clause : str
        Where in the spec the answer stands, such as ``spec/activations/gelu.toml [value]``.
    run : callable
        Takes an adapter, returns an `Outcome`. It may raise: `NotOffered` if the backend lacks the
        entry, anything else is reported as an error of the backend.
    snippet : callable
        Takes an adapter and what was found; returns lines that a person can paste to see it.
    """

    id: str
    entry: AnyEntry
    clause: str
    run: Callable[[Adapter], Outcome]
    snippet: Callable[[Adapter, Outcome | None], str]
