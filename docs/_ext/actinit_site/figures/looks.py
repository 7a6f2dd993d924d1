"""How a backend looks in every plot: a colour for its family, a dash for its mode."""

from __future__ import annotations

from typing import Any

from actinit.adapters import frameworks

from .canvas import SERIES

__all__ = ["look"]


def look(backend: str) -> dict[str, Any]:
    """Return colour, dash and width of a backend's line."""
    known = frameworks()
    for place, family in enumerate(known.values()):
        modes = list(family.modes)
        if backend in modes:
            dash = ("-", "--", ":")[modes.index(backend) % 3]
            return {"color": SERIES[place % 7], "linestyle": dash, "linewidth": 1.6}
    return {"color": SERIES[len(known) % 7], "linestyle": "-", "linewidth": 1.6}
