"""Importing code that is not ours, from a module's name or a file."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

__all__ = ["NotThereError", "import_place"]


class NotThereError(LookupError):
    """There is no such module, or no such file."""


def import_place(place: str) -> ModuleType:
    """Import a module by its name, or a file that ends in ``.py``.

    Parameters
    ----------
    place : str
        ``package.module``, or ``path/to/file.py``.

    Raises
    ------
    NotThereError
        If there is none. What the code itself raises is passed on.
    """
    if not place.endswith(".py"):
        try:
            return importlib.import_module(place)
        except ModuleNotFoundError as error:
            if error.name is None or not f"{place}.".startswith(f"{error.name}."):
                raise  # found, and itself in want of something
            raise NotThereError(f"there is no module {place!r} on Python's path") from error
    file = Path(place)
    if not file.is_file():
        raise NotThereError(f"there is no file {place}")
    # Under a name of its own: a file called torch.py must not become everyone's torch.
    spec = importlib.util.spec_from_file_location(f"actinit_own_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses, for one, look their module up
    spec.loader.exec_module(module)
    return module
