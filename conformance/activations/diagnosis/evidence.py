"""What a diagnosis has to go by, and when a form explains it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from actinit.spec import Activation, Part

from ...error.metric import ulp
from ...expected.reference import reference_at
from ...formats import Format

__all__ = [
    "Curve",
    "Evidence",
    "Floats",
    "Form",
    "Points",
    "cannot",
    "contradicted",
    "explains",
    "near",
    "noise",
]

Floats = NDArray[np.float64]
Curve = Callable[[Floats], Floats]

# As many wrong inputs, and as many of the others, are looked at.
_MANY = 2000
# Fewer wrong results say little; of a form without fitted constants fewer will do.
_LEAST, _LEAST_OF_PLAIN = 32, 8
# A form explains a result that is within 2 ulp of it, or 32 times nearer to it than to what is
# right: the form may have been computed with a few roundings. It must differ from what is right by
# more than 4 ulp, or it explains nothing that the entry itself does not.
_NEAR, _NEARER, _APART = 2.0, 32.0, 4.0
# A fitted form must be so many times nearer, beside results of which fewer are one number.
_BETTER, _COMMON = 8.0, 0.3
_SHARE, _SHARE_OF_ROUNDED, _SHARE_APART = 0.99, 0.97, 0.9
# A form is contradicted by sound results elsewhere if these are more than so many of the wrong.
_CONTRADICTED = 0.01


class Form(NamedTuple):
    """A function that a backend may have computed in place of the entry's.

    Attributes
    ----------
    name : str
        What a person would call it, such as ``x * sigmoid(1.1 * x)``.
    curve : callable
        From inputs, as float64, to what it gives there.
    fitted : bool
        Whether a constant of it was fitted to the results.
    """

    name: str
    curve: Curve
    fitted: bool = False


class Points(NamedTuple):
    """Inputs with what came back, what is right, and the ulp granted; all float64."""

    x: Floats
    got: Floats
    right: Floats
    budget: Floats

    def chosen(self, which: Any) -> Points:
        """Return some of them."""
        return Points(*(part[which] for part in self))


class Evidence(NamedTuple):
    """Results of an elementwise entry, the wrong ones apart from the others.

    Attributes
    ----------
    entry, fmt, part
        Who was asked for what.
    wrong, sound : Points
        Some of the results beyond the budget, and some of the others, by ascending input.
    wrong_count, sound_count : int
        How many there are.
    """

    entry: Activation
    fmt: Format
    part: Part
    wrong: Points
    sound: Points
    wrong_count: int
    sound_count: int

    @classmethod
    def of(
        cls, entry: Activation, fmt: Format, part: Part, points: Points, wrong: NDArray[np.bool_]
    ) -> Evidence:
        """Choose evenly among results, which are by ascending input."""
        ends = [np.flatnonzero(mask) for mask in (wrong, ~wrong)]
        chosen = [points.chosen(at[:: max(1, -(-at.size // _MANY))]) for at in ends]
        return cls(entry, fmt, part, chosen[0], chosen[1], ends[0].size, ends[1].size)

    def narrowed(self, which: NDArray[np.bool_]) -> Evidence:
        """Return the evidence of some of the wrong results alone."""
        count = round(self.wrong_count * float(which.mean()))
        return self._replace(wrong=self.wrong.chosen(which), wrong_count=count)

    @property
    def own(self) -> str:
        """The name of what was asked for, such as ``gelu'``."""
        return self.entry.name if self.part == "value" else f"{self.entry.name}'"

    def right(self, x: Floats) -> Floats:
        """Return what was asked for at other inputs, in float64."""
        return np.asarray(reference_at(self.entry, self.part, x))


def near(
    got: Floats, values: Floats, fmt: Format, within: float | Floats = _NEAR
) -> NDArray[np.bool_]:
    """Say which results are within some ulp of values; infinities and nan as themselves."""
    with np.errstate(all="ignore"):
        same = (got == values) | (np.isnan(got) & np.isnan(values))
        close = np.abs(got - values) <= within * ulp(values, fmt)
    found: NDArray[np.bool_] = same | close
    return found


def noise(points: Points, fmt: Format) -> Floats:
    """Return the size of the roundings of terms as large as 1 or the input."""
    found: Floats = 2.0 ** (1 - fmt.precision) * np.maximum(1.0, np.abs(points.x))
    return found


def explains(
    values: Floats,
    points: Points,
    fmt: Format,
    *,
    fitted: bool = False,
    rounded: bool = False,
    noisy: bool = False,
) -> bool:
    """Say whether the values of a form are what wrong results are, and the right ones are not.

    Parameters
    ----------
    values : ndarray of float64
        Of the form, at the wrong inputs.
    points : Points
        What came back there.
    fmt : Format
        Of the results.
    fitted : bool, optional
        Whether a constant of the form was fitted.
    rounded : bool, optional
        Whether the form may have been computed with a few roundings.
    noisy : bool, optional
        Whether terms as large as 1 or the input may have been rounded in it.
    """
    if points.x.size < (_LEAST if fitted else _LEAST_OF_PLAIN):
        return False
    close, share = near(points.got, values, fmt), _SHARE
    with np.errstate(all="ignore"):
        if rounded:
            distance = np.abs(points.got - points.right)
            off = np.abs(points.got - values)
            close |= (off <= distance / _NEARER) & (off <= np.abs(values) / _NEARER)
            share = _SHARE_OF_ROUNDED
        if noisy:
            close |= np.abs(points.got - values) <= 4 * noise(points, fmt)
        apart = ~near(points.right, values, fmt, _APART)
        if fitted and not _told_by(points, values):
            return False
    if points.x.size < _LEAST:
        share = 1.0
    return bool(close.mean() >= share and (close & apart).mean() >= _SHARE_APART)


def _told_by(points: Points, values: Floats) -> bool:
    """Say whether results tell of a fitted constant: they do not if they are all one number.

    Nor do they if the form is not much nearer to them than what is right.
    """
    numbers, counts = np.unique(points.got, return_counts=True)
    common = points.got == numbers[np.argmax(counts)]
    if common.mean() > _COMMON and np.ptp(points.right[common]) > 0:
        if (~common).sum() < _LEAST_OF_PLAIN:
            return False
        points, values = points.chosen(~common), values[~common]
    off, distance = np.abs(points.got - values), np.abs(points.got - points.right)
    return bool(np.nanmedian(off) <= np.nanmedian(distance) / _BETTER)


def contradicted(form: Form, evidence: Evidence) -> NDArray[np.bool_] | None:
    """Return which sound results cannot come from a form, or None if they are next to none."""
    sound = evidence.sound
    if not sound.x.size:
        return None
    off = cannot(form.curve(sound.x), sound, evidence.fmt)
    if off.mean() * evidence.sound_count <= _CONTRADICTED * evidence.wrong_count:
        return None
    return off


def cannot(values: Floats, sound: Points, fmt: Format) -> NDArray[np.bool_]:
    """Say which sound results a form of these values cannot have given."""
    within = np.maximum(_APART, 2 * np.nan_to_num(sound.budget))
    off = ~near(sound.got, values, fmt, within)
    # Near the end of the exponents an intermediate result may underflow.
    least = 2.0 ** (fmt.emin - fmt.emin // 8)
    return off & ~(np.maximum(np.abs(sound.got), np.abs(values)) < least)
