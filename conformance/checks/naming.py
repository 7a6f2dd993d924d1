"""Ids, clauses and snippets: how a check of an activation is named and shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from actinit.adapters import Adapter
from actinit.spec import Activation, backends

from ..oracle.formula import Part
from .base import LOAD, Check, Outcome

__all__ = ["PARTS", "activation_check"]

PARTS: tuple[Part, ...] = ("value", "derivative")

# For backends that the spec has no snippet for; it works for any adapter.
_GENERIC = """\
import numpy as np
from actinit import adapters, spec
backend, entry = adapters.load("{backend}"), spec.activations["{entry}"]
x = np.array({x}, dtype="{dtype}")
print(backend.{method})"""


def activation_check(
    entry: Activation,
    path: tuple[str, ...],
    table: str,
    run: Callable[[Adapter], Outcome],
) -> Check:
    """Make a check of an activation.

    Parameters
    ----------
    entry : Activation
        The entry.
    path : tuple of str
        The id below the entry, such as ("float32", "value", "ulp").
    table : str
        The table of the entry's file that the check stands on.
    run : callable
        As in `Check`.
    """
    return Check(
        id="/".join(("activation", entry.name, *path)),
        entry=entry,
        clause=f"spec/activations/{entry.name}.toml [{table}]",
        run=run,
        snippet=partial(snippet, entry=entry, path=path),
    )


def snippet(
    adapter: Adapter, outcome: Outcome | None, *, entry: Activation, path: tuple[str, ...]
) -> str:
    """Return lines to paste that show what the backend does at the check's worst input.

    Parameters
    ----------
    adapter : Adapter
        The backend.
    outcome : Outcome or None
        What was found; its witness gives the input.
    entry : Activation
        The entry.
    path : tuple of str
        The id below the entry.
    """
    dtype = path[0] if len(path) == 3 else "float32"
    part = "derivative" if "derivative" in path else "value"
    x = outcome.witness.x if outcome and outcome.witness else "0.0"
    x = x.replace("inf", "float('inf')").replace("nan", "float('nan')")
    binding = entry.backends.get(adapter.family)
    templates = backends()[adapter.family].snippet if adapter.family in backends() else {}
    if binding and part in templates:
        keywords = {name: parameter.default for name, parameter in entry.parameters.items()}
        arguments = {**binding.arguments, **keywords}
        call = binding.function or f"{binding.layer}()"
        passed = "".join(f", {name}={value!r}" for name, value in arguments.items())
        return templates[part].format(function=call, arguments=passed, x=x, dtype=dtype)
    method = (
        "value(entry, x, {})"
        if part == "value"
        else "gradient(entry, x, np.ones_like(backend.value(entry, x, {})), {})"
    )
    return _GENERIC.format(backend=LOAD, entry=entry.name, x=x, dtype=dtype, method=method)
