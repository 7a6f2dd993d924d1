"""From counts to what a person reads: what is wrong, from which input to which, and how far."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..check import Finding
from ..formats import describe, hexadecimal
from ..kinds import Kind
from .intervals import Group, groups
from .question import Question
from .sentences import sentence
from .tally import Tally

__all__ = ["DIVERGING", "OBSERVED", "findings", "gravity"]

#: Defects by which a backend departs from the spec.
DIVERGING = ("nonfinite", "beyond", "range", "order_beyond", "symmetry_beyond")
#: Defects that are noted and conform; the last two only where none is beyond the budget.
OBSERVED = ("order", "symmetry", "flushed_input", "flushed_result", "zero_sign")
# Kinds of what is found here, the gravest first; a finding that conforms has none.
_GRAVITY = ("non-finite", "definition", "range", "accuracy", None)
_KINDS: dict[str, Kind] = {"nonfinite": "non-finite", "range": "range"}


def findings(
    tally: Tally, question: Question, subject: str, defects: Sequence[str] = DIVERGING + OBSERVED
) -> list[Finding]:
    """Group what a tally counted.

    Parameters
    ----------
    tally : Tally
        Whole, with its seams.
    question : Question
        What was asked.
    subject : str
        What sentences are about, such as ``gelu``.
    defects : sequence of str, optional
        Which are looked for.

    Returns
    -------
    list of Finding
        The gravest kind first; of one kind and defect, in the order of the inputs.
    """
    found = []
    for defect in defects:
        if defect in ("order", "symmetry") and tally.number(f"{defect}_beyond"):
            continue
        of_defect = list(groups(tally, question, defect))
        found += [
            _finding(group, key, tally.count, subject)
            for group, key in zip(of_defect, _keys(defect, of_defect), strict=True)
        ]
    return sorted(found, key=lambda finding: gravity(finding.kind))


def _keys(defect: str, of_defect: Sequence[Group]) -> Iterator[str]:
    """Yield the key of each group: its side of zero, and its rank there, outward from zero."""
    sides = [_side(group) for group in of_defect]
    for side, group in zip(sides, of_defect, strict=True):
        near = abs(group.outward()[0].x)
        rank = sum(
            other == side and abs(each.outward()[0].x) <= near
            for other, each in zip(sides, of_defect, strict=True)
        )
        yield f"{defect}/{side}/{rank}"


def _side(group: Group) -> str:
    first, last = group.ends()
    if (first.at < 0) != (last.at < 0):
        return "both"
    return "negative" if first.at < 0 else "positive"


def gravity(kind: Kind | None) -> int:
    """Return the place of a kind of finding, 0 for the gravest."""
    return _GRAVITY.index(kind)


def _finding(group: Group, key: str, points: int, subject: str) -> Finding:
    first, last = group.ends()
    return Finding(
        key=key,
        kind=_kind(group),
        defect=group.defect,
        first=describe(first.x),
        last=describe(last.x),
        first_hex=hexadecimal(first.x),
        last_hex=hexadecimal(last.x),
        count=group.number(),
        points=points,
        worst=group.worst,
        sentence=sentence(group, subject),
    )


def _kind(group: Group) -> Kind | None:
    if group.defect in OBSERVED:
        return None
    if group.number("definition") and group.defect == "beyond":
        return "definition"
    return _KINDS.get(group.defect, "accuracy")
