"""``identify``: which function of the spec a callable is, with which parameters, and which not.

The callable is asked on a grid, and every entry, and the derivative of each, is fitted to what came
back as ``scale * entry + shift`` by least squares. The plainest that fits to within roundings is
the answer: as it is before scaled, at its own defaults before at other parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from actinit import reference
from actinit.spec import Activation, Part, UnknownNameError, activations, holds

from ..backend.guard import BadResultError, Guarded
from ..expected.defaults import defaults
from ..formats import ARITHMETIC, Format
from .adapter import OneFunction
from .arrays import CallableError, name_of
from .functions import arrays_of

__all__ = ["Identity", "Near", "identify"]

Floats = NDArray[np.float64]

# Sixteenths from -8 to 8, numbers of every format with most kinks and bends of activations, and
# some beyond, where those that are cut off at 10 are no longer what they were.
_BEYOND = np.array([9.0, 10.0, 11.0, 12.0, 14.0, 16.0])
_GRID = np.concatenate([-_BEYOND[::-1], np.arange(-128, 129) / 16, _BEYOND])
# As many numbers a row, of all rows a permutation of the grid.
_ROW = 4
# A careful implementation is a few roundings off, a careless one some dozens, of terms as large as
# the result or as 1. The nearest functions of the spec, gelu and gelu_tanh, are 4,000 apart.
_ROUNDINGS = 64
_APART = 8
# What people set parameters to, where the search for any other begins.
_SETTINGS = (-0.5, 0.001, 0.01, 0.1, 0.125, 0.2, 0.25, 0.3, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
_DIGITS = range(1, 8)
_SHAPES = ("elementwise", "row", "reduction")
# How many are told that it is not: the nearest, and others that may be taken for it.
_NEAR, _CLOSE = 3, 0.1


class Near(NamedTuple):
    """A function that the callable is not.

    Attributes
    ----------
    name : str
        Of the entry; with a prime for its derivative.
    apart : float
        The largest difference on the grid, once scale and shift are taken off.
    at : float
        At which input.
    """

    name: str
    apart: float
    at: float


@dataclass(frozen=True)
class Identity:
    """What a callable is, and what it is not.

    Attributes
    ----------
    function : str
        What the callable is called.
    name : str
        The entry, with a prime for its derivative; empty if it is none.
    parameters : mapping of str to float
        At which the entry fits.
    scale, shift : float
        The callable is ``scale * entry + shift``.
    also : tuple of str
        Other entries that are the same there.
    near : tuple of Near
        The nearest that it is not, the nearest first.
    """

    function: str
    name: str
    parameters: Mapping[str, float]
    scale: float
    shift: float
    also: tuple[str, ...]
    near: tuple[Near, ...]

    def __str__(self) -> str:
        lines = [f"{self.function} is {self._what()}"]
        if self.also:
            lines.append(f"which is the same as {', '.join(self.also)}")
        lines += [
            f"not {one.name}{', though near' if one.apart < _CLOSE else ''}: "
            f"{one.apart:.2g} apart at {one.at:g}"
            for one in self.near
        ]
        return "\n".join(lines)

    def _what(self) -> str:
        if not self.name:
            return "no function of the spec, up to scale and shift"
        scale = "" if self.scale == 1 else f"{self.scale:.7g} * "
        shift = (
            "" if self.shift == 0 else f" {'-' if self.shift < 0 else '+'} {abs(self.shift):.7g}"
        )
        told = ", ".join(f"{name} = {value:g}" for name, value in self.parameters.items())
        return f"{scale}{self.name}{shift}" + (f", with {told}" if told else "")


class _Asked(NamedTuple):
    """What was asked and what came back; of a reduction one number a row."""

    x: Floats
    got: Floats
    shape: str
    tolerance: float


class _Fit(NamedTuple):
    """An entry, or its derivative, at parameters, as it fits best."""

    entry: Activation
    part: Part
    parameters: Mapping[str, float]
    scale: float
    shift: float
    off: Floats

    @property
    def name(self) -> str:
        """The entry's name; with a prime for its derivative."""
        return self.entry.name + ("'" if self.part == "derivative" else "")

    @property
    def largest(self) -> float:
        """The largest difference from what came back; infinite where one is no number."""
        return float(np.nan_to_num(np.abs(self.off), nan=np.inf).max())


