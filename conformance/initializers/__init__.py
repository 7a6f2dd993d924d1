"""Checks of initializers: whether weights follow the distribution of the entry."""

from __future__ import annotations

from .checks import checks

__all__ = ["checks"]
