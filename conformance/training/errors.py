"""What goes wrong in a training run, told so that the reader can go on."""

from __future__ import annotations

__all__ = ["DataError", "TrainingError"]


class TrainingError(Exception):
    """A run that cannot start or go on.

    Parameters
    ----------
    what : str
        What was wrong.
    expected : str
        What was expected instead.
    remedy : str
        How to go on.
    """

    def __init__(self, what: str, expected: str, remedy: str) -> None:
        self.what, self.expected, self.remedy = what, expected, remedy
        super().__init__(what, expected, remedy)  # what pickle makes it from, in another process

    def __str__(self) -> str:
        return f"{self.what}\n  expected: {self.expected}\n  to go on: {self.remedy}"


class DataError(TrainingError):
    """Data that is missing, truncated, altered or out of reach."""
