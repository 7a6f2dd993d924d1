"""What a backend computes when nobody says anything, and whether its layer is its function."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from actinit.adapters import Adapter, NotOffered, bindings
from actinit.spec import Activation, holds

from ..check import Check, Finding, Outcome, Witness
from ..expected.defaults import defaults
from ..formats import describe, hexadecimal
from .diagnosis.settings import usual
from .naming import activation_check

__all__ = ["checks"]

# Sixteenths: exact in every format, both signs, around every kink.
_X = (np.arange(-64, 65) / 16).astype(np.float32)


def checks(entry: Activation) -> Iterator[Check]:
    """Yield the checks of an entry's defaults and layer: ``activation/elu/defaults/layer``."""
    if entry.parameters:
        for form in ("function", "layer"):
            yield activation_check(entry, ("defaults", form), "parameters", _defaults(entry, form))
    yield activation_check(entry, ("layer",), "value", _layer(entry))


def _input(entry: Activation) -> Any:
    return _X if entry.shape == "elementwise" else _X.reshape(-1, 3)


def _defaults(entry: Activation, form: str) -> Any:
    stated = defaults(entry)

    def run(adapter: Adapter) -> Outcome:
        ask = adapter.value if form == "function" else adapter.layer
        listed = _listed(stated)
        got = ask(entry, _input(entry), {})
        theirs = _theirs(adapter, entry, form, got)
        reason = f", but at {_listed(theirs)}" if theirs else ""
        return _same(
            entry, got, ask(entry, _input(entry), stated),
            f"the {form}, called without arguments, is not the entry at {listed}{reason}",
            f"the {form}'s defaults are the entry's: {listed}",
            f"defaults/{form}", theirs,
        )  # fmt: skip

    return run


def _theirs(adapter: Adapter, entry: Activation, form: str, got: Any) -> dict[str, float]:
    """Return the defaults that the results are those of, at which one differs; none if unknown.

    First those that the backend's binding states, then other usual ones of each parameter.
    """

    def is_so(stated: Mapping[str, float]) -> bool:
        try:
            at = adapter.value(entry, _input(entry), {**defaults(entry), **stated})
        except (NotOffered, ValueError):  # of a parameter, or of its value
            return False
        return np.array_equal(at, got)

    binding = bindings(entry).get(adapter.family)
    stated: Mapping[str, float] = {}
    if binding is not None:
        stated = binding.defaults if form == "function" else binding.layer_defaults
    tried = [
        {name: value}
        for name, parameter in entry.parameters.items()
        for value in usual(parameter.default)
        if holds(parameter.domain, {**defaults(entry), name: value})
    ]
    return next((dict(one) for one in (stated, *tried) if one and is_so(one)), {})


def _layer(entry: Activation) -> Any:
    def run(adapter: Adapter) -> Outcome:
        return _same(
            entry, adapter.layer(entry, _input(entry), defaults(entry)),
            adapter.value(entry, _input(entry), defaults(entry)),
            "the layer is not the function", "the layer is the function", "layer", {},
        )  # fmt: skip

    return run


def _same(
    entry: Activation,
    got: Any,
    right: Any,
    complaint: str,
    praise: str,
    key: str,
    theirs: dict[str, float],
) -> Outcome:
    differs = (got != right).reshape(len(_input(entry)), -1).any(axis=1)
    if not differs.any():
        return Outcome(conforms=True, message=praise)
    # Show the place where it is plainest.
    with np.errstate(invalid="ignore"):
        gap = np.abs(got.astype(np.float64) - right.astype(np.float64)).reshape(len(got), -1)
    at = int(np.argmax(np.nan_to_num(gap, nan=np.inf).max(axis=1)))
    x = _input(entry)[at]
    places = _input(entry)[differs]
    ends = (places.min(), places.max())
    finding = Finding(
        key=key,
        kind="definition",
        defect="defaults" if key.startswith("defaults") else "layer",
        sentence=f"{complaint}: at x = {describe(x)} it gives {describe(got[at])}, "
        f"not {describe(right[at])}",
        first=describe(ends[0]),
        last=describe(ends[1]),
        first_hex=hexadecimal(ends[0]),
        last_hex=hexadecimal(ends[1]),
        count=int(differs.sum()),
        points=len(differs),
        worst=Witness.of(x, got[at], right[at]),
        data=dict(theirs),
        looks_like=_listed(theirs),
    )
    return Outcome.diverging([finding], grade="F")


def _listed(parameters: Mapping[str, float]) -> str:
    return ", ".join(f"{name} = {value:g}" for name, value in parameters.items())
