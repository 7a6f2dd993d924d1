"""The functions that the files of a folder define, found by discovery and kept by name."""

from __future__ import annotations

import pkgutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, TypeVar

from actinit.spec.errors import UnknownNameError

__all__ = ["Registry", "registered"]


class Named(Protocol):
    """A function, or an entry."""

    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=Named)


class Registry(dict[str, T]):
    """Functions by name or alias of the entry; a wrong name is answered with the nearest.

    Parameters
    ----------
    what : str
        What they are, for the message: "activation", "initializer".
    functions : iterable
        Objects with a `name`.
    catalogue : mapping of str to entry, optional
        The entries by name or alias, read when somebody asks for a name that no function has.
    """

    def __init__(
        self, what: str, functions: Iterable[T], catalogue: Mapping[str, Named] | None = None
    ) -> None:
        super().__init__((function.name, function) for function in functions)
        self._what, self._catalogue = what, catalogue

    def __missing__(self, name: str) -> T:
        if self._catalogue is None:
            raise UnknownNameError(self._what, name, self)
        return self[self._catalogue[name].name]


def registered(
    what: str,
    package: str,
    kind: type[Any],
    entries: Collection[Path],
    catalogue: Mapping[str, Named] | None = None,
) -> Registry[Any]:
    """Find the functions of a package and hold their names against the spec's.

    Parameters
    ----------
    what : str
        What they are, for messages: "activation", "initializer".
    package : str
        Dotted path of the package. All of its modules whose names do not begin with ``_`` are
        imported.
    kind : type
        The class of the functions.
    entries : collection of Path
        The files of the spec that each have one function.
    catalogue : mapping of str to entry, optional
        The entries of these files by name or alias.

    Returns
    -------
    Registry
        By name, in order of the alphabet.

    Raises
    ------
    ImportError
        If an entry has no function, a function no entry, or a name two functions.
    """
    found: dict[str, str] = {}
    functions = []
    for module, function in _defined(package, kind):
        if function.name in found:
            raise ImportError(
                f"{what} {function.name} is defined twice: in {found[function.name]} and {module}"
            )
        found[function.name] = module
        functions.append(function)
    stated = {file.stem: file for file in entries}
    for name in stated.keys() - found:
        place = f"{stated[name].parent.name}/{stated[name].name}"
        raise ImportError(f"the spec has {place}, but no file of {package} defines {name}")
    for name in found.keys() - stated:
        raise ImportError(f"{found[name]} defines {what} {name}, which has no file in the spec")
    return Registry(what, sorted(functions, key=lambda function: function.name), catalogue)


def _defined(package: str, kind: type[Any]) -> Iterator[tuple[str, Any]]:
    """Yield what each module defines itself, rather than imports, with the module's name."""
    for info in pkgutil.iter_modules(import_module(package).__path__):
        if info.name.startswith("_"):
            continue
        module = import_module(f"{package}.{info.name}")
        for value in vars(module).values():
            if isinstance(value, kind) and value.__module__ == module.__name__:
                yield module.__name__, value
