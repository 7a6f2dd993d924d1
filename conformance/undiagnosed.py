"""When no cause is looked for: where only findings count, or where the search itself fails."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

__all__ = ["cause_search", "undiagnosed"]

P = ParamSpec("P")
T = TypeVar("T")
_wanted: ContextVar[bool] = ContextVar("causes are looked for", default=True)


@contextmanager
def undiagnosed() -> Iterator[None]:
    """Look for no causes meanwhile: a control asks only whether its fault is seen."""
    token = _wanted.set(False)
    try:
        yield
    finally:
        _wanted.reset(token)


def cause_search(nothing: T) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Make a function that looks for a cause return `nothing` where none is wanted.

    It does so as well where the function raises: a finding stands without its cause, and a fault of
    ours in the search is no fault of the backend. The log has it.
    """

    def decorated(search: Callable[P, T]) -> Callable[P, T]:
        @wraps(search)
        def searched(*arguments: P.args, **options: P.kwargs) -> T:
            if not _wanted.get():
                return nothing
            try:
                return search(*arguments, **options)
            except Exception:
                logging.getLogger("actinit").exception("no cause: %s failed", search.__qualname__)
                return nothing

        return searched

    return decorated
