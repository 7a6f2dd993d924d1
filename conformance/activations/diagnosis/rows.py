"""What a backend computed in place of a function of a row."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actinit import reference
from actinit.spec import Activation, Part

from ...formats import Format
from ...undiagnosed import cause_search
from .evidence import Floats, Points, cannot, explains, near
from .places import moved, region
from .precision import cancelled
from .row_forms import fitted, forms
from .row_tables import Outputs

__all__ = ["Rows", "rows"]

# Rows that are looked at of each length: wrong ones, and others; and numbers in them altogether.
_WRONG, _SOUND, _NUMBERS = 120, 40, 60_000
_CONTRADICTED, _NEXT_TO_NONE = 0.02, 0.001
# Of long rows all elements are small; only from this precision on that says something.
_FINE = 24
# A batch beside which all others are right is told apart by so many rows.
_LEAST = 2
_CONSTANT = 0.95


class Rows(NamedTuple):
    """Rows of one length with what came back.

    Attributes
    ----------
    x : ndarray of float64
        Shape (rows, n).
    outputs : ndarray of int
        Of a derivative, the output of each row that is meant.
    got, right, budget : ndarray of float64
        Shape (rows, n), or (rows,) for values of a reduction.
    wrong : ndarray of bool
        Which of them are.
    order : ndarray of int
        In which order the rows were asked.
    """

    x: Floats
    outputs: Outputs
    got: Floats
    right: Floats
    budget: Floats
    wrong: NDArray[np.bool_]
    order: NDArray[np.intp]

    def chosen(self, which: Any) -> Rows:
        """Return some rows of them."""
        return Rows(
            x=self.x[which], outputs=self.outputs[which], got=self.got[which],
            right=self.right[which], budget=self.budget[which], wrong=self.wrong[which],
            order=self.order[:0],
        )  # fmt: skip

    @property
    def rows_wrong(self) -> NDArray[np.bool_]:
        """Which rows have something wrong."""
        return np.asarray(self.wrong.reshape(len(self.x), -1).any(axis=1))


@cause_search("")
def rows(entry: Activation, fmt: Format, part: Part, batches: Sequence[Rows]) -> str:
    """Name what the wrong results of a function of a row are, or nothing.

    Parameters
    ----------
    entry, fmt, part
        Who was asked for what.
    batches : sequence of Rows
        All results, by length.
    """
    affected = [batch for batch in batches if batch.wrong.any()]
    if not affected:
        return ""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # such as of a mean of nothing but nan
        found = _other_rows(entry, fmt, part, affected)
        if found:
            return found
        sample = [_sample(batch) for batch in affected]
        named = _named(entry, fmt, part, sample, anywhere=bool(_columns(affected)))
        where = _where(batches, affected)
        if named and where:
            return f"{named}, {where}"
        return named or (f"wrong {where}" if where else _per_row(entry, part, fmt, sample))


def _sample(batch: Rows) -> Rows:
    wrong = batch.rows_wrong
    n = batch.x.shape[-1]
    ends = []
    for mask, many in ((wrong, _WRONG), (~wrong, _SOUND)):
        at = np.flatnonzero(mask)
        many = max(4, min(many, _NUMBERS // n // 4))
        ends.append(at[:: max(1, -(-at.size // many))])
    return batch.chosen(np.sort(np.concatenate(ends)))


def _named(
    entry: Activation, fmt: Format, part: Part, sample: Sequence[Rows], *, anywhere: bool
) -> str:
    flat, wrong = _flat(sample)
    at = np.flatnonzero(wrong)
    at = at[:: max(1, -(-at.size // 4000))]
    points, sound = flat.chosen(at), flat.chosen(~wrong)
    candidates = []
    for name, curve in (*forms(entry, fmt, part), *fitted(entry, part, sample)):
        found = [np.asarray(curve(each.x, each.outputs), dtype=np.float64) for each in sample]
        values = np.concatenate([each.reshape(-1) for each in found])
        candidates.append((name, values))
    partly = ""
    for rounded in (False, True):
        for name, values in candidates:
            if values.size == wrong.size and explains(values[at], points, fmt, rounded=rounded):
                off = int(cannot(values[~wrong], sound, fmt).sum())
                # Of long rows most elements are wrong: the form that holds for all others too.
                if off <= _NEXT_TO_NONE * sound.x.size:
                    return name
                if off <= _CONTRADICTED * wrong.sum() or anywhere:
                    partly = partly or name
    if partly or fmt.precision < _FINE:
        return partly
    return cancelled(points._replace(x=0 * points.x), fmt)


def _flat(sample: Sequence[Rows]) -> tuple[Points, NDArray[np.bool_]]:
    """Return all results one after the other, and which are wrong."""
    parts: list[list[NDArray[Any]]] = [[], [], [], [], []]
    for batch in sample:
        x = batch.x if batch.got.ndim == 2 else batch.x.max(axis=-1)
        for part, array in zip(
            parts, (x, batch.got, batch.right, batch.budget, batch.wrong), strict=True
        ):
            part.append(np.broadcast_to(array, batch.got.shape).reshape(-1))
    joined = [np.concatenate(part) for part in parts]
    return Points(*joined[:4]), joined[4].astype(bool)


def _other_rows(entry: Activation, fmt: Format, part: Part, affected: Sequence[Rows]) -> str:
    """Name results of other rows, or of another axis."""
    batch = max(affected, key=lambda each: len(each.x) * (each.x.shape[-1] > 1))
    if len(batch.x) < 64:
        return ""
    order = batch.order
    found = moved(batch.got[order], batch.right[order], batch.rows_wrong[order], fmt)
    if found:
        return f"of another row: {found}"
    if part != "value":
        return ""
    function = reference.activations[entry.name]
    x, got, wrong = batch.x[order], batch.got[order], batch.wrong[order]
    texts: dict[str, Callable[[], Any]] = {
        "along the first axis in place of the last": lambda: function(x.T).T,
        "over the whole batch in place of each row": lambda: function(x.reshape(1, -1)).reshape(
            x.shape
        ),
    }
    if entry.shape == "reduction":
        texts = {
            "over the whole batch in place of each row": lambda: np.full(
                got.shape, function(x.reshape(1, -1))[0]
            ),
        }
    points = Points(
        np.broadcast_to(x if got.ndim == 2 else x[:, 0], got.shape)[wrong], got[wrong],
        batch.right[order][wrong], np.zeros(int(wrong.sum())),
    )  # fmt: skip
    for text, make in texts.items():
        values = np.asarray(make(), dtype=np.float64)
        if values.shape != got.shape or not explains(values[wrong], points, fmt, rounded=True):
            continue
        values = values.astype(fmt.dtype).astype(np.float64)
        # Next to all are 0 in so long a sum: those that are not must be as they are.
        telling = (got != 0) | (values != 0)
        off = (np.abs(got - values) > np.abs(values) / 32) & ~near(got, values, fmt)
        if telling.sum() >= 16 and off[telling].mean() <= _CONTRADICTED:
            return f"{entry.name} {text}"
    return ""


def _where(batches: Sequence[Rows], affected: Sequence[Rows]) -> str:
    """Say what rows or places of rows the wrong results have in common."""
    lengths = sorted(batch.x.shape[-1] for batch in batches if batch.x.shape[-1] > 1)
    wrong = sorted(batch.x.shape[-1] for batch in affected)
    many = all(batch.rows_wrong.sum() >= _LEAST for batch in affected)
    shorter = [length for length in lengths if length < wrong[0]]
    largest = max(affected, key=lambda batch: int(batch.rows_wrong.sum()))
    places = region(largest.rows_wrong[largest.order])
    texts = []
    if len(shorter) >= 2 and wrong[0] >= 10 and many:
        texts.append(f"only in rows of {wrong[0]} elements and more, of those asked")
    columns = _columns(affected)
    if columns:
        texts.append(columns)
    if places is not None:
        texts.append(places.text.replace("places", "rows").replace("place", "row"))
    return ", ".join(texts)


def _columns(affected: Sequence[Rows]) -> str:
    """Say which elements of rows are wrong, where these are few."""
    long = [batch for batch in affected if batch.got.ndim == 2 and batch.x.shape[-1] >= 10]
    if not long:
        return ""
    places = [(np.flatnonzero(batch.wrong.any(axis=0)), batch.x.shape[-1]) for batch in long]
    if sum(int(batch.wrong.any(axis=1).sum()) for batch in long) < 8:
        return ""
    if all(at.size == 1 and at[0] == n - 1 for at, n in places):
        return "only in the last element of a row"
    if all(at.size == 1 and at[0] == 0 for at, n in places):
        return "only in the first element of a row"
    for step in (4, 8, 16, 32, 64):
        if all(at[0] >= n // step * step > 0 for at, n in places):
            return f"only in what is left over of a row beyond groups of {step}"
    first = min(int(at[0]) for at, _ in places)
    if first >= 8 and all(at.size >= (n - first) / 8 for at, n in places):
        return f"only from element {first} of a row on"
    return ""


def _per_row(entry: Activation, part: Part, fmt: Format, sample: Sequence[Rows]) -> str:
    """Name rows of which all elements are off by one factor, or one shift."""
    if entry.shape != "row" or part != "value":
        return ""
    good = total = 0
    for batch in sample:
        if batch.x.shape[-1] < 3:
            continue
        some = batch.rows_wrong
        got, right = batch.got[some], batch.right[some]
        off = got - right if entry.name == "log_softmax" else got / right
        # Small results are those of small factors: the larger half of a row will do.
        large = right >= np.median(right, axis=-1, keepdims=True)
        off = np.where(large & np.isfinite(off), off, np.nan)
        middle = np.nanmedian(off, axis=-1, keepdims=True)
        size = np.maximum(np.abs(middle), np.abs(right) if entry.name == "log_softmax" else 0)
        close = np.abs(off - middle) <= 16 * 2.0**-fmt.precision * size
        good += int((close | np.isnan(off)).all(axis=-1).sum())
        total += int(some.sum())
    if total >= 16 and good >= _CONSTANT * total:
        kind = "shift" if entry.name == "log_softmax" else "factor"
        return f"each row is off by one {kind} of its own, as of a wrong sum"
    return ""
