"""Expected values that others wrote, in the files of their tests, held to the exact ones."""

from __future__ import annotations

from .files import audit
from .judge import judge
from .onetest import AuditError, OneTest, UnsupportedError, one_test
from .stated import Stated

__all__ = ["AuditError", "OneTest", "Stated", "UnsupportedError", "audit", "judge", "one_test"]
