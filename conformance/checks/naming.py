"""Ids, clauses and snippets: how a check of an activation is named and shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from actinit.adapters import Adapter
from actinit.adapters.base import keywords
from actinit.spec import Activation, backends

from ..eager import eager_name
from ..formats import FORMATS
from ..oracle.formula import Part
from .base import LOAD, Check, Outcome

__all__ = ["PARTS", "activation_check"]

PARTS: tuple[Part, ...] = ("value", "derivative")

# For backends that the spec has no snippet for, and for arrays; it works for any adapter.
_ANY_BACKEND = """\
import ml_dtypes, numpy as np
from actinit import adapters, spec
backend, entry = adapters.load("{backend}"), spec.activations["{entry}"]
x, parameters = np.array({x}, dtype="{dtype}"), {parameters}
"""
_ASK = {
    "value": "print(backend.value(entry, x, parameters))",
    "derivative": """\
upstream = np.ones_like(backend.value(entry, x, parameters))
print(backend.gradient(entry, x, upstream, parameters))""",
    "upstream": """\
upstream = np.array({upstream}, dtype=x.dtype)
print(backend.gradient(entry, x, upstream, parameters))""",
    "second": "print(backend.second(entry, x, np.ones_like(x), parameters))",
}
# One input alone and in an array; the two must print the same numbers.
_ASK_IN_ARRAY = {
    "value": """\
for array in (x, {array}):
    print(backend.value(entry, array, parameters))""",
    "derivative": """\
for array in (x, {array}):
    upstream = np.ones_like(backend.value(entry, array, parameters))
    print(backend.gradient(entry, array, upstream, parameters))""",
}


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
    dtype = path[0] if path[0] in FORMATS else "float32"
    asked = next((word for word in ("upstream", "second", "derivative") if word in path), "value")
    witness = outcome.witness if outcome else None
    x, array, upstream = "0.0", "", "1.0"
    if witness:
        x, array, upstream = witness.x, witness.array, witness.upstream
    numbers = {"x": _literal(x), "upstream": _literal(upstream), "dtype": dtype}
    parameters = {name: parameter.default for name, parameter in entry.parameters.items()}
    binding = entry.backends.get(adapter.family)
    templates = backends()[adapter.family].snippet if adapter.family in backends() else {}
    eager = eager_name(adapter)
    if binding and asked in templates and not array and eager is None:
        arguments = keywords(entry, binding, parameters)
        call = binding.function or f"{binding.layer}()"
        passed = "".join(f", {name}={value!r}" for name, value in arguments.items())
        return templates[asked].format(function=call, arguments=passed, **numbers)
    lines = _ANY_BACKEND + (_ASK_IN_ARRAY if array else _ASK)[asked]
    if "mode" in path and eager is not None:
        lines += f'\nbackend = adapters.load("{eager}")\n' + _ASK[asked]
    return lines.format(
        backend=LOAD, entry=entry.name, parameters=parameters, array=array, **numbers
    )


def _literal(numbers: str) -> str:
    """Return numbers as Python reads them."""
    return numbers.replace("inf", "float('inf')").replace("nan", "float('nan')")
