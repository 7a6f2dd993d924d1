"""Hypotheses of parameters that are returned otherwise than the optimizer leaves them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters.training import Step

from .varied import PERIODS, STATEFUL, Hypothesis, Varied, varied

__all__ = ["HYPOTHESES"]

Array = NDArray[Any]


class Free(Varied):
    """Returns other parameters than those that it goes on from."""

    lags = True

    def step(self, x: Array, y: Array) -> Step:
        """Take a step."""
        before = [part.copy() for part in self.parameters]
        step = super().step(x, y)
        return Step(step.loss, step.gradient, self.returned(before, step.parameters))

    def follow(self, parameters: list[Array]) -> None:
        """Go on from its own parameters, as the backend returns others."""

    def returned(self, before: list[Array], after: list[Array]) -> list[Array]:
        """Return what is given for the parameters after a step."""
        raise NotImplementedError


class Faint(Free):
    """Returns a mean of the parameters that fades."""

    how = "from-start"

    def returned(self, before: list[Array], after: list[Array]) -> list[Array]:
        """Return what is given for the parameters after a step."""
        keep, t = self.value, self.steps
        if self.how == "warm":
            keep = min(keep, (1 + t) / (10 + t))
        elif self.how == "warm-from-0":
            keep = min(keep, t / (9 + t))
        last = getattr(self, "mean", None)
        if last is None:
            last = {
                "from-first": after,
                "from-0": [np.zeros_like(p) for p in after],
                "corrected": [np.zeros_like(p) for p in after],
            }.get(self.how, before)
        self.mean = [keep * a + (1 - keep) * p for a, p in zip(last, after, strict=True)]
        scale = 1 - keep**t if self.how == "corrected" else 1.0
        return [a / scale for a in self.mean]


class MeanReturned(Free):
    """Returns the mean of all parameters so far, or of the last ones."""

    with_start = True

    def returned(self, before: list[Array], after: list[Array]) -> list[Array]:
        """Return what is given for the parameters after a step."""
        kept: deque[list[Array]] = self.__dict__.setdefault(
            "kept", deque([before] if self.with_start else [], maxlen=int(self.value) or None)
        )
        kept.append(after)
        return [np.mean(part, axis=0) for part in zip(*kept, strict=True)]


class Behind(Free):
    """Returns the parameters of some steps before."""

    def returned(self, before: list[Array], after: list[Array]) -> list[Array]:
        """Return what is given for the parameters after a step."""
        kept: list[list[Array]] = self.__dict__.setdefault("kept", [before])
        kept.append(after)
        return kept.pop(0) if len(kept) > self.value + 1 else kept[0]


class AtTimes(Free):
    """Returns parameters that are renewed at every so manieth step, or at each epoch's end."""

    by_epoch = False

    def returned(self, before: list[Array], after: list[Array]) -> list[Array]:
        """Return what is given for the parameters after a step."""
        last = getattr(self, "last", before)
        period = self.per_epoch if self.by_epoch else self.value
        self.last = after if self.steps % period == 0 else last
        return self.last


class Best(Free):
    """Returns the parameters of the smallest loss so far."""

    after_step = True

    def returned(self, before: list[Array], after: list[Array]) -> list[Array]:
        """Return what is given for the parameters after a step."""
        if self.now < getattr(self, "least", np.inf):
            self.least, self.best = self.now, after if self.after_step else before
        return self.best

    def learn(self, x: Array, y: Array) -> tuple[float, list[Array]]:
        """Return the mean loss of a batch, and its gradient."""
        loss, gradient = super().learn(x, y)
        self.now = loss
        return loss, gradient


class Lookahead(Varied):
    """Goes only a part of the way from where it stood some steps ago, every so many steps."""

    period = 5
    resets = False

    def apply(self, gradient: list[Array]) -> None:
        """Update, and go back a part of the way."""
        if self.steps == 1:
            self.slow = [part.copy() for part in self.problem.start]
        super().apply(gradient)
        if self.steps % self.period == 0:
            for part, slow in zip(self.parameters, self.slow, strict=True):
                slow += self.value * (part - slow)
                part[:] = slow
            if self.resets:
                self.states = [{} for _ in self.states]


class LookaheadSlow(Free):
    """Returns the slow parameters of it, which change every so many steps."""

    period = 5

    def returned(self, before: list[Array], after: list[Array]) -> list[Array]:
        """Return what is given for the parameters after a step."""
        slow = self.__dict__.setdefault("slow", before)
        if self.steps % self.period == 0:
            slow = [a + self.value * (b - a) for a, b in zip(slow, after, strict=True)]
            self.slow, self.parameters = slow, [part.copy() for part in slow]
        return list(slow)


def _returned() -> Iterator[Hypothesis]:
    faint = {
        "from-start": "from the initial ones on",
        "from-first": "from those after the first step on",
        "from-0": "from 0 on",
        "corrected": "corrected for having begun at 0",
        "warm": "of which less is kept in the first steps, (1 + t) / (10 + t)",
        "warm-from-0": "of which less is kept in the first steps, t / (9 + t)",
    }
    for how, what in faint.items():
        yield Hypothesis(
            "average-returned",
            "the parameters that are returned are an exponential moving average (EMA), which keeps "
            f"{{value}}, {what}",
            varied(Faint, how=how),
            values=(0.9, 0.99, 0.999, 0.5, 0.95, 0.9999, 0.8),
            is_fitted=True,
        )
    for start in (True, False):
        yield Hypothesis(
            "mean-returned",
            "the parameters that are returned are the mean of all so far"
            + ", with the initial ones" * start,
            varied(MeanReturned, with_start=start),
        )
        yield Hypothesis(
            "mean-returned",
            "the parameters that are returned are the mean of the last {value}"
            + ", with the initial ones" * start,
            varied(MeanReturned, with_start=start),
            values=(2, 3, 4, 5, 8, 10, 16),
        )
    yield Hypothesis(
        "returned-late",
        "the parameters that are returned are those of {value} steps before",
        Behind,
        values=(1, 2, 3, 4, 5, 8),
    )
    yield Hypothesis(
        "returned-at-times",
        "the parameters that are returned change at every {value} steps only",
        AtTimes,
        values=PERIODS,
    )
    yield Hypothesis(
        "returned-at-times",
        "the parameters that are returned change at the end of each epoch only",
        varied(AtTimes, by_epoch=True),
    )
    for after in (True, False):
        yield Hypothesis(
            "best-returned",
            "the parameters that are returned are those of the smallest loss so far",
            varied(Best, after_step=after),
        )


def _lookahead() -> Iterator[Hypothesis]:
    for period in PERIODS:
        for change, what in (
            (Lookahead, ""),
            (varied(Lookahead, resets=True), ", and the states begin anew"),
            (LookaheadSlow, ", and only those parameters are returned"),
        ):
            yield Hypothesis(
                "lookahead",
                f"every {period} steps it goes {{value}} of the way from where it stood {period} "
                f"steps before (Lookahead){what}",
                varied(change, period=period),
                values=(0.5, 0.8, 0.2, 0.1, 0.9),
                is_fitted=period in (2, 3, 4, 5, 6, 8, 10),
                optimizers=STATEFUL if "anew" in what else (),
            )


HYPOTHESES = (*_returned(), *_lookahead())
