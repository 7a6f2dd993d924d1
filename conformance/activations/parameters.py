"""Functions at other values of their parameters: one that is ignored shows here only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actinit.adapters import Adapter, NotOffered
from actinit.spec import Activation, Part, evaluate, holds

from ..backend.guard import BadResultError, message_of
from ..check import Check, Finding, Outcome, Witness
from ..error.intervals import short
from ..error.metric import Errors, measure, ulp
from ..expected import inputs
from ..expected.budgets import budgets
from ..expected.defaults import defaults, has_slope
from ..expected.reference import reference_at
from ..expected.roots import roots
from ..formats import ARITHMETIC, Format
from ..kinds import Kind
from ..oracle import Exact, exact
from . import diagnosis
from .diagnosis.settings import Setting
from .judge import subject
from .naming import PARTS, activation_check

__all__ = ["checks", "settings"]

Array = NDArray[Any]
# What is asked of a parameter where its domain allows it: the edges 0 and 1, a small, a large and a
# negative number, and ordinary ones. All but 0.3 are numbers of every format, and none of them is
# subnormal in float16.
_VALUES = (0.0, 2.0**-12, 0.25, 0.3, 1 - 2.0**-8, 1.0, 3.0, 1000.0, -0.5, -2.0)
_POINTS = 300
# Steps on each side of a kink and of zero that are asked for.
_STEPS = 4


def checks(entry: Activation) -> Iterator[Check]:
    """Yield the checks of parameters: ``activation/elu/float32/value/parameters``."""
    if not entry.parameters:
        return
    for fmt in ARITHMETIC.values():
        for part in PARTS if has_slope(entry) else PARTS[:1]:
            run = _runner(entry, fmt, part)
            yield activation_check(entry, (fmt.name, part, "parameters"), "parameters", run)


def settings(entry: Activation) -> Iterator[dict[str, float]]:
    """Yield values for all parameters: one is varied at a time, the others have their defaults."""
    for name, parameter in entry.parameters.items():
        for value in dict.fromkeys((*_VALUES, *parameter.curves)):
            setting = defaults(entry) | {name: value}
            whole = float(value).is_integer() or not parameter.integer
            if value != parameter.default and whole and holds(parameter.domain, setting):
                yield setting


class _Measured(NamedTuple):
    """What came back at one setting, and what is right."""

    setting: Mapping[str, float]
    x: Array
    got: Array
    exact: Exact
    errors: Errors
    budget: NDArray[np.float64]

    @property
    def wrong(self) -> NDArray[np.bool_]:
        """Which results are beyond the budget."""
        return self.errors.ulps > self.budget


def _runner(entry: Activation, fmt: Format, part: Part) -> Any:
    def run(adapter: Adapter) -> Outcome:
        found: list[Finding] = []
        wrong: list[_Measured] = []
        count, offered, refusal = 0, 0, NotOffered("")
        for setting in settings(entry):
            try:
                measured = _measured(adapter, entry, fmt, part, setting)
            except NotOffered as reason:  # the binding fixes the parameter
                refusal = reason
                continue
            except (ValueError, NotImplementedError) as error:
                found.append(_refused(entry, setting, error))
                continue
            offered, count = offered + 1, count + measured.x.size
            if measured.wrong.any():
                wrong.append(measured)
        if not offered and not found:
            raise refusal
        if not wrong:
            return Outcome(
                conforms=True,
                message=f"right at {offered} other settings of its parameters",
                measured={"settings": offered, "points": count},
                findings=found,
            )
        found += _findings(adapter, entry, fmt, part, wrong)
        return Outcome.diverging(
            found, grade="F", measured={"settings": offered, "points": count, "wrong": len(wrong)}
        )

    return run


def _inputs(entry: Activation, fmt: Format, part: Part, setting: Mapping[str, float]) -> Array:
    """Return inputs over all binades, around kinks, and no kink; subnormal ones are left out.

    What is flushed is for the accuracy check.
    """
    x = inputs.every_nth(inputs.scalars(fmt, roots(entry)), _POINTS)
    kinks = {evaluate(kink.at, setting) for kink in entry.derivative.kinks}
    near = [
        np.nextafter(np.full(1, point), side * np.inf) + side * step * 2.0**-8
        for point in kinks
        for side in (-1, 1)
        for step in range(1, _STEPS)
    ]
    usual = (2 * inputs.weyl(_POINTS) - 1) * 8
    x = np.concatenate([x, *(place.astype(fmt.dtype) for place in near), usual.astype(fmt.dtype)])
    points = x.astype(np.float64)
    kept = (np.abs(points) >= 2.0**fmt.emin) | (points == 0)
    if part == "derivative":
        kept &= ~np.isin(points, list(kinks))
    return np.ascontiguousarray(x[kept])


def _ask(
    adapter: Adapter, entry: Activation, part: Part, x: Array, setting: Mapping[str, float]
) -> Array:
    if part == "value":
        return adapter.value(entry, x, setting)
    return adapter.gradient(entry, x, np.ones_like(x), setting)


def _measured(
    adapter: Adapter, entry: Activation, fmt: Format, part: Part, setting: Mapping[str, float]
) -> _Measured:
    x = _inputs(entry, fmt, part, setting)
    got = _ask(adapter, entry, part, x, setting)
    points = x.astype(np.float64)
    # Far out next to nothing would tell to which side of a middle of another format a result is.
    right = exact(entry, part, points, setting, formats=(fmt.name,))
    granted = budgets(entry, fmt, part, points, setting)
    # An intermediate result that is subnormal has lost digits, and a parameter above 1 makes of it
    # one that is normal: an elu of alpha = 1000 where its exponential is below all normal numbers.
    factor = max(abs(value) for value in setting.values())
    if factor > 1:
        granted = granted + factor * 2.0 ** (fmt.emin - fmt.stored) / ulp(right.rounded, fmt)
    return _Measured(setting, x, got, right, measure(got, right, fmt), granted)


def _findings(
    adapter: Adapter, entry: Activation, fmt: Format, part: Part, wrong: list[_Measured]
) -> Iterator[Finding]:
    """Yield one finding for each setting that is wrong, or one for a parameter that is ignored."""
    ignored = {
        name: [one for one in wrong if one.setting[name] != parameter.default]
        for name, parameter in entry.parameters.items()
    }
    for name, of_name in ignored.items():
        default = defaults(entry)
        if len(of_name) > 1 and all(
            np.array_equal(
                _ask(adapter, entry, part, one.x, default).view(fmt.bits), one.got.view(fmt.bits)
            )
            for one in of_name
        ):
            worst = max(of_name, key=_gap)
            like, what = "", "the same"
            if _is_entry(adapter, entry, fmt, part, worst, default):
                like = f"the default {name} = {short(default[name])}"
                what = f"those of {like}"
            text = f"ignores {name}: whatever is given, the results are {what}"
            yield _finding(f"ignored/{name}", fmt, worst, f"{subject(entry, part)} {text}", like)
            continue
        like = diagnosis.settings(entry, fmt, part, [_of_setting(name, one) for one in of_name])
        for one in of_name:
            value = short(one.setting[name])
            text = f"{subject(entry, part)} is wrong with {name} = {value} at {one.wrong.sum():,}"
            text += f" of {one.x.size:,} inputs" + (f" ({like})" if like else "")
            yield _finding(f"{name}={value}", fmt, one, text, like)


def _is_entry(
    adapter: Adapter,
    entry: Activation,
    fmt: Format,
    part: Part,
    one: _Measured,
    setting: Mapping[str, float],
) -> bool:
    """Say whether the results at a setting are about those of the entry at its defaults."""
    got = _ask(adapter, entry, part, one.x, setting).astype(np.float64)
    right = reference_at(entry, part, one.x.astype(np.float64))
    least = 2.0 ** (fmt.emin - fmt.stored)
    with np.errstate(invalid="ignore"):
        close = (got == right) | (np.abs(got - right) <= np.abs(right) / 32 + least)
    return bool(close.all())


def _of_setting(name: str, one: _Measured) -> Setting:
    with np.errstate(invalid="ignore"):  # of a nan that signals
        x, got = one.x.astype(np.float64), one.got.astype(np.float64)
    return Setting(name, one.setting[name], x, got, one.exact.rounded, one.wrong)


def _gap(measured: _Measured) -> float:
    """Return how far off the results are at most."""
    return float(np.where(measured.wrong, measured.errors.ulps, 0).max())


def _finding(key: str, fmt: Format, one: _Measured, sentence: str, like: str = "") -> Finding:
    ulps = np.where(one.wrong, one.errors.ulps, -1)
    # Of results that are all wrong the plainest: far off in itself, not only in ulp.
    with np.errstate(all="ignore"):
        apart = np.abs(one.got.astype(np.float64) - one.exact.rounded)
        apart = np.where(np.isfinite(apart), apart, 0) / np.maximum(1, np.abs(one.exact.rounded))
        half = np.sqrt(ulp(np.ones(1), fmt)) * np.maximum(1, np.abs(one.exact.rounded))
        far = np.abs(one.got.astype(np.float64) - one.exact.rounded) > half
    at = int(np.lexsort((-np.abs(one.x.astype(np.float64)), apart, ulps >= 0))[-1])
    kind: Kind = "definition" if (far & one.wrong).any() else "accuracy"
    if (one.errors.nonfinite & one.wrong).any():
        kind, at = "non-finite", int(np.argmax(one.errors.nonfinite & one.wrong))
    worst = Witness.of(
        one.x[at], one.got[at], one.exact.rounded[at],
        error=float(one.errors.ulps[at]), budget=float(one.budget[at]), parameters=one.setting,
    )  # fmt: skip
    return Finding(
        key=key, kind=kind, defect="parameters", count=int(one.wrong.sum()), points=one.x.size,
        sentence=f"{sentence}, such as {worst.got} for {worst.exact} at {worst.x}",
        worst=worst, data=dict(one.setting), looks_like=like,
    )  # fmt: skip


def _refused(entry: Activation, setting: Mapping[str, float], error: Exception) -> Finding:
    """Note a setting that a backend refuses; a result of another shape or dtype is no refusal."""
    if isinstance(error, BadResultError):
        raise error
    told = ", ".join(f"{name} = {short(value)}" for name, value in setting.items())
    return Finding(
        key=f"refused/{told.replace(' ', '')}", kind=None, defect="refused", data=dict(setting),
        sentence=f"{entry.name} with {told} is refused: {message_of(error)[:200]}",
    )  # fmt: skip
