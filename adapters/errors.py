"""What an adapter or the search for one raises."""

from __future__ import annotations

__all__ = ["AdapterError", "BackendMissingError", "NotOffered"]


class NotOffered(LookupError):  # noqa: N818 - not an error: a backend may lack an entry
    """The backend has no such function, layer or initializer; the suite does not emulate it."""


class AdapterError(ImportError):
    """An adapter cannot be loaded; says why and how to go on."""


class BackendMissingError(AdapterError):
    """The framework under an adapter is not installed; says what to install."""
