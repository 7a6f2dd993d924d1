"""Functions of rows that a backend may have computed in place of the entry's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from actinit import reference
from actinit.spec import Activation, Part

from ...expected.kinds_of_rows import side_of
from ...formats import ARITHMETIC, Format
from .arithmetic import Precision, computed_in, cutting, narrower, to_precision, wider
from .evidence import Floats
from .row_tables import DERIVATIVES, DIVISORS, OF_SHARES, VALUES, Outputs, shares

__all__ = ["fitted", "forms"]

Curve = Callable[[Floats, Outputs], Floats]

_EPSILONS = (1.0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12)
# A sum in the format itself loses digits that show only where these are few.
_WIDE = 16
_SHIFTS: dict[str, Callable[[Any], Any]] = {
    " without the maximum subtracted": lambda x: 0 * x[..., :1],
    ", shifted by the mean": lambda x: x.mean(axis=-1, keepdims=True),
    ", shifted by the minimum": lambda x: x.min(axis=-1, keepdims=True),
    ", shifted by the first element": lambda x: x[..., :1],
}


class Sampled(Protocol):
    """What is read of results of rows; see `rows.Rows`."""

    @property
    def x(self) -> Floats: ...
    @property
    def got(self) -> Floats: ...
    @property
    def right(self) -> Floats: ...
    @property
    def wrong(self) -> NDArray[np.bool_]: ...


def _own(entry: Activation, part: Part) -> Curve:
    """Return what was asked for as a function of rows and outputs."""
    function = reference.activations[entry.name]
    if part == "value":
        return lambda x, outputs: np.asarray(function(x))
    if entry.shape == "reduction":
        return lambda x, outputs: np.asarray(function.derivative(x))

    if entry.name in OF_SHARES:
        return _of_shares(entry, shares)

    def of_output(x: Floats, outputs: Outputs) -> Floats:
        u = (np.arange(x.shape[-1]) == outputs[:, np.newaxis]).astype(np.float64)
        return np.asarray(function.vjp(x, u))

    return of_output


def _of_shares(entry: Activation, made: Callable[[Floats], Floats]) -> Curve:
    """Return a derivative that is made of a softmax, however that is made."""
    side, rule = side_of(entry), OF_SHARES[entry.name]

    def of_output(x: Floats, outputs: Outputs) -> Floats:
        y = made(side * x)
        u = np.arange(x.shape[-1]) == outputs[:, np.newaxis]
        return rule(u, y, np.take_along_axis(y, outputs[:, np.newaxis], axis=-1))

    return of_output


def forms(entry: Activation, fmt: Format, part: Part) -> Iterator[tuple[str, Curve]]:
    """Yield names and functions of rows without a fitted constant, the plainest first."""
    own, name = _own(entry, part), entry.name if part == "value" else f"{entry.name}'"
    yield "0", lambda x, outputs: 0 * own(x, outputs)
    if part == "value":
        for text, form in VALUES[entry.name].items():
            yield text, _of_rows(form)
        yield from _sums(entry, fmt)
    else:
        yield from DERIVATIVES[entry.name].items()
        yield from _of_rounded_shares(entry, fmt)
    yield f"-{name}", lambda x, outputs: -own(x, outputs)
    for factor in (0.5, 2.0, 0.1, 10.0, 4.0, 0.25, 3.0):
        yield f"{factor:g} * {name}", partial(_times, own, factor)
        yield f"{name} of {factor:g} * x", partial(_of_times, own, factor)
    yield f"{name} divided by n", lambda x, outputs: own(x, outputs) / x.shape[-1]
    for kind in narrower(fmt):
        for text, truncate in (("rounded", False), ("truncated", True)):
            cut = cutting(kind, truncate=truncate)
            yield from _cut(own, name, f"{text} to {kind.name}", text, cut)


def _cut(
    own: Curve, name: str, how: str, again: str, cut: Callable[[Floats], Floats]
) -> Iterator[tuple[str, Curve]]:
    yield f"{name} {how}", lambda x, o: cut(own(x, o))
    yield f"{name} of x {how}", lambda x, o: own(cut(x), o)
    yield f"{name} of x {how}, {again} again", lambda x, o: cut(own(cut(x), o))


def _of_rounded_shares(entry: Activation, fmt: Format) -> Iterator[tuple[str, Curve]]:
    """Yield the derivative made of a softmax that was rounded before."""
    if entry.name not in OF_SHARES:
        return
    for kind in (Precision(fmt.name, fmt.precision, fmt.emin, fmt.emax), *narrower(fmt)):
        slope = _of_shares(entry, partial(_rounded_shares, kind))
        yield f"{entry.name}' of a softmax rounded to {kind.name}", slope


def _rounded_shares(kind: Precision, x: Floats) -> Floats:
    return to_precision(shares(x), kind)


def _sums(entry: Activation, fmt: Format) -> Iterator[tuple[str, Curve]]:
    """Yield what is made of a sum of exponentials, with other sums, epsilons and shifts."""
    if "total" not in entry.terms:
        return
    of_log, side = entry.name == "log_softmax", side_of(entry)

    def put(e: Any, total: Any, shift: Any, shifted: Any) -> Any:
        if entry.shape == "reduction":
            return (shift + np.log(total))[..., 0]
        return shifted - np.log(total) if of_log else e / total

    def with_sum(divisor: Any) -> Curve:
        def form(x: Floats, outputs: Outputs) -> Floats:
            shift = (side * x).max(axis=-1, keepdims=True)
            e = np.exp(side * x - shift)
            return np.asarray(put(e, divisor(e), shift, side * x - shift), dtype=np.float64)

        return form

    for text, divisor in DIVISORS.items():
        yield f"{entry.name} with the sum of {text}", with_sum(divisor)
    for epsilon in _EPSILONS:
        yield f"{entry.name} with {epsilon:g} added to the sum", with_sum(partial(_plus, epsilon))
        if of_log:
            yield f"log(softmax(x) + {epsilon:g})", _of_rows(partial(_log_plus, epsilon))
            yield f"log(max(softmax(x), {epsilon:g}))", _of_rows(partial(_log_of_most, epsilon))
    of = "exp(x)" if side > 0 else "exp(-x)"
    logarithm = of_log or entry.shape == "reduction"
    what = f"log of the sum of {of}" if logarithm else f"{of} / sum({of})"
    for arithmetic in wider(fmt):
        for text, shift in _SHIFTS.items():

            def unshifted(shift: Any, x: Any) -> Any:
                by = shift(side * x)
                e = np.exp(side * x - by)
                return put(e, e.sum(axis=-1, keepdims=True), by, side * x - by)

            curve = computed_in(partial(unshifted, shift), arithmetic)
            yield f"{what}{text}, in {arithmetic.name}", _of_rows(curve)
        if of_log:
            curve = computed_in(_logarithm_of_softmax, arithmetic)
            yield f"the logarithm of softmax, in {arithmetic.name}", _of_rows(curve)
    own = Precision(fmt.name, fmt.precision, fmt.emin, fmt.emax)
    for kind in (own, *narrower(fmt)) if fmt.precision < _WIDE else narrower(fmt):
        if kind.name in ARITHMETIC:
            text = f"{entry.name} with a sum that is added up in {kind.name}"
            yield text, with_sum(partial(_added_up, kind))


def _of_rows(form: Callable[[Floats], Floats]) -> Curve:
    return lambda x, outputs: form(x)


def _times(own: Curve, factor: float, x: Floats, outputs: Outputs) -> Floats:
    return factor * own(x, outputs)


def _of_times(own: Curve, factor: float, x: Floats, outputs: Outputs) -> Floats:
    return own(factor * x, outputs)


def _plus(epsilon: float, e: Floats) -> Floats:
    return np.asarray(e.sum(axis=-1, keepdims=True) + epsilon)


def _log_plus(epsilon: float, x: Floats) -> Floats:
    return np.log(shares(x) + epsilon)


def _log_of_most(epsilon: float, x: Floats) -> Floats:
    return np.log(np.maximum(shares(x), epsilon))


def _logarithm_of_softmax(x: Any) -> Any:
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.log(e / e.sum(axis=-1, keepdims=True))


def _added_up(kind: Precision, e: Floats) -> Floats:
    """Return sums of which each step is rounded."""
    total = np.zeros((len(e), 1))
    for column in e.T:
        total[:, 0] = to_precision(total[:, 0] + to_precision(column, kind), kind)
    return total


def fitted(entry: Activation, part: Part, sample: Sequence[Sampled]) -> Iterator[tuple[str, Curve]]:
    """Yield forms with a constant: a factor, a temperature, an epsilon, as the results tell."""
    own, side = _own(entry, part), side_of(entry)
    name = entry.name if part == "value" else f"{entry.name}'"
    factors: list[Floats] = []
    shifts: list[Floats] = []
    rates: list[Floats] = []
    added: list[Floats] = []
    for batch in sample:
        some = batch.wrong
        factors.append((batch.got / batch.right)[some])
        shifts.append((batch.got - batch.right)[some])
        if entry.name in OF_SHARES and part == "value" and batch.x.shape[-1] > 1:
            y = batch.got if entry.name == "log_softmax" else np.log(batch.got)
            x = side * batch.x
            rates.append((np.diff(y, axis=-1) / np.diff(x, axis=-1)).reshape(-1))
            total = np.exp(x - x.max(axis=-1, keepdims=True)).sum(-1, keepdims=True)
            gap = batch.right - batch.got
            ratio = np.exp(gap) if entry.name == "log_softmax" else batch.right / batch.got
            added.append(((ratio - 1) * total)[some])

    def middle(found: list[Floats]) -> float:
        joined = np.concatenate(found) if found else np.zeros(0)
        joined = joined[np.isfinite(joined)]
        return float(np.median(joined)) if joined.size >= 32 else np.nan

    for digits in (2, 3, 4, 6, 12):
        families: tuple[tuple[str, list[Floats], Callable[..., Floats]], ...] = (
            ("{} * " + name, factors, lambda c, x, o: c * own(x, o)),
            (name + " + {}", shifts, lambda c, x, o: own(x, o) + c),
            (name + " of {} * x", rates, lambda c, x, o: own(c * x, o)),
            (
                name + " with {} added to the sum", added,
                lambda c, x, o: (
                    own(x, o) - np.log1p(c / _total(side * x))
                    if entry.name == "log_softmax"
                    else own(x, o) / (1 + c / _total(side * x))
                ),
            ),
        )  # fmt: skip
        for text, found, curve in families:
            constant = middle(found)
            if np.isfinite(constant):
                shown = f"{constant:.{digits}g}"
                yield text.format(shown), partial(curve, float(shown))


def _total(x: Floats) -> Floats:
    return np.asarray(np.exp(x - x.max(axis=-1, keepdims=True)).sum(axis=-1, keepdims=True))
