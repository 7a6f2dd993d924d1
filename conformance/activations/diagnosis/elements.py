"""What a backend computed in place of an elementwise entry."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from actinit.spec import Activation, Part

from ...formats import Format
from ...undiagnosed import cause_search
from . import entries, fits, precision, slips, tails, variants
from .evidence import Evidence, Floats, Form, Points, contradicted, explains, noise
from .places import moved, region

__all__ = ["Cause", "elements"]


class Cause(NamedTuple):
    """What wrong results look like.

    Attributes
    ----------
    text : str
        In a few words; empty where it is not known.
    whole : bool
        Whether one function explains all of them; otherwise the text may be of a part.
    """

    text: str
    whole: bool = False


Family = Callable[[Evidence], Iterable[Form]]

#: Families of forms without a fitted constant, the plainest first.
FAMILIES: tuple[Family, ...] = (
    entries.swapped,
    variants.roundings,
    entries.others,
    entries.parameters,
    entries.changed,
    variants.relatives,
    variants.of_the_output,
    variants.constants,
    precision.rounded,
    entries.differences,
    slips.slipped,
)

# A form for a part of the inputs is for as many different results, on as wide an interval.
_VARIED, _SPAN = 16, 1.5
# So many inputs may be boundaries of pieces.
_FEW = 2


@cause_search(Cause(""))
def elements(
    entry: Activation,
    fmt: Format,
    part: Part,
    points: Points,
    wrong: NDArray[np.bool_],
    order: NDArray[np.intp],
) -> Cause:
    """Name what the wrong results of an elementwise entry are, or nothing.

    Parameters
    ----------
    entry, fmt, part
        Who was asked for what.
    points : Points
        All results, by ascending input.
    wrong : ndarray of bool
        Which of them are wrong.
    order : ndarray of int
        In which order they were asked.
    """
    if not wrong.any():
        return Cause("")
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # such as of a mean of nothing but nan
        asked = wrong[order]
        found = moved(points.got[order], points.right[order], asked, fmt)
        if found:
            return Cause(found, whole=True)
        where = region(asked)
        if where is None:
            return _named(Evidence.of(entry, fmt, part, points, wrong))
        inside = np.empty_like(where.holds)
        inside[order] = where.holds
        named = _named(Evidence.of(entry, fmt, part, points.chosen(inside), wrong[inside]))
        text = f"{named.text}, {where.text}" if named.text else f"wrong {where.text}"
        return Cause(text, whole=True)


def _named(evidence: Evidence) -> Cause:
    """Name all wrong results together; else those that are finite, and those that are not."""
    if evidence.wrong_count <= _FEW and (found := slips.at_boundary(evidence)):
        return Cause(found, whole=True)
    found, partly = _form(evidence, _values(evidence, FAMILIES))
    if found:
        return Cause(found, whole=True)
    if found := tails.tails(evidence):
        return Cause(found)
    found, more = _form(evidence, _values(evidence, (fits.fitted,)))
    if not found and (coarse := _coarse(evidence)) is not None:
        found, _ = _form(coarse, _values(coarse, (*FAMILIES, fits.fitted)), noisy=True)
    if found:
        return Cause(found, whole=True)
    if found := precision.grain(evidence):
        return Cause(found, whole=True)
    finite = np.isfinite(evidence.wrong.got)
    if finite.any() and not finite.all():
        of_finite = _named(evidence.narrowed(finite)).text
        of_others = tails.tails(evidence.narrowed(~finite))
        if of_finite or of_others:
            return Cause(" and ".join(each for each in (of_finite, of_others) if each))
    return Cause(
        _first(evidence, precision.tabulated(evidence))
        or _of_a_part([*partly, *more], evidence)
        or precision.cancelled(evidence.wrong, evidence.fmt)
    )


def _form(
    evidence: Evidence, candidates: Iterable[tuple[Form, Floats]], *, noisy: bool = False
) -> tuple[str, list[Form]]:
    """Return the name of a form that nothing contradicts; and the forms that sound ones do."""
    partly: list[Form] = []
    candidates = list(candidates)
    for rounded in (True,) if noisy else (False, True):
        for form, values in candidates:
            if _explains(form, values, evidence, rounded=rounded, noisy=noisy):
                if contradicted(form, evidence) is None:
                    return form.name, partly
                partly.append(form)
    return "", partly


def _explains(
    form: Form, values: Floats, evidence: Evidence, *, rounded: bool = False, noisy: bool = False
) -> bool:
    return explains(
        values, evidence.wrong, evidence.fmt, fitted=form.fitted, rounded=rounded, noisy=noisy
    )


def _coarse(evidence: Evidence) -> Evidence | None:
    """Return the evidence of what is further off than roundings of large terms explain."""
    points = evidence.wrong
    chosen = np.abs(points.got - points.right) > 128 * noise(points, evidence.fmt)
    chosen &= np.isfinite(points.got)
    if not 32 <= chosen.sum() < chosen.size:
        return None
    return evidence.narrowed(chosen)


def _first(evidence: Evidence, forms: Iterable[Form]) -> str:
    """Return the name of the first form that explains the wrong results."""
    for form in forms:
        if _explains(form, form.curve(evidence.wrong.x), evidence) and (
            contradicted(form, evidence) is None
        ):
            return form.name
    return ""


def _values(evidence: Evidence, families: Iterable[Family]) -> Iterator[tuple[Form, Floats]]:
    for family in families:
        for form in family(evidence):
            yield form, np.asarray(form.curve(evidence.wrong.x), dtype=np.float64)


def _of_a_part(forms: list[Form], evidence: Evidence) -> str:
    """Name a form that holds for the wrong results, but not for sound ones elsewhere."""
    forms = [form for form in forms if not form.fitted]
    low, high = float(evidence.wrong.x.min()), float(evidence.wrong.x.max())
    # Of a short interval or a few numbers many forms hold.
    short = (low > 0 and high < _SPAN * low) or (high < 0 and low > _SPAN * high)
    if not forms or short or np.unique(evidence.wrong.got).size < _VARIED:
        return ""
    form = forms[0]
    off = contradicted(form, evidence)
    assert off is not None
    between = (evidence.sound.x > low) & (evidence.sound.x < high)
    inside = (off & between).mean() * evidence.sound_count
    if inside > 0.05 * evidence.wrong_count:
        return f"{form.name}, at some inputs"
    if low > evidence.sound.x.max():
        return f"{form.name} for x >= {low:.5g}"
    if high < evidence.sound.x.min():
        return f"{form.name} for x <= {high:.5g}"
    return f"{form.name} for x from {low:.5g} to {high:.5g}"
