"""Which backends are compiled or exported modes of a framework, and of which eager one."""

from __future__ import annotations

from actinit.adapters import Adapter, frameworks

__all__ = ["eager_name", "way_of"]


def eager_name(adapter: Adapter) -> str | None:
    """Return the name of the eager mode of another one, and none for what is no such mode.

    The eager mode of a framework is the one that is called as the framework.
    """
    framework = frameworks().get(adapter.family)
    return framework.eager(adapter.name) if framework else None


def way_of(adapter: Adapter) -> str:
    """Return what a mode does to a function, as sentences have it: ``compiled``, ``exported``."""
    framework = frameworks().get(adapter.family)
    return "exported" if framework and adapter.name in framework.exported else "compiled"