def identify(
    function: Callable[..., Any],
    *,
    format: str = "float32",
    arrays: str | None = None,
    time_limit: float = 10.0,
) -> Identity:
    """Say which activation of the spec a callable is.

    Parameters
    ----------
    function : callable
        Takes an array and returns one, as in `actinit.check`.
    format : str, optional
        In which it is asked; the wider, the finer.
    arrays : str, optional
        What it takes, such as ``"torch"`` or ``"torch@cuda"``; by default that is found by calling
        it.
    time_limit : float, optional
        Seconds that one call may take.

    Returns
    -------
    Identity
        What it is up to scale and shift, and what it is not, though near; it prints.

    Raises
    ------
    CallableError
        If it cannot be called, or what comes back are no numbers.
    UnknownNameError
        If there is no such format.
    """
    if not callable(function):
        raise CallableError(f"expected a callable, got a {type(function).__name__}")
    if format not in ARITHMETIC:
        raise UnknownNameError("format", format, ARITHMETIC)
    label = name_of(function)
    asked = _ask(function, label, ARITHMETIC[format], arrays, time_limit)
    fits = [fit for fit in _fits(asked) if fit.largest <= asked.tolerance]
    # In a coarse format half of 1 is a few dozen roundings, and functions that are a tenth apart
    # are within it: what is much further off than another is not meant.
    closest = min((fit.largest for fit in fits), default=0.0)
    fits = [fit for fit in fits if fit.largest <= _APART * closest + asked.tolerance / _ROUNDINGS]
    best = min(fits, key=_plainness, default=None)
    scale, shift = (best.scale, best.shift) if best else (1.0, 0.0)
    got = (asked.got - shift) / scale
    near = _near(asked, got, {fit.name for fit in fits})
    if best is None:
        return Identity(label, "", {}, scale, shift, (), near)
    as_plain = {fit.name for fit in fits if _plainness(fit)[:2] == _plainness(best)[:2]}
    also = tuple(sorted(as_plain - {best.name}))
    return Identity(label, best.name, dict(best.parameters), scale, shift, also, near)


def _plainness(fit: _Fit) -> tuple[bool, bool, bool, int]:
    """Return what makes a form plain, the least being the plainest."""
    other = fit.parameters != defaults(fit.entry)
    scaled = (fit.scale, fit.shift) != (1.0, 0.0)
    order = [*activations]
    return scaled, other, fit.part == "derivative", order.index(fit.entry.name)


