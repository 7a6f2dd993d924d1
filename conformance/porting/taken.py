"""What a framework takes if nothing is said, as its binding has it."""

from __future__ import annotations

from typing import Literal

from actinit.adapters import Binding, Start

__all__ = ["KINDS", "NO_DEFAULT", "default_of", "started"]

#: What has defaults of its own.
KINDS: tuple[Literal["function", "layer"], ...] = ("function", "layer")
#: How a parameter without a default is told.
NO_DEFAULT = "none: it must be given"


def default_of(
    binding: Binding, name: str, stated: float, kind: Literal["function", "layer"]
) -> float | None:
    """Return the value that a parameter has if nobody gives it.

    Parameters
    ----------
    binding : Binding
        What the framework calls the entry.
    name : str
        Of the entry's parameter.
    stated : float
        The entry's own default, which is the framework's where the binding says no other.
    kind : {"function", "layer"}
        Of which of the two.

    Returns
    -------
    float or None
        None if it must be given.
    """
    if name in binding.required:
        return None
    own = binding.defaults.get(name, binding.fixed.get(name, stated))
    return binding.layer_defaults.get(name, own) if kind == "layer" else own


def started(start: Start) -> str:
    """Write how a weight is initialized: the initializer, with parameters and choices."""
    stated = {name: one.text for name, one in start.parameters.items()} | dict(start.choices)
    inside = ", ".join(f"{name} = {value}" for name, value in stated.items())
    return f"{start.initializer} ({inside})" if inside else start.initializer
