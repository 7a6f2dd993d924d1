"""The exact oracle: what the entry's formula is worth, enclosed and rounded without doubt."""

from __future__ import annotations

from .enclose import OracleError, enclose, enclose_rows
from .result import Exact
from .store import exact, exact_orders

__all__ = ["Exact", "OracleError", "enclose", "enclose_rows", "exact", "exact_orders"]
