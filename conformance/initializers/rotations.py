"""The check of random rotations: that no direction is preferred."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from actinit.adapters import Adapter
from actinit.spec import Initializer
from actinit.spec.distributions import DeltaOrthogonal

from ..check import Check, Finding, Outcome
from ..snippets.weights import STACKED
from . import judges, matrices
from .asked import Sizes, asked_for, gain_of, ordered, reordered
from .diagnosis import kernels as named_kernels
from .draws import Draw
from .goodness import Verdict
from .plan import LARGER, settled, stage_of

__all__ = ["haar"]

Floats = NDArray[np.float64]
# Small matrices, of which many are drawn: the distribution of a rotation shows in all of its sizes.
_SMALL: Sizes = {"i": 8, "o": 8}
_OBLONG: tuple[Sizes, ...] = ({"i": 12, "o": 5}, {"i": 5, "o": 12})


def haar(entry: Initializer, dtype: str, count: int) -> Check:
    """Return the check that no direction is preferred."""
    delta = isinstance(entry.distribution, DeltaOrthogonal)
    path = f"{dtype}/haar"
    layer, around = ("conv1d", {"w": 1}) if delta else ("dense", {})
    square = asked_for(entry, path, dtype, {**around, **_SMALL}, layer)
    oblong = [
        replace(square, sizes={**around, **sizes})
        for sizes in _OBLONG
        if not delta or sizes["i"] <= sizes["o"]
    ]

    by_sides = {"": square, **{f"{one.sizes['i']}x{one.sizes['o']}": one for one in oblong}}

    def run(adapter: Adapter) -> Outcome:
        def tests(stage: int) -> dict[str, Verdict]:
            found = matrices.haar(_many(square, adapter, count, stage))
            for sides, draw in by_sides.items():
                if not sides:
                    continue
                several = matrices.marginal(
                    _many(draw, adapter, count, stage), max(draw.sizes.values())
                )
                found |= {f"{sides}_{name}": test for name, test in several.items()}
            return found

        first, failing = settled(tests)
        cause = named_kernels.rotations(_many(square, adapter, count, 0)) if failing else ""
        if not cause and failing and all(name.endswith("fourth") for name in failing):
            more = max(failing.values(), key=lambda test: abs(test.statistic)).statistic > 0
            what = "seek" if more else "shun"
            cause = f"rotations that {what} the axes, in whatever order and sign"
        if not failing:
            message = f"{count} matrices: no direction is preferred"
        else:
            plainest = min(failing, key=lambda name: failing[name].p)
            message = (
                f"{count} matrices of {_SMALL['i']} rows: the distribution is not Haar measure; "
                f"{plainest.replace('_', ' ')} is off, p = {failing[plainest].p:.2g} "
                f"({len(failing)} of {len(first)} tests)"
                f"{f'; this looks like: {cause}' if cause else ''}"
            )
        measured = {"matrices": count, **judges.figures(first)}
        if failing:
            stage = stage_of(first, failing)
            drawn = {
                sides: _many(draw, adapter, count, stage)
                for sides, draw in by_sides.items()
                if any(_sides(name) == sides for name in failing)
            }
            worst = {
                name: matrices.figure(
                    name.removeprefix(f"{_sides(name)}_"), drawn[_sides(name)], test
                )
                for name, test in failing.items()
            }
            findings = judges.by_test(failing, "distribution", "haar", message, worst, cause)
            return Outcome.diverging(findings, message, measured=measured)
        return Outcome(conforms=True, message=message, measured=measured)

    def lines(adapter: Adapter, finding: Finding | None) -> str:
        draw = by_sides[_sides(finding.key.partition("/")[2] if finding else "")]
        rows, columns = draw.sizes["i"], draw.sizes["o"]
        many = STACKED.replace("{end}", "{seed} + " + str(count))
        flat = f"\nw = w.reshape(-1, {rows}, {columns}) / {gain_of(draw)!r}"
        return draw.lines(adapter, finding, f"{many}{reordered(draw, adapter, 1)}{flat}")

    return square.check("distribution", run, lines)


def _sides(name: str) -> str:
    """Return the sides of the matrices that a test is of; empty for the square ones."""
    first = name.partition("_")[0]
    return first if first[:1].isdigit() else ""


def _many(draw: Draw, adapter: Adapter, count: int, stage: int) -> Floats:
    """Draw many small matrices, rows by columns, each with a seed of its own, and divide the gain.

    The later stages draw more.
    """
    drawn = draw.offered(adapter)
    gain = gain_of(drawn)
    return np.stack([
        ordered(drawn, adapter, drawn.run(adapter, later=place + 2**20 * stage)).reshape(
            -1, draw.sizes["o"]
        ) / gain
        for place in range(count * LARGER**stage)
    ])  # fmt: skip
