"""The lines that ask for the worst input, and print what came and what is right."""

from __future__ import annotations

from textwrap import indent
from typing import NamedTuple

import numpy as np

from actinit.adapters import Adapter
from actinit.spec import Activation, Part

from ..backend.eager import way_of
from ..check import Finding, Outcome
from ..expected.batches import scalars_of
from ..formats import FORMATS, describe
from .calls import Calls, calls
from .places import places
from .question import Question, literal
from .right import right

__all__ = ["lines"]

# A remainder after any vector, and what is shared among threads. A row is one call of vector code.
_COUNTS = {"elementwise": (67, 4096), "row": (67,), "reduction": (67,)}
# As many calls as the check of repeated calls makes of a small array.
_CALLS = 200
_INTEGERS = ("bool", "uint8", "int8", "int16", "int32", "int64")


def lines(
    adapter: Adapter, outcome: Outcome | None, entry: Activation, path: tuple[str, ...]
) -> str:
    """Return lines that show what a backend does at a check's worst input.

    Parameters
    ----------
    adapter : Adapter
        The backend.
    outcome : Outcome or None
        What was found; its witness gives the input.
    entry : Activation
        The entry.
    path : tuple of str
        The id of the check below the entry.
    """
    finding = _finding(outcome)
    facts = finding.data if finding else {}
    question = Question(entry, path, outcome.witness if outcome else None, facts)
    asked = calls(adapter, question)
    if "integers" in path:
        return asked.ask + _integers(question, finding) + right(question, finding)
    if "side-effects" in path:
        return asked.ask + _side_effects(question)
    text = asked.ask
    if asked.compiled and "mode" not in path:
        text += asked.compiled + "\n"
    text += "\n" + _arrays(question, finding, asked)
    if "mode" in path and asked.compiled:
        text += _printed(question, "eager") + f"\n# The same, {way_of(adapter)}.\n"
        text += asked.compiled + "\n"
        return text + _printed(question, "got  ")
    in_place = finding is not None and finding.key == "layout/in-place"
    return text + _printed(question, "got  ", asked.in_place if in_place else "") + right(
        question, finding
    )  # fmt: skip


def _finding(outcome: Outcome | None) -> Finding | None:
    """Return the finding that the witness is of."""
    shown = outcome.shown if outcome else None
    return shown if shown and shown.worst else None


class _Array(NamedTuple):
    """An array that is asked for, and what it is called."""

    name: str
    code: str


def _arrays(question: Question, finding: Finding | None, asked: Calls) -> str:
    """Return lines that make the arrays that are asked for."""
    text = f'x = np.array({question.x}, dtype="{question.dtype}")\n'
    found = list(_chosen(question, finding))
    if asked.copies:
        found = [_Array(one.name, one.code.replace("[::-1]", "[::-1].copy()")) for one in found]
    listed = "".join(f'    "{one.name}": {one.code},\n' for one in found)
    if "repeat" in question.path:
        listed = f"    **{{f'call {{n}}': np.repeat(x, 64, axis=0) for n in range({_CALLS})}},\n"
    return f"{text}arrays = {{\n{listed}}}\n"


def _chosen(question: Question, finding: Finding | None) -> list[_Array]:
    witness, defect = question.witness, finding.defect if finding else ""
    alone = _Array("alone", "x")
    if witness and {"rows", "axis"} & {*question.path}:
        return [_Array("made of x", witness.array)] if witness.array else [alone]
    if witness and witness.array:
        return [alone, _Array("in an array", witness.array)]
    if witness and defect.startswith("order"):
        near = _neighbours(question, float(witness.x))
        return [_repeated(f"at {text}", f"np.array([{text}], x.dtype)", 67) for text in near]
    if witness and defect.startswith("symmetry"):
        return [_repeated("at x", "x", 67), _repeated("at -x", "-x", 67)]
    counts = _COUNTS[question.entry.shape]
    return [alone, *(_repeated(f"in an array of {count}", "x", count) for count in counts)]


def _repeated(name: str, x: str, count: int) -> _Array:
    return _Array(name, f"np.repeat({x}, {count}, axis=0)")


def _neighbours(question: Question, x: float) -> list[str]:
    """Return an input of the sample between the two beside it."""
    part: Part = "value" if question.part == "value" else "derivative"
    sample = np.sort(scalars_of(question.entry, FORMATS[question.dtype], part))
    at = int(np.searchsorted(sample.astype(np.float64), x))
    return [describe(number) for number in sample[max(at - 1, 0) : at + 2]]


def _printed(question: Question, label: str, in_place: str = "") -> str:
    """Return lines that print each result that came, once, with the first array that has it."""
    chosen = places(question)
    body = ""
    if in_place:
        body = f"{in_place}\n{_kept(question)}"
    elif question.part == "value":
        body = f"found = ask(array){chosen[0].subscript}\n{_kept(question, chosen[0].subscript)}"
    else:
        for place in chosen:
            body += f"found = ask(array, {place.upstream}){place.subscript}\n"
            body += _kept(question, place.subscript)
    return (
        f"seen = {{}}\nfor where, array in arrays.items():\n{indent(body, '    ')}"
        f'for y, where in seen.items():\n    print("{label}", y, f"({{where}})")\n'
    )


def _kept(question: Question, index: str = "") -> str:
    """Return lines that keep each result, as Python writes it; of a row its numbers together."""
    whole = not question.gives_numbers and not index
    flat = "reshape(-1, found.shape[-1])" if whole else "ravel()"
    return f"for y in found.{flat}.tolist():\n    seen.setdefault(str(y), where)\n"


def _integers(question: Question, finding: Finding | None) -> str:
    """Return lines that ask for numbers of the dtype that was found, or of all that hold them."""
    found = str(finding.data.get("dtype", "")) if finding else ""
    dtypes = (found,) if found else _INTEGERS
    return f"""
for dtype in {dtypes!r}:
    x = np.array({question.x}).astype(dtype)
    print("got  ", ask(x).ravel().tolist(), f"({{dtype}})")
"""


def _side_effects(question: Question) -> str:
    """Return lines that print what is in the arrays that were given, before and after the call."""
    shape = "67" if question.entry.shape == "elementwise" else "(9, 8)"
    of_value = question.part == "value"
    outputs = "x.shape[:-1]" if question.entry.shape == "reduction" else "x.shape"
    lines = [
        "",
        f'x = np.full({shape}, {literal(_scalar(question))}, dtype="{question.dtype}")',
        *([] if of_value else [f"upstream = np.full({outputs}, 0.75, x.dtype)"]),
        'print("right", x.ravel()[0], "(before)")',
        *([] if of_value else ['print("right", upstream.ravel()[0], "(upstream, before)")']),
        "ask(x)" if of_value else "ask(x, upstream)",
        'print("got  ", x.ravel()[0], "(after)")',
        *([] if of_value else ['print("got  ", upstream.ravel()[0], "(upstream, after)")']),
    ]
    return "\n".join(lines)


def _scalar(question: Question) -> str:
    return question.witness.x.strip("[]").split(", ")[0] if question.witness else "1.0"
