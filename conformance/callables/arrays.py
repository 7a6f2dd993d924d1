"""Which arrays a callable takes: NumPy's, or those of a framework that is imported already.

A callable takes the arrays of which it makes arrays of the same kind: `numpy.tanh` takes tensors of
PyTorch and `jax.nn.gelu` arrays of NumPy, but neither is meant so.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters import BackendMissingError, frameworks, load
from actinit.adapters.engine import Engine
from actinit.adapters.tensors import TensorAdapter

__all__ = ["Arrays", "CallableError", "ForeignResultError", "candidates", "kinds", "name_of"]

Array = NDArray[Any]


class CallableError(TypeError):
    """A callable that cannot be checked at all; says what was tried and what came of it."""


class ForeignResultError(TypeError):
    """What came back is no array of the kind that was given."""


class Arrays:
    """NumPy's arrays, or a framework's, as a callable is given them and returns them.

    Parameters
    ----------
    name : str
        ``numpy``, or that of a framework.
    engine : Engine, optional
        The framework's; none for NumPy.
    """

    def __init__(self, name: str, engine: Engine | None = None) -> None:
        self.name, self.engine = name, engine

    def given(self, array: Array) -> Any:
        """Return the array as the callable takes it."""
        return self.engine.tensor(array) if self.engine else array

    def taken(self, result: Any) -> Array:
        """Return what the callable returned as an array of NumPy, bit for bit.

        Raises
        ------
        ForeignResultError
            If it is no array of this kind.
        """
        if self.engine is None:
            if isinstance(result, np.ndarray | np.generic):
                return np.asarray(result)
        elif isinstance(result, type(self.engine.tensor(np.zeros(1, np.float32)))):
            return self.engine.array(result)
        raise ForeignResultError(
            f"given an array of {self.name} it returned a {_type_of(result)}, "
            f"not an array of {self.name}"
        )


def kinds() -> tuple[str, ...]:
    """Return what kinds of arrays there may be: NumPy's, and those of a framework on no other."""
    return (
        "numpy",
        *(name for name, one in frameworks().items() if name != "numpy" and not one.over),
    )


@cache
def _named(name: str) -> Arrays | None:
    """Return a framework's arrays; None if there is no such one, or its adapter has no tensors."""
    known = name.partition("@")[0]  # on a device, such as torch@cuda
    adapter = load(name) if known in kinds() and name != "numpy" else None
    return Arrays(name, adapter.engine) if isinstance(adapter, TensorAdapter) else None


def candidates(function: Callable[..., Any], wanted: str | None = None) -> Iterator[Arrays]:
    """Yield the kinds of arrays that a callable may take, the likeliest first.

    No framework is imported for it: one that the callable needs is imported by now, or when the
    callable has been called with NumPy's.

    Parameters
    ----------
    function : callable
        The callable.
    wanted : str, optional
        The kind that somebody named, on a device or not; the only one then.

    Raises
    ------
    CallableError
        If no kind has that name.
    AdapterError
        If there is no such device.
    """
    if wanted is not None:
        found = Arrays("numpy") if wanted == "numpy" else _named(wanted)
        if found is None:
            raise CallableError(f"there are no arrays={wanted!r}; expected one of {kinds()}")
        yield found
        return
    home = _home_of(function)
    at_home = [name for name in kinds() if name in home and name in sys.modules]
    for name in dict.fromkeys([*at_home, "numpy"]):
        if found := Arrays(name) if name == "numpy" else _named(name):
            yield found
    for name in kinds():  # looked at now: the callable may have imported what it needs
        if name not in sys.modules or name in (*at_home, "numpy"):
            continue
        try:
            found = _named(name)
        except BackendMissingError:  # imported by others, and without what it computes by
            continue
        if found:
            yield found


def name_of(function: Callable[..., Any]) -> str:
    """Return what a person calls a callable."""
    while isinstance(function, partial):
        function = function.func
    name = getattr(function, "__name__", "") or type(function).__name__
    return "function" if name == "<lambda>" else str(name)


def _home_of(function: Callable[..., Any]) -> set[str]:
    """Return the top packages in which a callable, or a class of it, is defined."""
    while isinstance(function, partial):
        function = function.func
    modules = [getattr(function, "__module__", None) or ""]
    modules += [base.__module__ for base in type(function).__mro__]
    return {module.partition(".")[0] for module in modules}


def _type_of(result: Any) -> str:
    kind = type(result)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
