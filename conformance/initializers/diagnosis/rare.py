"""What rare events look like: tails that are clipped, a number returned after some tries."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from scipy import special

from ...undiagnosed import cause_search
from ..plan import DOUBT
from ..standard import Standard

__all__ = ["of_rare"]

# A rate is told from another by so many standard errors.
_ERRORS = 5.0
# Tries after which a sampler may give up that are told apart.
_TRIES = 12
# So many times what is due is no mere excess.
_MANY = 3
_NAMES = {"zeros": "0", "means": "the mean"}


@cause_search("")
def of_rare(
    distribution: Standard,
    counts: Mapping[str, int],
    size: int,
    failing: Collection[str],
    furthest: float,
) -> str:
    """Return what makes rare events too many or too few; empty if that is not recognized.

    Parameters
    ----------
    distribution : Standard
        What was to be drawn.
    counts : mapping of str to int
        How often each event happened; see `actinit.conformance.initializers.rare`.
    size : int
        How many weights were drawn.
    failing : collection of str
        The tests that failed.
    furthest : float
        Standard deviations from the mean to the outermost weight.
    """
    ends = [name for name in ("lower_end", "upper_end") if name in failing]
    if ends:
        return _at_ends(distribution, {name: counts[name] for name in ends}, size)
    for name, words in _NAMES.items():
        if name in failing:
            tries = _tries(distribution, counts[name], size)
            return (
                f"{words} is returned after {tries} tries that fall outside the bounds"
                if tries
                else f"{words} is returned instead of a draw, once in {size / counts[name]:,.3g}"
            )
    return _in_tails(distribution, counts, size, failing, furthest)


def _at_ends(distribution: Standard, ends: Mapping[str, int], size: int) -> str:
    count = sum(ends.values())
    left = _outside(distribution)
    if left and all(
        _near(ends[name], size * share)
        for name, share in zip(("lower_end", "upper_end"), left, strict=True)
        if name in ends
    ):
        return "the tails are clipped to the bounds, not drawn again"
    if tries := _tries(distribution, count, size):
        return f"a bound is returned after {tries} tries that fall outside"
    out = {
        "lower_end": (distribution.mean - distribution.low) / distribution.stddev,
        "upper_end": (distribution.high - distribution.mean) / distribution.stddev,
    }
    far = max(out[name] for name in ends)
    return (
        f"a bound, {far:,.4g} standard deviations from the mean, is returned instead of a draw, "
        f"once in {size / count:,.3g}"
    )


def _outside(distribution: Standard) -> tuple[float, float] | None:
    """Return the shares of a bell that lie below and above its cut."""
    if distribution.frozen.dist.name != "truncnorm":
        return None
    low, high = distribution.frozen.args
    return float(special.ndtr(low)), float(special.ndtr(-high))


def _tries(distribution: Standard, count: int, size: int) -> int:
    """Return after how many tries outside the bounds a rejection gave up; 0 if at none."""
    left = _outside(distribution)
    if left is None:
        return 0
    share = sum(left)
    return next(
        (k for k in range(2, _TRIES) if share > 0 and _near(count, size * share**k)),
        0,
    )


def _near(count: int, expected: float) -> bool:
    return abs(count - expected) < _ERRORS * math.sqrt(max(expected, 1.0)) and count > 0


def _in_tails(
    distribution: Standard,
    counts: Mapping[str, int],
    size: int,
    failing: Collection[str],
    furthest: float,
) -> str:
    cuts = sorted({
        int(cut)
        for side, _, cut in (name.partition("_") for name in failing)
        if side in ("lower", "upper") and cut.isdecimal()
    })  # fmt: skip
    if not cuts:
        return ""
    got = {cut: counts.get(f"lower_{cut}", 0) + counts.get(f"upper_{cut}", 0) for cut in cuts}
    due = {cut: size * distribution.beyond_both(cut * distribution.stddev) for cut in cuts}
    first = cuts[0]
    if got[first] < due[first]:
        missing = size * distribution.beyond_both(furthest * distribution.stddev)
        if missing > -math.log(DOUBT):
            return f"no draws beyond {furthest:.4g} standard deviations"
        return "tails that are lighter than the distribution's"
    more = got[first] - due[first]
    # The inner cuts count what lies further out as well: of a contamination it is nearly all.
    for cut in reversed(cuts):
        if got[cut] > _MANY * due[cut] and got[cut] - due[cut] > more / 2:
            return (
                f"a contamination: one draw in {size / got[cut]:,.3g} lies {cut} standard "
                f"deviations out or further, up to {furthest:.4g}"
            )
    return "tails that are heavier than the distribution's"
