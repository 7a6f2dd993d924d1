"""Which backends train step by step, and which optimizers they have."""

from __future__ import annotations

from actinit.adapters import Adapter, bindings, frameworks
from actinit.spec import Optimizer

__all__ = ["lacking", "trained"]


def trained() -> list[str]:
    """Return the names of the backends that can be compared with the reference."""
    return [
        name
        for framework in frameworks().values()
        if framework.training
        for name in framework.training.backends
        if name in framework.modes  # and not one that leaves the mode to the framework
    ]


def lacking(adapter: Adapter, entry: Optimizer) -> bool:
    """Say whether a framework has no such optimizer; what an adapter brings along says so."""
    framework = frameworks().get(adapter.family)
    trained = framework.training if framework else None
    return trained is not None and not trained.formulas and adapter.family not in bindings(entry)
