"""Libraries that write to the process's own streams, past Python's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["ERROR", "OUTPUT", "silenced"]

#: The numbers of the standard output and the standard error.
OUTPUT, ERROR = 1, 2


@contextmanager
def silenced(stream: int) -> Iterator[None]:
    """Drop what is written to one of the process's streams meanwhile, by whatever code."""
    kept = os.dup(stream)
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), stream)
        yield
    finally:
        os.dup2(kept, stream)
        os.close(kept)
