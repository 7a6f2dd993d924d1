"""What a backend computes when nobody says anything, and whether its layer is its function."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from actinit.adapters import Adapter
from actinit.spec import Activation

from ..formats import describe
from ..truth import defaults
from .base import Check, Outcome, Witness
from .naming import activation_check

__all__ = ["checks"]

# Sixteenths: exact in every format, both signs, around every kink.
_X = (np.arange(-64, 65) / 16).astype(np.float32)


def checks(entry: Activation) -> Iterator[Check]:
    """Yield the checks of an entry's defaults and layer: ``activation/elu/defaults/layer``."""
    if entry.parameters:
        for form in ("function", "layer"):
            yield activation_check(entry, ("defaults", form), "parameters", _defaults(entry, form))
    yield activation_check(entry, ("layer",), "backends", _layer(entry))


def _input(entry: Activation) -> Any:
    return _X if entry.shape == "elementwise" else _X.reshape(-1, 3)


def _defaults(entry: Activation, form: str) -> Any:
    def run(adapter: Adapter) -> Outcome:
        ask = adapter.value if form == "function" else adapter.layer
        stated = ", ".join(f"{name} = {value:g}" for name, value in defaults(entry).items())
        return _same(
            entry, ask(entry, _input(entry), {}), ask(entry, _input(entry), defaults(entry)),
            f"the {form}, called without arguments, is not the entry at {stated}",
            f"the {form}'s defaults are the entry's: {stated}",
        )  # fmt: skip

    return run


def _layer(entry: Activation) -> Any:
    def run(adapter: Adapter) -> Outcome:
        return _same(
            entry, adapter.layer(entry, _input(entry), defaults(entry)),
            adapter.value(entry, _input(entry), defaults(entry)),
            "the layer is not the function", "the layer is the function",
        )  # fmt: skip

    return run


def _same(entry: Activation, got: Any, right: Any, complaint: str, praise: str) -> Outcome:
    differs = (got != right).reshape(len(_input(entry)), -1).any(axis=1)
    if not differs.any():
        return Outcome(conforms=True, message=praise)
    # Show the place where it is plainest.
    gap = np.abs(got.astype(np.float64) - right.astype(np.float64)).reshape(len(got), -1)
    at = int(np.argmax(gap.max(axis=1)))
    x = _input(entry)[at]
    return Outcome(
        conforms=False,
        kind="definition",
        grade="F",
        message=f"{complaint}: at x = {describe(x)} it gives {describe(got[at])}, "
        f"not {describe(right[at])}",
        witness=Witness.of(x, got[at], right[at]),
    )
