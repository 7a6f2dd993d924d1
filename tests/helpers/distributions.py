"""Distributions that exist for a test alone, and are gone when it ends."""

from __future__ import annotations

import sys

from actinit.adapters import discovery

__all__ = ["forget"]


def forget(*names: str) -> None:
    """Have packages imported anew, from wherever they lie then, and frameworks looked for anew."""
    for module in [one for one in sys.modules if one.partition(".")[0] in names]:
        del sys.modules[module]
    discovery._found.cache_clear()
