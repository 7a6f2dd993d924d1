"""What came of a callable, as an object that prints well in a terminal and in a notebook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

import msgspec

from actinit.spec import Function

from ..check import Finding, Witness
from ..kinds import KINDS
from ..results.conformance import ConformanceReport, Result

__all__ = ["Report"]

# Findings that are told; the others are counted.
_TOLD = 8
_STYLE = "text-align:left;vertical-align:top;padding:0.2em 0.8em 0.2em 0"


@dataclass(frozen=True)
class Report:
    """What the checks found of one callable.

    Printed it is a few lines: the verdict, each finding, the worst input with what came back and
    what is right, and what was asked.

    Attributes
    ----------
    name : str
        What the callable is called.
    entry : Activation or Initializer
        What it was held to.
    parameters : mapping of str to float
        What it was told to have, beside the entry's defaults.
    arrays : str
        What arrays it takes: ``numpy``, or a framework's name.
    formats : tuple of str
        In which it was asked.
    results : ConformanceReport
        Every check; what was not offered is left out.
    notes : tuple of str
        What was not asked, and why.
    seconds : float
        How long it took.
    """

    name: str
    entry: Function
    parameters: Mapping[str, float]
    arrays: str
    formats: tuple[str, ...]
    results: ConformanceReport
    notes: tuple[str, ...]
    seconds: float

    @property
    def conforms(self) -> bool:
        """Whether every check passed, and there was one."""
        return bool(self.results.results) and not self.failing

    @property
    def failing(self) -> tuple[Result, ...]:
        """The checks that did not conform."""
        return tuple(
            one for one in self.results.results if one.outcome and not one.outcome.conforms
        )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What does not conform, the gravest kind first; what was raised in several checks once."""
        return tuple(finding for _, finding in self._found())

    @property
    def worst(self) -> Witness | None:
        """The worst input, or figure, of the gravest finding; without findings the largest error.

        None where no number came back.
        """
        told = (finding.worst for finding in self.findings)
        if found := next((one for one in told if one), None):
            return found
        outcomes = [one.outcome for one in self.results.results if one.outcome]
        witnesses = [one.witness for one in outcomes if one.witness]
        return max(witnesses, key=lambda one: one.error or 0.0, default=None)

    def assert_conforms(self) -> None:
        """Raise AssertionError, with what is printed, unless every check passed."""
        if not self.conforms:
            raise AssertionError(str(self))

    def to_json(self) -> str:
        """Return the results as ``actinit check`` writes them, by the published schema."""
        return msgspec.json.format(msgspec.json.encode(self.results), indent=1).decode()

    def __str__(self) -> str:
        lines = [self._verdict()]
        found = list(self._found())
        for path, finding in found[:_TOLD]:
            lines += [f"  {path} ({finding.kind})", f"    {finding.sentence}"]
        if len(found) > _TOLD:
            lines.append(f"  and {len(found) - _TOLD} more, in .findings")
        if self.worst:
            lines.append(f"worst: {_told(self.worst)}")
        return "\n".join([*lines, self._asked(), *(f"note: {note}" for note in self.notes)])

    __repr__ = __str__  # what an interactive prompt shows

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        rows = "".join(
            f'<tr><td style="{_STYLE}"><code>{escape(path)}</code></td>'
            f'<td style="{_STYLE}">{escape(str(finding.kind))}</td>'
            f'<td style="{_STYLE}">{escape(finding.sentence)}</td></tr>'
            for path, finding in list(self._found())[:_TOLD]
        )
        heads = "".join(
            f'<th style="{_STYLE}">{head}</th>' for head in ("check", "kind", "what was found")
        )
        table = (
            f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>" if rows else ""
        )
        more = len(self.findings) - _TOLD
        rest = [f"and {more} more, in .findings"] if more > 0 else []
        rest += [f"worst: {_told(self.worst)}"] if self.worst else []
        rest += [self._asked(), *self.notes]
        mark = "✓" if self.conforms else "✗"
        return (
            f"<div><p><strong>{mark} {escape(self._verdict())}</strong></p>{table}"
            f"{''.join(f'<p>{escape(line)}</p>' for line in rest)}</div>"
        )

    def _found(self) -> Iterator[tuple[str, Finding]]:
        """Yield what does not conform, with the check below the entry, the gravest kind first."""
        pairs = [
            ("/".join(result.id.split("/")[2:]), finding)
            for result in self.failing
            if result.outcome
            for finding in result.outcome.findings
            if finding.kind
        ]
        order = list(KINDS)
        seen: set[object] = set()
        for path, finding in sorted(pairs, key=lambda pair: order.index(pair[1].kind or "error")):
            # What is raised, in each of several checks of a value or a derivative, is told once.
            raised = finding.defect == "raised"
            said = (finding.key, "value" in path) if raised else (path, finding.key)
            if said not in seen and finding.sentence not in seen:
                seen |= {said, finding.sentence}
                yield path, finding

    def _verdict(self) -> str:
        told = ", ".join(f"{name} = {value:g}" for name, value in self.parameters.items())
        what = self.entry.name + (f" with {told}" if told else "")
        where, count = ", ".join(self.formats), len(self.results.results)
        if not count:
            return f"{self.name}: nothing of {what} in {where} could be asked"
        if self.conforms:
            return f"{self.name} conforms to {what} in {where}: {_many(count, 'check')} passed"
        return (
            f"{self.name} does not conform to {what} in {where}: "
            f"{len(self.failing)} of {_many(count, 'check')} failed"
        )

    def _asked(self) -> str:
        outcomes = [one.outcome for one in self.results.results if one.outcome]
        points = sum(int(one.measured.get("points", 0)) for one in outcomes)
        inputs = f"at {points:,} inputs, " if points else ""
        return f"asked: {inputs}as arrays of {self.arrays}, in {self.seconds:.1f} s"


def _many(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")


def _told(witness: Witness) -> str:
    """Write down a witness: the input, what came back and what is right, in both notations."""
    if not witness.x_hex:  # a figure of weights
        return f"the {witness.x} is {witness.got}, right is {witness.exact}"
    above = f", upstream gradient {witness.upstream}" if witness.upstream else ""
    off = f", {witness.error:.4g} ulp off" if witness.error is not None else ""
    granted = f" (budget {witness.budget:.4g})" if off and witness.budget else ""
    return (
        f"at x = {witness.x} ({witness.x_hex}){above} it returned {witness.got} "
        f"({witness.got_hex}), right is {witness.exact} ({witness.exact_hex}){off}{granted}"
    )
