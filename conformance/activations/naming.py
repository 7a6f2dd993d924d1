"""Ids, clauses and snippets: how a check of an activation is named and shown."""

from __future__ import annotations

from collections.abc import Callable

from actinit.adapters import Adapter
from actinit.spec import Activation, Part

from ..check import Check, Outcome
from ..snippets import lines

__all__ = ["PARTS", "activation_check"]

PARTS: tuple[Part, ...] = ("value", "derivative")


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
        snippet=lambda adapter, outcome: lines(adapter, outcome, entry, path),
    )
