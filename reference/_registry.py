"""A mapping from names to functions that answers a wrong name with the nearest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from actinit.spec.errors import UnknownNameError

__all__ = ["Registry"]


class _Named(Protocol):
    name: str


T = TypeVar("T", bound=_Named)


class Registry(dict[str, T]):
    """Functions by entry name.

    Parameters
    ----------
    what : str
        What they are, for the message: "activation", "initializer".
    functions : iterable
        Objects with a `name`.
    """

    def __init__(self, what: str, functions: Iterable[T]) -> None:
        super().__init__((function.name, function) for function in functions)
        self._what = what

    def __missing__(self, name: str) -> T:
        raise UnknownNameError(self._what, name, self)