def _ask(
    function: Callable[..., Any], label: str, fmt: Format, wanted: str | None, limit: float
) -> _Asked:
    """Ask a callable on the grid, in rows if its results are those of rows."""
    by_shape: dict[str, Activation] = {one.shape: one for one in [*activations.values()][::-1]}
    elementwise = by_shape["elementwise"]
    found = arrays_of(function, label, elementwise, (fmt.name,), wanted, limit)
    adapter = Guarded(OneFunction(label, function, found), limit)
    order = (np.arange(_GRID.size) * 100) % _GRID.size  # 269 is a prime
    rows = _GRID[order][: _GRID.size // _ROW * _ROW].reshape(-1, _ROW).astype(fmt.dtype)
    for shape, x in zip(_SHAPES, (_GRID.astype(fmt.dtype), rows, rows), strict=True):
        try:
            got = adapter.value(by_shape[shape], x, {})
            if shape == "elementwise":
                alone = adapter.value(elementwise, rows, {}).ravel()
                together = adapter.value(elementwise, rows.ravel(), {})
                if not np.allclose(alone.astype(float), together.astype(float), equal_nan=True):
                    continue
        except BadResultError as error:
            if shape == "reduction":
                raise CallableError(str(error)) from error
            continue
        except Exception as error:  # of any kind: the callable is not ours
            raise CallableError(
                f"{label} raised {type(error).__name__} for an array of shape {x.shape}: {error}"
            ) from error
        numbers = got.astype(np.float64)
        if not np.isfinite(numbers).all():
            bad = int((~np.isfinite(numbers)).sum())
            raise CallableError(f"{label} is nan or infinite at {bad} of {x.size} ordinary inputs")
        size = max(1.0, float(np.abs(numbers).max()))
        return _Asked(
            x.astype(np.float64), numbers, shape, _ROUNDINGS * 2.0 ** (1 - fmt.precision) * size
        )
    raise CallableError(f"the results of {label} have no shape that an activation has")


def _fits(asked: _Asked) -> Iterator[_Fit]:
    """Yield every entry of this shape as it is, scaled, and at fitted parameters."""
    for entry in activations.values():
        if entry.shape != asked.shape:
            continue
        for part in _parts(entry):
            stated = defaults(entry)
            for scaled in (False, True):
                yield _fit(asked, entry, part, stated, scaled=scaled)
                for name in entry.parameters:
                    found = _fitted(asked, entry, part, name, scaled=scaled)
                    if found:
                        yield found


def _parts(entry: Activation) -> tuple[Part, ...]:
    return ("value", "derivative") if entry.shape == "elementwise" else ("value",)


def _curve(entry: Activation, part: Part, x: Floats, parameters: Mapping[str, float]) -> Floats:
    function = reference.activations[entry.name]
    with np.errstate(all="ignore"):
        rule = function if part == "value" else function.derivative
        found = rule(x, **parameters)
    return np.asarray(found, dtype=np.float64)


def _fit(
    asked: _Asked, entry: Activation, part: Part, parameters: Mapping[str, float], *, scaled: bool
) -> _Fit:
    curve = _curve(entry, part, asked.x, parameters)
    scale, shift = 1.0, 0.0
    if scaled and np.isfinite(curve).all() and np.ptp(curve) > 0:
        columns = np.stack([curve.ravel(), np.ones(curve.size)], axis=1)
        (scale, shift), *_ = np.linalg.lstsq(columns, asked.got.ravel(), rcond=None)
        scale, shift = _short(float(scale), 1e-6), _short(float(shift), 1e-6)
        if scale == 0:  # anything is nothing times a function, and a constant
            scale, shift = 1.0, 0.0
    return _Fit(entry, part, parameters, scale, shift, asked.got - (scale * curve + shift))


def _fitted(
    asked: _Asked, entry: Activation, part: Part, name: str, *, scaled: bool
) -> _Fit | None:
    """Return the entry at the value of a parameter that fits best, with few digits if they do."""
    stated = defaults(entry)

    def at(value: float) -> _Fit:
        return _fit(asked, entry, part, {**stated, name: value}, scaled=scaled)

    parameter = entry.parameters[name]
    grid = [*_SETTINGS, *parameter.curves, parameter.default]
    allowed = sorted({
        value
        for value in grid
        if holds(parameter.domain, {**stated, name: value})
        and (not parameter.integer or float(value).is_integer())
    })  # fmt: skip
    if not allowed:
        return None
    best = int(np.argmin([at(value).largest for value in allowed]))
    if at(allowed[best]).largest <= asked.tolerance or parameter.integer:
        return at(allowed[best])
    ends = allowed[max(0, best - 1)], allowed[min(len(allowed) - 1, best + 1)]
    if ends[0] == ends[1]:
        return at(allowed[best])
    found = minimize_scalar(
        lambda value: at(float(value)).largest, bounds=ends, method="bounded",
        options={"xatol": 1e-9},
    )  # fmt: skip
    value = float(found.x)
    for digits in _DIGITS:
        rounded = float(f"{value:.{digits}g}")
        inside = holds(parameter.domain, {**stated, name: rounded})
        if inside and (fit := at(rounded)).largest <= asked.tolerance:
            return fit
    return at(value)


def _short(value: float, within: float) -> float:
    """Return the number of the fewest digits that is this one, but for roundings."""
    if abs(value) < within:
        return 0.0
    for digits in _DIGITS:
        rounded = float(f"{value:.{digits}g}")
        if abs(rounded - value) <= within * max(1.0, abs(value)):
            return rounded
    return value


def _near(asked: _Asked, got: Floats, fitting: set[str]) -> tuple[Near, ...]:
    """Return the nearest functions that none of the fitting ones is, at their own defaults."""
    found = []
    for entry in activations.values():
        if entry.shape != asked.shape:
            continue
        for part in _parts(entry):
            fit = _fit(asked._replace(got=got), entry, part, defaults(entry), scaled=False)
            off = np.abs(fit.off)
            if fit.name not in fitting and np.isfinite(fit.largest):
                at = asked.x if asked.shape == "elementwise" else asked.x[..., 0]
                place = np.unravel_index(int(np.argmax(off)), off.shape)
                found.append(Near(fit.name, fit.largest, float(at[place[: at.ndim]])))
    nearest = sorted(found, key=lambda one: one.apart)[:_NEAR]
    return tuple(nearest[:1] + [one for one in nearest[1:] if one.apart < _CLOSE])
