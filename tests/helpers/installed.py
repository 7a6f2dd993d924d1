"""A backend where a test can have it."""

from __future__ import annotations

import pytest

from actinit import adapters

__all__ = ["loaded"]


def loaded(name: str) -> adapters.Adapter:
    """Return the adapter of a backend; without what it needs, the test is skipped.

    Raises
    ------
    AdapterError
        If it is there, and cannot be loaded.
    """
    try:
        return adapters.load(name)
    except adapters.BackendMissingError as missing:
        pytest.skip(str(missing))
