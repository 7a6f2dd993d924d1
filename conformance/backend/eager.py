"""Which backends are compiled modes of a framework, and of which eager one."""

from __future__ import annotations

from actinit.adapters import Adapter, frameworks

__all__ = ["eager_name"]


def eager_name(adapter: Adapter) -> str | None:
    """Return the name of the eager mode of a compiled one, and none for what is not compiled.

    The eager mode of a framework is the one that is called as the framework.
    """
    framework = frameworks().get(adapter.family)
    return framework.eager(adapter.name) if framework else None
