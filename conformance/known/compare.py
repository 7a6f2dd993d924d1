"""How what was found stands to what was known: known, worse, new, better or gone.

Slack is small, as a run repeats itself on one machine: it covers a result that is summed in another
order by another number of threads. What is *gross* is beyond what machines and releases differ by.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import msgspec

from ..check import Finding
from ..kinds import MILD
from ..results.baseline import KnownFinding
from ..results.standing import Standing

__all__ = ["COUNT", "ENDS", "ERROR", "GROSS", "compare", "gravest", "position"]

#: A finding is worse if its error grows by more than this factor,
ERROR = 1.05
#: its count by more than this,
COUNT = 1.1
#: or an end of its interval moves outward by more than this part of a binade.
ENDS = 0.125
#: It is grossly worse if error, count or interval grow by more than this factor.
GROSS = 10.0
# A share of the inputs below which no count is gross.
_FEW = 0.01


def compare(found: Sequence[Finding], known: Sequence[KnownFinding]) -> list[Standing]:
    """Hold the findings of a check against those that its baseline has.

    Parameters
    ----------
    found : sequence of Finding
        Those with a kind count.
    known : sequence of KnownFinding
        Empty where the check passed when the baseline was measured.

    Returns
    -------
    list of Standing
        One for each finding that has a kind, then those that are gone.
    """
    before = {one.key: one for one in known}
    standings = []
    for finding in found:
        if finding.kind is None:
            continue
        was = before.pop(finding.key, None)
        gross = ", ".join(_gross(finding, was, known))
        if was is None:
            standings.append(Standing(key=finding.key, status="new", gross=bool(gross), why=gross))
            continue
        worse, better = (
            list(_grown(_Size.of(was), _Size.of(KnownFinding.of(finding)))),
            list(_grown(_Size.of(KnownFinding.of(finding)), _Size.of(was))),
        )
        now = KnownFinding.of(finding)
        if was.error is None and now.error is None and now.got != was.got:
            # What has no size, such as another default, is known only as it was.
            worse.insert(0, f"it is {now.got}, and was {was.got}")
        if finding.kind != was.kind:
            worse.insert(0, f"it is of the kind {finding.kind}, and was of {was.kind}")
        if worse:
            why = ", ".join(worse)
            standings.append(Standing(key=finding.key, status="worse", gross=bool(gross), why=why))
        elif better:
            why = ", ".join(better)
            standings.append(Standing(key=finding.key, status="better", why=why))
        else:
            standings.append(Standing(key=finding.key, status="known"))
    standings += [
        Standing(key=key, status="gone", why=f"{was.key.partition('/')[0]} {_where(was)}".strip())
        for key, was in before.items()
    ]
    return standings


class _Size(msgspec.Struct, frozen=True):
    """What of a finding can grow."""

    error: float
    count: int
    low: float
    high: float

    @classmethod
    def of(cls, one: KnownFinding) -> _Size:
        low, high = (position(end or "") for end in (one.first, one.last))
        return cls(math.inf if one.error is None else one.error, one.count, low, high)


def _grown(before: _Size, after: _Size) -> Iterator[str]:
    """Yield in what a finding is larger than another by more than the slack."""
    if after.error > ERROR * before.error + 0.01:
        yield f"error {before.error:.4g} to {after.error:.4g}"
    if after.count > COUNT * before.count + 1:
        yield f"count {before.count:,} to {after.count:,}"
    if after.low < before.low - ENDS or after.high > before.high + ENDS:
        longer = max(before.low - after.low, 0) + max(after.high - before.high, 0)
        yield f"interval longer by {longer:.2g} binades"


def _gross(
    finding: Finding, was: KnownFinding | None, known: Sequence[KnownFinding]
) -> Iterator[str]:
    """Yield in what a finding is beyond anything that its check was known for."""
    alike = [one for one in known if one.kind == finding.kind]
    if not alike and finding.kind not in MILD:
        of = " and ".join(sorted({one.kind for one in known})) or "none"
        yield f"of the kind {finding.kind}, where the nearest baseline has {of}"
    now = KnownFinding.of(finding)
    budget = finding.worst.budget if finding.worst else 0.0
    # Of a check that passed, the errors were within the budget.
    errors = [math.inf if one.error is None else one.error for one in alike]
    error = math.inf if now.error is None else now.error
    most = max([*errors, budget, 1.0])
    if error > GROSS * most:
        yield f"error {error:.4g}, and at most {most:.4g} in the nearest baseline"
    count = sum(one.count for one in alike)
    if alike and now.count > max(GROSS * count, _FEW * now.points, 1):
        yield f"count {now.count:,}, and {count:,} in the nearest baseline"
    if not alike and now.points and now.count > _FEW * now.points:
        yield f"{now.count:,} of {now.points:,} inputs, and none in the nearest baseline"
    if was is not None and was.first and now.first:
        before, after = _Size.of(was), _Size.of(now)
        if after.high - after.low > GROSS * max(before.high - before.low, 1.0):
            yield "an interval many times as long as in the nearest baseline"


def position(number: str) -> float:
    """Return the place of a number among those of its sign in binades; hex in, 0 for zero.

    Neighbouring binades are 1 apart; the least subnormal of float64 has place 26 on its side.
    """
    try:
        x = float.fromhex(number)
    except ValueError:  # empty, or a row
        return 0.0
    if x == 0 or math.isnan(x):
        return 0.0
    exponent = 1025.0 if math.isinf(x) else math.log2(abs(x))
    return math.copysign(exponent + 1100, x)


def _where(was: KnownFinding) -> str:
    if not was.first or "[" in was.first:
        return ""
    low, high = (float.fromhex(end) for end in (was.first, was.last))
    return f"at {low:.4g}" if low == high else f"from {low:.4g} to {high:.4g}"


def gravest(standings: Sequence[Standing]) -> str:
    """Return the status of a check whose findings stand so; ``passed`` if there are none."""
    order = ("worse", "new", "gone", "better", "known")
    return next((s for s in order if any(one.status == s for one in standings)), "passed")
