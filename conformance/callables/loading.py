"""From ``package.module:function`` or ``path/to/file.py:function`` to the callable."""

from __future__ import annotations

import sys
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from actinit.adapters.importing import NotThereError, import_place

from .arrays import CallableError

__all__ = ["load_callable"]

_EXPECTED = "expected package.module:function or path/to/file.py:function"


def load_callable(name: str) -> Callable[..., Any]:
    """Import a callable.

    Parameters
    ----------
    name : str
        A module on Python's path, or in this folder, or a file; a colon, and a name in it, which
        may have dots.

    Raises
    ------
    CallableError
        If it is not there, or importing it raises, or it cannot be called; says why.
    """
    place, colon, attribute = name.rpartition(":")
    if not colon or not place or not attribute:
        raise CallableError(f"{_EXPECTED}, got {name!r}")
    try:
        if not place.endswith(".py") and not {"", str(Path.cwd())} & set(sys.path):
            sys.path.insert(0, str(Path.cwd()))  # as for python -m
        found: Any = import_place(place)
    except NotThereError as error:
        raise CallableError(f"{error}; {_EXPECTED}") from error
    except (Exception, SystemExit) as error:  # of any kind: the code is not ours
        raise CallableError(f"importing {place} raised {type(error).__name__}: {error}") from error
    for part in attribute.split("."):
        if not hasattr(found, part):
            near = get_close_matches(part, dir(found), n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise CallableError(f"{place} has no {part!r}{hint}")
        found = getattr(found, part)
    if not callable(found):
        raise CallableError(f"{name} is a {type(found).__name__}, which cannot be called")
    called: Callable[..., Any] = found
    return called
