"""Values and derivatives over the whole sample, in ulp."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters import Adapter
from actinit.spec import Activation

from ..formats import FORMATS, Format
from ..metric import measure
from ..oracle.formula import Part
from ..truth import Batch, batches, defaults
from .base import Check, Outcome
from .judge import Measured, judge
from .naming import PARTS, activation_check

__all__ = ["checks", "results"]


def results(adapter: Adapter, entry: Activation, batch: Batch, part: Part) -> NDArray[Any]:
    """Ask the backend for the value or the derivative of a batch."""
    if part == "value":
        return adapter.value(entry, batch.x, defaults(entry))
    return adapter.gradient(entry, batch.x, batch.upstream, defaults(entry))


def checks(entry: Activation) -> Iterator[Check]:
    """Yield the accuracy checks of an entry: ``activation/gelu/float32/value/ulp``."""
    for fmt in FORMATS.values():
        for part in PARTS:
            yield activation_check(entry, (fmt.name, part, "ulp"), part, _runner(entry, fmt, part))


def _runner(entry: Activation, fmt: Format, part: Part) -> Any:
    def run(adapter: Adapter) -> Outcome:
        measured = []
        for batch in batches(entry, fmt, part):
            got = results(adapter, entry, batch, part)
            errors = measure(got, batch.exact, fmt, x=batch.x, at_zero=batch.at_zero)
            measured.append(Measured(batch, np.asarray(got), errors))
        return judge(measured, fmt)

    return run
