"""Hold a run against what the spec expects of its initialization."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from actinit.spec.experiment import ArticleFigures, Start, Stays, ValAccuracy

from ..results.training import Epoch, Figures, Verdict

__all__ = ["FIGURES", "article", "judge", "minus_article"]

#: The names of the four figures, in the order in which Keras prints them.
FIGURES = Figures.__struct_fields__


def article(start: Start, epoch: int) -> Figures | None:
    """Return the article's figures at the end of an epoch, counted from 1, if it has them."""
    if epoch > len(start.loss):
        return None
    return Figures(**{name: getattr(start, name)[epoch - 1] for name in FIGURES})


def minus_article(start: Start, epochs: Sequence[Epoch]) -> list[Figures]:
    """Return for each epoch that the article has how far the figures are from its own."""
    return [
        Figures(**{name: getattr(mine, name) - getattr(theirs, name) for name in FIGURES})
        for number, mine in enumerate(epochs, 1)
        if (theirs := article(start, number))
    ]


def judge(start: Start, epochs: Sequence[Epoch]) -> Verdict:
    """Return whether the epochs of a run show what is expected of the initialization."""
    match start.expect:
        case ArticleFigures() as expect:
            return _judge_figures(start, expect, epochs)
        case ValAccuracy() as expect:
            return _judge_accuracy(expect, epochs)
        case Stays() as expect:
            return _judge_stays(expect, epochs)


def _judge_figures(start: Start, expect: ArticleFigures, epochs: Sequence[Epoch]) -> Verdict:
    first, decimals = expect.from_epoch, expect.decimals
    expected = (
        f"the article's figures from epoch {first} on, "
        f"at most {expect.units} off in decimal {decimals}"
    )
    pairs = [
        (f"epoch {number} {name}", getattr(mine, name), getattr(theirs, name))
        for number, mine in enumerate(epochs, 1)
        if number >= first and (theirs := article(start, number))
        for name in FIGURES
    ]
    if not pairs:
        return Verdict(status="not judged", expected=expected, found=f"{len(epochs)} epoch(s)")
    worst, others = 0, []
    for what, got, wanted in pairs:
        units = round(abs(round(got, decimals) - wanted) * 10**decimals)
        worst = max(worst, units)
        if units:
            others.append(f"{what} {got:.{decimals}f}, the article's {wanted:.{decimals}f}")
    return Verdict(
        status="met" if worst <= expect.units else "missed",
        expected=expected,
        found="; ".join(others) or f"the article's figures, to {decimals} decimals",
    )


def _judge_accuracy(expect: ValAccuracy, epochs: Sequence[Epoch]) -> Verdict:
    best = max(epoch.val_accuracy for epoch in epochs[: expect.by_epoch])
    status: Literal["met", "missed", "not judged"] = "met"
    if best < expect.at_least:
        status = "missed" if len(epochs) >= expect.by_epoch else "not judged"
    return Verdict(
        status=status,
        expected=f"validation accuracy {expect.at_least:.3f} by epoch {expect.by_epoch}",
        found=f"{best:.4f} in {min(len(epochs), expect.by_epoch)} epoch(s)",
    )


def _judge_stays(expect: Stays, epochs: Sequence[Epoch]) -> Verdict:
    values = [getattr(epoch, expect.figure) for epoch in epochs[: expect.until_epoch]]
    low, high = expect.at_least, expect.at_most
    status: Literal["met", "missed", "not judged"] = "missed"
    if all(low <= value <= high for value in values):
        status = "met" if len(epochs) >= expect.until_epoch else "not judged"
    bounds = [f"at least {low:g}"] * math.isfinite(low) + [f"at most {high:g}"] * math.isfinite(
        high
    )
    what = {"val_loss": "validation loss", "val_accuracy": "validation accuracy"}[expect.figure]
    return Verdict(
        status=status,
        expected=f"{what} {' and '.join(bounds)} until epoch {expect.until_epoch}",
        found=f"{min(values):.6g} to {max(values):.6g} in {len(values)} epoch(s)",
    )
