"""The checks of layers: the fans that their kernels are taken to have, and what they start with."""

from __future__ import annotations

from collections.abc import Iterator

from actinit.spec import Layer

from ..check import Check
from . import apart, fans, odd, starts

__all__ = ["checks"]


def checks(entry: Layer) -> Iterator[Check]:
    """Yield the checks of a kind of layer, with ids such as ``layer/conv2d/kernel/fans``."""
    for name, weight in entry.weights.items():
        if weight.fan_in:
            yield fans.check(entry, name)
        yield starts.check(entry, name)
    yield from apart.checks(entry)
    yield from odd.checks(entry)
