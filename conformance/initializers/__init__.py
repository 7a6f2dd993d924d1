"""Is what an initializer draws from the law of its entry? The statistical half of the suite."""

from __future__ import annotations

from .checks import checks

__all__ = ["checks"]
