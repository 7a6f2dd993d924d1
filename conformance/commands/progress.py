"""A line that says how much is done, where somebody looks at it."""

from __future__ import annotations

import sys

__all__ = ["Progress"]


class Progress:
    """The line, on the standard error, for as long as a ``with`` block lasts.

    Nothing is shown if that is no terminal.

    Parameters
    ----------
    total : int
        How much there is to do.
    what : str
        Of what, such as "cells".
    """

    def __init__(self, total: int, what: str) -> None:
        self._total, self._what, self._shown = total, what, sys.stderr.isatty()

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *error: object) -> None:
        if self._shown:
            print(file=sys.stderr)

    def show(self, done: int) -> None:
        """Say how many are done."""
        if self._shown:
            told = f"\r{done:,} of {self._total:,} {self._what}"
            print(told, end="", file=sys.stderr, flush=True)
