"""Which number of a row, or of the gradient of which output, a witness is of.

A witness has one number of the result of a row, with the row; here is searched where the reference
has what is right, which may be in several places.
"""

from __future__ import annotations

import json
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from actinit import reference

from .question import Question, literal

__all__ = ["Place", "places"]

Floats = NDArray[np.float64]

# The oracle and the reference are both within an ulp or two of float64, but where terms cancel.
_ALIKE = 1e-9


class Place(NamedTuple):
    """An upstream gradient, and what of the result is looked at.

    Attributes
    ----------
    upstream : str
        The upstream gradient of ``array``, as NumPy writes it; empty for values.
    subscript : str
        Such as ``[..., 1]``; empty for the whole result.
    """

    upstream: str
    subscript: str


def places(question: Question) -> list[Place]:
    """Return where the witness's result is to be found.

    Parameters
    ----------
    question : Question
        What was asked.

    Returns
    -------
    list of Place
        At least one; of values exactly one.
    """
    witness, shape = question.witness, question.entry.shape
    if "axis" in question.path:
        place = question.data.get("place")
        return [Place("", f"[{place}]" if place else "")]
    if "rows" in question.path and witness is not None:
        return [_of_long_row(question)]
    if question.part == "value":
        of_row = shape == "row" and witness is not None and not witness.got.startswith("[")
        return [Place("", _index(_value(question)) if of_row else "")]
    upstream = literal(witness.upstream if witness else "")
    if shape == "elementwise":
        return [Place(f"np.full(array.shape, {upstream or 1.0}, array.dtype)", "")]
    if shape == "reduction":
        full = f"np.full(array.shape[:-1], {upstream or 1.0}, array.dtype)"
        return [Place(full, "" if witness is None else _of_reduction(question))]
    if "special" in question.path:
        return [Place("np.ones(array.shape, array.dtype)", "")]
    if upstream.startswith("["):
        row = f"np.array({upstream}, array.dtype)"
        return [Place(_spread(row), _of_upstream(question))]
    size = len(_numbers(question))
    if witness is None or "layout" in question.path:
        return [Place(_spread(f"np.eye({size}, dtype=array.dtype)[0]"), "")]
    return _of_outputs(question, size)


def _of_long_row(question: Question) -> Place:
    """Return the place that the finding names, since the row is a short one repeated."""
    place, output = (question.data.get(name) for name in ("place", "output"))
    subscript = "" if place is None else f"[..., {place:.0f}]"
    if question.part == "value":
        return Place("", subscript)
    if question.entry.shape == "reduction":
        return Place("np.ones(array.shape[:-1], array.dtype)", subscript)
    row = f"(np.arange(array.shape[-1]) == {output:.0f}).astype(array.dtype)"
    return Place(_spread(row), subscript)


def _of_outputs(question: Question, size: int) -> list[Place]:
    """Return the outputs and inputs between which the derivative is the witness's."""
    found: list[Place] = []
    jacobian = _jacobian(question)
    # In a compiled mode what is right is not known, only what came eagerly: all are printed.
    for output in range(size):
        chosen = [] if "mode" in question.path else _alike(jacobian[output], question)
        if chosen:
            found.append(Place(_spread(_one_hot(size, output)), _index(chosen)))
    return found or [Place(_spread(_one_hot(size, i)), "[..., :]") for i in range(min(size, 20))]


def _one_hot(size: int, output: int) -> str:
    return f"np.eye({size}, dtype=array.dtype)[{output}]"


def _of_upstream(question: Question) -> str:
    assert question.witness is not None
    upstream = np.array(_parsed(question.witness.upstream))
    (chosen,) = np.nonzero(upstream) if upstream.any() else (np.zeros(1, dtype=int),)
    with np.errstate(all="ignore"):
        return _index(_alike(_jacobian(question)[chosen[0]] * upstream[chosen[0]], question))


def _of_reduction(question: Question) -> str:
    if question.witness is not None and question.witness.got.startswith("["):
        return ""
    factor = float((question.witness.upstream if question.witness else "") or 1.0)
    return _index(_alike(_jacobian(question) * factor, question))


def _value(question: Question) -> list[int]:
    if "mode" in question.path or "range" in question.path:
        return []
    with np.errstate(all="ignore"):
        found = reference.activations[question.entry.name](_numbers(question))
    return _alike(np.asarray(found), question)


def _jacobian(question: Question) -> Floats:
    with np.errstate(all="ignore"):
        function = reference.activations[question.entry.name]
        return np.asarray(function.derivative(_numbers(question)), dtype=np.float64)


def _alike(found: Floats, question: Question) -> list[int]:
    """Return the places that have the witness's exact result."""
    assert question.witness is not None
    exact = float(question.witness.exact)
    close = np.isclose(found, exact, rtol=_ALIKE, atol=0, equal_nan=True)
    return [int(at) for at in np.flatnonzero(close)]


def _index(chosen: list[int]) -> str:
    if not chosen:
        return "[..., :]"
    return f"[..., {chosen[0] if len(chosen) == 1 else chosen}]"


def _spread(row: str) -> str:
    return f"np.broadcast_to({row}, array.shape).copy()"


def _numbers(question: Question) -> Floats:
    """Return the witness's row."""
    text = question.witness.x if question.witness else "[0.0, 1.0]"
    return np.array(_parsed(text)).ravel()


def _parsed(text: str) -> list[float]:
    """Read a row, or an array of one row."""
    spelled = text.replace("inf", "Infinity").replace("nan", "NaN")
    return np.ravel(json.loads(spelled)).tolist()
