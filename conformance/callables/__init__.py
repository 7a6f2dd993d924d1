"""One function of one's own, held to an entry of the spec in one line, by the suite's checks."""

from __future__ import annotations

from .arrays import CallableError
from .functions import check
from .identify import Identity, identify
from .identify_initializer import InitializerIdentity, identify_initializer
from .initializer import check_initializer
from .report import Report
from .ulp import assert_ulp

__all__ = [
    "CallableError",
    "Identity",
    "InitializerIdentity",
    "Report",
    "assert_ulp",
    "check",
    "check_initializer",
    "identify",
    "identify_initializer",
]
