"""A compiled or exported mode of a framework against its eager one: what changes on the way."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from actinit.adapters import Adapter, NotOffered, load
from actinit.spec import Activation, Part

from ..backend.eager import eager_name, way_of
from ..check import Check, Outcome
from ..expected.batches import batches
from ..formats import ARITHMETIC, Format
from .compared import Compared, Ways, outcome_of
from .judge import subject
from .naming import PARTS, activation_check
from .sample import results

__all__ = ["checks"]

_eager = cache(load)


def checks(entry: Activation) -> Iterator[Check]:
    """Yield the checks of modes: ``activation/elu/float32/value/mode``."""
    for fmt in ARITHMETIC.values():
        for part in PARTS:
            run = _runner(entry, fmt, part)
            yield activation_check(entry, (fmt.name, part, "mode"), part, run)


def _runner(entry: Activation, fmt: Format, part: Part) -> Any:
    def run(adapter: Adapter) -> Outcome:
        name = eager_name(adapter)
        if name is None:
            raise NotOffered(f"{adapter.name} is no compiled or exported mode of a framework")
        eager = _eager(name)
        compared = [
            Compared(
                entry, fmt, part, batch, results(adapter, entry, batch, part),
                results(eager, entry, batch, part),
            )
            for batch in batches(entry, fmt, part)
        ]  # fmt: skip
        return outcome_of(compared, subject(entry, part), Ways(way_of(adapter), "eager"))

    return run
