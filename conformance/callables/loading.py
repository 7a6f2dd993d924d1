"""From ``package.module:function`` or ``path/to/file.py:function`` to the callable."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import Any

from .arrays import CallableError

__all__ = ["load_callable"]


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
        raise CallableError(
            f"expected package.module:function or path/to/file.py:function, got {name!r}"
        )
    try:
        found: Any = _module(place)
    except CallableError:
        raise
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


def _module(place: str) -> ModuleType:
    if not place.endswith(".py"):
        if "" not in sys.path and str(Path.cwd()) not in sys.path:
            sys.path.insert(0, str(Path.cwd()))  # as for python -m
        try:
            return importlib.import_module(place)
        except ModuleNotFoundError as error:
            if error.name is None or not f"{place}.".startswith(f"{error.name}."):
                raise  # found, and itself in want of something
            raise CallableError(
                f"there is no module {place!r} on Python's path or in this folder"
            ) from error
    file = Path(place)
    if not file.is_file():
        raise CallableError(f"there is no file {place}")
    # Under a name of its own: a file called torch.py must not become everyone's torch.
    spec = importlib.util.spec_from_file_location(f"actinit_callable_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses, for one, look their module up
    spec.loader.exec_module(module)
    return module
