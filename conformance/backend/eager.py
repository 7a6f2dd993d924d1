"""Which backends are compiled modes of a framework, and of which eager one."""

from __future__ import annotations

from actinit.adapters import NAMES, Adapter
from actinit.spec import backends

__all__ = ["eager_name"]


def eager_name(adapter: Adapter) -> str | None:
    """Return the name of the eager mode of a compiled one, and none for what is not compiled.

    The eager mode of a framework is the one that is called as the framework.
    """
    family = adapter.family
    modes = backends()[family].modes if family in backends() else {}
    if family not in modes or family not in NAMES or adapter.name == family:
        return None
    return family
