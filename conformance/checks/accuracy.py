"""Values and derivatives over the whole sample, in ulp."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from actinit.adapters import Adapter
from actinit.spec import Activation

from ..formats import FORMATS, Format
from ..metric import measure
from ..oracle.formula import Part
from ..truth import batches
from . import rows
from .base import Check, Outcome
from .judge import outcome_and_curve, subject
from .naming import PARTS, activation_check
from .sample import results, tally

__all__ = ["checks"]

# Range, order and symmetry have checks of their own.
_UNASKED = {"range": (-np.inf, np.inf), "monotone": None, "symmetry": None}
_DEFECTS = ("nonfinite", "beyond", "flushed_input", "flushed_result", "zero_sign")


def checks(entry: Activation) -> Iterator[Check]:
    """Yield the accuracy checks of an entry: ``activation/gelu/float32/value/ulp``."""
    run = _elements if entry.shape == "elementwise" else _rows
    for fmt in FORMATS.values():
        for part in PARTS:
            path = (fmt.name, part, "ulp")
            yield activation_check(entry, path, part, run(entry, fmt, part))


def _elements(entry: Activation, fmt: Format, part: Part) -> Any:
    def run(adapter: Adapter) -> Outcome:
        (batch,) = batches(entry, fmt, part)
        found, asked = tally(adapter, entry, fmt, part, batch, **_UNASKED)
        return outcome_and_curve(found, asked, entry, part, _DEFECTS)

    return run


def _rows(entry: Activation, fmt: Format, part: Part) -> Any:
    def run(adapter: Adapter) -> Outcome:
        asked = []
        for batch in batches(entry, fmt, part):
            got = results(adapter, entry, batch, part)
            errors = measure(got, batch.exact, fmt, x=batch.x, at_zero=batch.at_zero)
            asked.append(rows.Measured(batch, got, errors))
        return rows.judge(asked, fmt, subject(entry, part))

    return run
