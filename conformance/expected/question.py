"""What an entry asks of a backend's results, as a question that the kernels can put."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from actinit.spec import Activation, Part, budget_of, compute, evaluate

from ..error.metric import ulp
from ..error.ordinals import ordinals
from ..error.question import Question
from ..formats import Format
from .budgets import budgets
from .caps import cap
from .defaults import defaults, kinks_of
from .reference import at_zero

__all__ = ["question"]


def question(entry: Activation, fmt: Format, part: Part) -> Question:
    """Return what an elementwise entry asks in a format.

    Parameters
    ----------
    entry : Activation
        The entry, at the defaults of its parameters.
    fmt : Format
        Of inputs and results.
    part : {"value", "derivative"}
        What is asked of the backend.

    Returns
    -------
    Question
        Range, monotonicity and symmetry are those that the entry states; a derivative has no more
        than a symmetry. Kinks, and special cases that the entry leaves open, are open.
    """
    properties = entry.properties
    of_value = part == "value"
    granted = compute(budget_of(entry, part).budget, {**fmt.elementary, "kappa": 0.0})
    least = min(float(granted), cap(fmt))
    zero = at_zero(entry, fmt, part, np.zeros(1))
    return Question(
        fmt=fmt,
        base_budget=least,
        budget=partial(budgets, entry, fmt, part),
        range=_range(entry, fmt, least) if of_value else (-np.inf, np.inf),
        monotone=properties.monotone if of_value else None,
        symmetry=properties.symmetry if of_value else properties.derivative_symmetry,
        at_zero=(float(zero[0][0]), float(zero[1][0])),
        open=tuple(_open(entry, fmt, part)),
        any_zero=tuple(
            int(ordinals(np.array(case.x), fmt))
            for case in entry.special.cases
            if getattr(case, part) == "any zero" and fmt.holds(case.x)
        ),
    )


def _range(entry: Activation, fmt: Format, least: float) -> tuple[float, float]:
    """Return the bounds of the values; one that is no integer may be passed by the budget.

    An integer is a number of every format, and no rounding leads past it.
    """
    low, high = (evaluate(end, defaults(entry)) for end in entry.value.range)
    found = []
    for bound, outward in ((low, -1), (high, 1)):
        if np.isfinite(bound) and not float(bound).is_integer():
            bound += outward * (least + 0.5) * float(ulp(np.asarray(bound), fmt))
        # A format without infinities would make nan of no bound.
        found.append(float(np.asarray(bound).astype(fmt.dtype)) if np.isfinite(bound) else bound)
    return found[0], found[1]


def _open(entry: Activation, fmt: Format, part: Part) -> Iterator[tuple[int, int]]:
    """Yield from and to which places any result will do."""
    points = [case.x for case in entry.special.cases if getattr(case, part) == "any"]
    if part == "derivative":  # a kink is judged by a check of its own
        points += [evaluate(kink.at, defaults(entry)) for kink in kinks_of(entry)]
    for point in points:
        if np.isnan(point):
            end = np.inf if fmt.infinities else fmt.row.largest
            last_number, last = int(ordinals(np.array(end), fmt)), fmt.sign - 1
            yield last_number + 1, last
            yield -1 - last, -2 - last_number
        elif fmt.holds(point):
            ends = (0.0, -0.0) if point == 0 else (point,)
            for place in ordinals(np.array(ends), fmt):
                yield int(place), int(place)
