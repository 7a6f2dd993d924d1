"""What a function became on its way to where it runs, told beside what was measured of it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from msgspec import structs

from actinit.adapters import Adapter, NotOffered
from actinit.spec import Activation

from ..check import Outcome
from ..expected.defaults import defaults
from ..formats import Format

__all__ = ["with_operators"]


def with_operators(
    run: Callable[[Adapter], Outcome], entry: Activation, fmt: Format
) -> Callable[[Adapter], Outcome]:
    """Return a check whose outcome says which operators the function is run as.

    Whether they are the right ones is judged by their results alone: many decompositions are as
    good as the function. They are told since a wrong result is hard to understand without them.

    Parameters
    ----------
    run : callable
        The check, as `Check.run`.
    entry : Activation
        The entry.
    fmt : Format
        The format.
    """

    def told(adapter: Adapter) -> Outcome:
        outcome = run(adapter)
        try:
            stages = adapter.operators(entry, np.dtype(fmt.dtype), defaults(entry))
        except NotOffered:
            return outcome
        operators = {stage: list(names) for stage, names in stages.items()}
        words = [f"{stage} as {', '.join(names)}" for stage, names in operators.items()]
        if not words:
            return outcome
        message = f"{outcome.message}; it is {' and '.join(dict.fromkeys(words))}"
        return structs.replace(outcome, operators=operators, message=message)

    return told
