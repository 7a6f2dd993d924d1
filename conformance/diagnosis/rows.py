"""What a backend computed in place of a function of a row."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actinit import reference
from actinit.spec import Activation

from ..formats import Format
from ..oracle.formula import Part
from .arithmetic import Precision, computed_in, narrower, to_precision, wider
from .evidence import Floats, Points, cannot, explains
from .places import moved, region
from .precision import cancelled
from .row_forms import DERIVATIVES, DIVISORS, VALUES, Outputs, shares

__all__ = ["Rows", "rows"]

# Rows that are looked at of each length: wrong ones, and others; and numbers in them altogether.
_WRONG, _SOUND, _NUMBERS = 120, 40, 60_000
_CONTRADICTED, _NEXT_TO_NONE = 0.02, 0.001
# Of long rows all elements are small; only from this precision on that says something.
_FINE = 24
# A batch beside which all others are right is told apart by so many rows.
_LEAST = 2
_CONSTANT = 0.95

Curve = Callable[[Floats, Outputs], Floats]


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
        return Rows(*(part[which] for part in self[:6]), self.order[:0])

    @property
    def rows_wrong(self) -> NDArray[np.bool_]:
        """Which rows have something wrong."""
        found: NDArray[np.bool_] = self.wrong.reshape(len(self.x), -1).any(axis=1)
        return found


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


def _own(entry: Activation, part: Part) -> Curve:
    """Return what was asked for as a function of rows and outputs."""
    function = reference.activations[entry.name]
    if part == "value":
        return lambda x, outputs: np.asarray(function(x))
    if entry.shape == "reduction":
        return lambda x, outputs: np.asarray(function.derivative(x))

    def of_output(x: Floats, outputs: Outputs) -> Floats:
        y = shares(x)
        u = np.arange(x.shape[-1]) == outputs[:, np.newaxis]
        if entry.name == "log_softmax":
            return u - y
        return y * (u - np.take_along_axis(y, outputs[:, np.newaxis], axis=-1))

    return of_output


def _forms(entry: Activation, fmt: Format, part: Part) -> Iterator[tuple[str, Curve]]:
    own, name = _own(entry, part), entry.name if part == "value" else f"{entry.name}'"
    yield "0", lambda x, outputs: 0 * own(x, outputs)
    if part == "value":
        for text, form in VALUES[entry.name].items():
            yield text, lambda x, outputs, form=form: form(x)
        yield from _sums(entry, fmt)
    else:
        yield from DERIVATIVES[entry.name].items()
        yield from _of_rounded_shares(entry, fmt)
    yield f"-{name}", lambda x, outputs: -own(x, outputs)
    for factor in (0.5, 2.0, 0.1, 10.0, 4.0, 0.25, 3.0):
        yield f"{factor:g} * {name}", lambda x, outputs, c=factor: c * own(x, outputs)
        yield f"{name} of {factor:g} * x", lambda x, outputs, c=factor: own(c * x, outputs)
    yield f"{name} divided by n", lambda x, outputs: own(x, outputs) / x.shape[-1]
    for kind in narrower(fmt):
        for text, truncate in (("rounded", False), ("truncated", True)):

            def cut(values: Floats, kind: Any = kind, truncate: bool = truncate) -> Floats:
                return to_precision(values, kind, truncate=truncate)

            yield (
                f"{name} {text} to {kind.name}",
                lambda x, outputs, cut=cut: cut(own(x, outputs)),
            )
            yield (
                f"{name} of x {text} to {kind.name}",
                lambda x, outputs, cut=cut: own(cut(x), outputs),
            )
            yield (
                f"{name} of x {text} to {kind.name}, {text} again",
                lambda x, outputs, cut=cut: cut(own(cut(x), outputs)),
            )


def _of_rounded_shares(entry: Activation, fmt: Format) -> Iterator[tuple[str, Curve]]:
    """Yield the derivative made of a softmax that was rounded before."""
    if entry.shape != "row":
        return
    for kind in (Precision(fmt.name, fmt.precision, fmt.emin, fmt.emax), *narrower(fmt)):

        def slope(x: Floats, outputs: Outputs, kind: Precision = kind) -> Floats:
            y = to_precision(shares(x), kind)
            u = np.arange(x.shape[-1]) == outputs[:, np.newaxis]
            if entry.name == "log_softmax":
                return u - y
            return y * (u - np.take_along_axis(y, outputs[:, np.newaxis], axis=-1))

        yield f"{entry.name}' of a softmax rounded to {kind.name}", slope


def _sums(entry: Activation, fmt: Format) -> Iterator[tuple[str, Curve]]:
    """Yield softmax and its logarithm with other sums, epsilons and shifts."""
    if entry.shape != "row":
        return
    of_log = entry.name == "log_softmax"

    def put(e: Any, total: Any, shifted: Any) -> Any:
        return shifted - np.log(total) if of_log else e / total

    def with_sum(divisor: Any) -> Curve:
        def form(x: Floats, outputs: Outputs) -> Floats:
            shifted = x - x.max(axis=-1, keepdims=True)
            e = np.exp(shifted)
            return np.asarray(put(e, divisor(e), shifted), dtype=np.float64)

        return form

    for text, divisor in DIVISORS.items():
        yield f"{entry.name} with the sum of {text}", with_sum(divisor)
    for epsilon in (1.0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12):
        yield (
            f"{entry.name} with {epsilon:g} added to the sum",
            with_sum(lambda e, add=epsilon: e.sum(axis=-1, keepdims=True) + add),
        )
        if of_log:
            yield (
                f"log(softmax(x) + {epsilon:g})",
                lambda x, outputs, add=epsilon: np.log(shares(x) + add),
            )
            yield (
                f"log(max(softmax(x), {epsilon:g}))",
                lambda x, outputs, add=epsilon: np.log(np.maximum(shares(x), add)),
            )
    for arithmetic in wider(fmt):
        for text, reduce in (
            ("", None), (", shifted by the mean", np.mean), (", shifted by the minimum", np.min),
            (", shifted by the first element", lambda x, axis, keepdims: x[..., :1]),
        ):  # fmt: skip

            def unshifted(x: Any, reduce: Any = reduce) -> Any:
                shifted = x if reduce is None else x - reduce(x, axis=-1, keepdims=True)
                e = np.exp(shifted)
                return put(e, e.sum(axis=-1, keepdims=True), shifted)

            what = "log of the sum of exp(x)" if of_log else "exp(x) / sum(exp(x))"
            text = text or " without the maximum subtracted"
            curve = computed_in(unshifted, arithmetic)
            yield (
                f"{what}{text}, in {arithmetic.name}",
                lambda x, outputs, curve=curve: curve(x),
            )
        if of_log:

            def logged(x: Any) -> Any:
                e = np.exp(x - x.max(axis=-1, keepdims=True))
                return np.log(e / e.sum(axis=-1, keepdims=True))

            curve = computed_in(logged, arithmetic)
            yield (
                f"the logarithm of softmax, in {arithmetic.name}",
                lambda x, outputs, curve=curve: curve(x),
            )
    for kind in (np.float16, np.float32):
        if np.finfo(kind).nmant < fmt.precision + (kind is np.float16):

            def stepwise(e: Floats, kind: Any = kind) -> Floats:
                added = np.cumsum(e.astype(kind), axis=-1, dtype=kind)[:, -1:]
                return added.astype(np.float64)

            text = f"{entry.name} with a sum that is added up in {np.dtype(kind).name}"
            yield text, with_sum(stepwise)


def _named(
    entry: Activation, fmt: Format, part: Part, sample: Sequence[Rows], *, anywhere: bool
) -> str:
    flat, wrong = _flat(sample)
    at = np.flatnonzero(wrong)
    at = at[:: max(1, -(-at.size // 4000))]
    points, sound = flat.chosen(at), flat.chosen(~wrong)
    candidates = []
    for name, curve in (*_forms(entry, fmt, part), *_fitted(entry, part, sample)):
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


def _fitted(
    entry: Activation, part: Part, sample: Sequence[Rows]
) -> Iterator[tuple[str, Curve]]:
    """Yield forms with a constant: a factor, a temperature, an epsilon, as the results tell."""
    own = _own(entry, part)
    name = entry.name if part == "value" else f"{entry.name}'"
    factors, shifts, rates, added = [], [], [], []
    for batch in sample:
        some = batch.wrong
        factors.append((batch.got / batch.right)[some])
        shifts.append((batch.got - batch.right)[some])
        if entry.shape == "row" and part == "value" and batch.x.shape[-1] > 1:
            y = batch.got if entry.name == "log_softmax" else np.log(batch.got)
            rates.append((np.diff(y, axis=-1) / np.diff(batch.x, axis=-1)).reshape(-1))
            total = np.exp(batch.x - batch.x.max(axis=-1, keepdims=True)).sum(-1, keepdims=True)
            gap = batch.right - batch.got
            ratio = np.exp(gap) if entry.name == "log_softmax" else batch.right / batch.got
            added.append(((ratio - 1) * total)[some])

    def middle(found: list[Floats]) -> float:
        joined = np.concatenate(found) if found else np.zeros(0)
        joined = joined[np.isfinite(joined)]
        return float(np.median(joined)) if joined.size >= 32 else np.nan

    for digits in (2, 3, 4, 6, 12):
        for text, found, curve in (
            ("{} * " + name, factors, lambda x, o, c: c * own(x, o)),
            (name + " + {}", shifts, lambda x, o, c: own(x, o) + c),
            (name + " of {} * x", rates, lambda x, o, c: own(c * x, o)),
            (
                name + " with {} added to the sum", added,
                lambda x, o, c: (
                    own(x, o) - np.log1p(c / _total(x))
                    if entry.name == "log_softmax"
                    else own(x, o) / (1 + c / _total(x))
                ),
            ),
        ):  # fmt: skip
            constant = middle(found)
            if np.isfinite(constant):
                shown = f"{constant:.{digits}g}"
                yield (
                    text.format(shown),
                    lambda x, o, curve=curve, c=float(shown): curve(x, o, c),
                )


def _total(x: Floats) -> Floats:
    return np.asarray(np.exp(x - x.max(axis=-1, keepdims=True)).sum(axis=-1, keepdims=True))


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
    texts = {
        "along the first axis in place of the last": lambda: function(x.T).T,
        "over the whole batch in place of each row": lambda: function(
            x.reshape(1, -1)
        ).reshape(x.shape),
    }
    if entry.shape == "reduction":
        texts = {
            "over the whole batch in place of each row": lambda: np.full(got.shape, x.max()),
        }
    points = Points(
        np.broadcast_to(x if got.ndim == 2 else x[:, 0], got.shape)[wrong], got[wrong],
        batch.right[order][wrong], np.zeros(int(wrong.sum())),
    )  # fmt: skip
    for text, make in texts.items():
        values = np.asarray(make(), dtype=np.float64)
        if values.shape != got.shape or not explains(values[wrong], points, fmt, rounded=True):
            continue
        # Next to all are 0 in so long a sum: those that are not must be as they are.
        telling = (got != 0) | (values != 0)
        off = np.abs(got - values) > np.abs(values) / 32
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
