"""What of a format that frameworks only keep numbers in a backend computes: it is tried first.

Of an arithmetic format every function is expected. In one that is not, such as those of 8 bits, a
framework promises no functions: some have all, some have one without another, some raise for each.
So a function is tried at one ordinary number, 1, and where that raises, the backend does not offer
it there. One that computes is asked for everything, and what then raises is an error. So is, at
once, a result of another dtype or shape, a call that does not return, and one that ends the
process.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from actinit.adapters import Adapter, NotOffered
from actinit.spec import Activation

from ..backend.guard import BackendExitError, BadResultError, HungError
from ..check import Outcome
from ..expected.defaults import defaults
from ..formats import Format

__all__ = ["where_offered"]


def where_offered(
    run: Callable[[Adapter], Outcome], entry: Activation, fmt: Format, part: str
) -> Callable[[Adapter], Outcome]:
    """Return a check that is made only if the backend computes the function in the format.

    Parameters
    ----------
    run : callable
        The check, as `Check.run`.
    entry : Activation
        The entry.
    fmt : Format
        The format.
    part : {"value", "derivative"}
        What the check asks for.

    Returns
    -------
    callable
        It raises `NotOffered` where an attempt raises anything; for an arithmetic format `run`
        itself.
    """
    if fmt.arithmetic:
        return run

    def tried(adapter: Adapter) -> Outcome:
        try:
            _attempt(adapter, entry, fmt, part)
        except (NotOffered, BackendExitError, BadResultError, HungError):
            raise
        except Exception as error:
            raise NotOffered(
                f"{adapter.name} does not compute the {part} of {entry.name} in {fmt.name}: "
                f"at 1 it raises {type(error).__name__}"
            ) from error
        return run(adapter)

    return tried


def _attempt(adapter: Adapter, entry: Activation, fmt: Format, part: str) -> None:
    x = np.ones(1, dtype=fmt.dtype)
    if part == "value":
        adapter.value(entry, x, defaults(entry))
    else:
        adapter.gradient(entry, x, np.ones_like(x), defaults(entry))
