"""What goes wrong between the suite and a harness."""

from __future__ import annotations

__all__ = [
    "HarnessEndedError",
    "HarnessError",
    "HarnessSilentError",
    "ProtocolError",
    "ReportedError",
    "ReportedUnsupportedError",
]


class HarnessError(RuntimeError):
    """A harness cannot be asked, or does not answer as the protocol has it."""


class HarnessEndedError(HarnessError):
    """The process of a harness ended, or closed its standard output."""


class HarnessSilentError(HarnessError):
    """A harness wrote nothing for as long as it was waited for."""


class ProtocolError(HarnessError):
    """What a harness wrote is not what the protocol allows in that place."""


class ReportedError(HarnessError):
    """A harness replied with an error of its own."""


class ReportedUnsupportedError(NotImplementedError):
    """A harness replied that it has the function, but not in this format or at this parameter."""
