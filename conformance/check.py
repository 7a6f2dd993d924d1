"""What a check is and what it returns."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from actinit.adapters import Adapter
from actinit.spec import AnyEntry

from .formats import describe, hexadecimal
from .kinds import KINDS, Kind

__all__ = ["LOAD", "Check", "Finding", "Grade", "Outcome", "Witness"]

#: Stands in a snippet for what `actinit.adapters.load` takes.
LOAD = "{loaded_by}"

Grade = Literal["A", "B", "C", "D", "F"]
# As many findings as a message tells.
_TOLD = 3


class Witness(msgspec.Struct, frozen=True, kw_only=True):
    """One input with what came back and what was right, in decimal and in hexadecimal.

    Rows are written as lists. `error` and `budget` are in ulp of the exact result; `error` is none
    where an ulp says nothing (nan, an infinity, a property). `upstream` is the upstream gradient,
    `array` how the input lay in memory, as NumPy writes it, and `parameters` those of the function;
    empty where they do not matter. Of weights that were drawn, `x` says of what, `got` and `exact`
    are a figure of theirs, `error` how far it is off, and `measure` how NumPy takes it of weights
    ``w``.
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
    parameters: dict[str, float] = {}
    measure: str = ""

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
        parameters: Mapping[str, float] | None = None,
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
            parameters=dict(parameters or {}),
        )

    @classmethod
    def figure(
        cls, what: str, got: float, exact: float | str, *, error: float = math.inf,
        measure: str = "",
    ) -> Witness:  # fmt: skip
        """Write down a figure of weights, such as their standard deviation, beside the due one.

        Parameters
        ----------
        what : str
            Of what, such as ``standard deviation``.
        got : float
            What was measured.
        exact : float or str
            What is due; in words where that is no number.
        error : float, optional
            How far that is, such as in standard errors; an infinite one becomes none.
        measure : str, optional
            The figure as NumPy takes it of weights ``w``, such as ``w.std()``.
        """
        return cls(
            x=what,
            x_hex="",
            got=describe(got),
            got_hex=hexadecimal(got),
            exact=exact if isinstance(exact, str) else describe(exact),
            exact_hex="" if isinstance(exact, str) else hexadecimal(exact),
            error=abs(float(error)) if math.isfinite(error) else None,
            budget=0.0,
            measure=measure,
        )


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a check found, on an interval of inputs where it has one.

    The key is the finding's identity within its check, the same from run to run: what is compared
    with a baseline. It is made of the defect, the side of zero and the rank among those of one
    defect and side, counted outward from zero, such as ``beyond/negative/1``; a check whose
    findings have no sides takes other words that stay, such as the name of a special value.
    """

    key: str
    kind: Kind | None  #: None for what conforms and is noted.
    defect: str  #: What was counted, such as one of `actinit.conformance.error.tally.DEFECTS`.
    sentence: str  #: What a person reads.
    first: str = ""  #: The lowest input that shows it, of those asked; empty without an interval.
    last: str = ""  #: The highest.
    first_hex: str = ""
    last_hex: str = ""
    count: int = 1  #: How many inputs show it.
    points: int = 0  #: Of how many that were asked; 0 where they were not counted.
    worst: Witness | None = None  #: None only where no number came back.
    data: dict[str, str | float] = {}  #: Facts by name, such as the side taken at a kink.
    looks_like: str = ""  #: What a diagnosis recognized, such as ``gelu_tanh`` or ``3 * gelu``.


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found, whether or not it was expected.

    One that does not conform has at least one finding with a kind; `diverging` makes it of them.
    """

    conforms: bool
    message: str  #: One sentence that a person can act on.
    kind: Kind | None = None  #: Of the gravest finding, where it does not conform.
    grade: Grade | None = None
    witness: Witness | None = None  #: The worst input.
    measured: dict[str, float] = {}  #: Counts and figures by name.
    #: Largest error in ulp by binade, such as ``-2^-3``, where it is above 0.5; to 3 digits. Of a
    #: function of a row, by binade of the width of the row.
    curve: dict[str, float] = {}
    findings: list[Finding] = []  #: With distinct keys, the gravest kind first.
    #: Operators that the function became: ``exported`` to a file, ``run``; none if it is called.
    operators: dict[str, list[str]] = {}

    @property
    def shown(self) -> Finding | None:
        """The finding that lines to paste show: the gravest one with a worst input or figure."""
        worst = (one for one in self.findings if one.worst)
        return next(worst, self.findings[0] if self.findings else None)

    @classmethod
    def diverging(cls, findings: Sequence[Finding], message: str = "", **others: Any) -> Outcome:
        """Return the outcome of findings of which at least one has a kind.

        Parameters
        ----------
        findings : sequence of Finding
            In any order; those without a kind are noted beside the others.
        message : str, optional
            By default the sentences of the first three that have a kind.
        **others
            Further fields of the outcome.

        Raises
        ------
        ValueError
            If none has a kind, or two have one key.
        """
        order = list(KINDS)
        ranked = sorted(findings, key=lambda one: order.index(one.kind) if one.kind else 99)
        told = [one for one in ranked if one.kind]
        if not told:
            raise ValueError("an outcome that diverges needs a finding with a kind")
        keys = [one.key for one in ranked]
        if len(set(keys)) < len(keys):
            raise ValueError(f"two findings of one check have one key: {sorted(keys)}")
        more = f"; and {len(told) - _TOLD} more" if len(told) > _TOLD else ""
        fields: dict[str, Any] = {
            "kind": told[0].kind,
            "witness": next((one.worst for one in told if one.worst), None),
            "message": message or "; ".join(one.sentence for one in told[:_TOLD]) + more,
        }
        return cls(conforms=False, findings=ranked, **{**fields, **others})


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
        Where the answer stands, such as ``spec/activations/gelu.toml [value]``.
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
