"""From the name of a backend to its adapter."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path

from actinit.spec import UnknownNameError, backends

from .base import Adapter, BackendMissingError

__all__ = ["NAMES", "load"]

# Backend: module in this package and the class's arguments.
_BUILT_IN = {
    "numpy": ("numpy", ()),
    "torch": ("torch", ()),
    "keras": ("keras", (None,)),
    "keras-tensorflow": ("keras", ("tensorflow",)),
    "keras-jax": ("keras", ("jax",)),
    "keras-torch": ("keras", ("torch",)),
}
#: Backends that come with the suite.
NAMES = tuple(_BUILT_IN)


def load(name: str) -> Adapter:
    """Return the adapter of a backend.

    Parameters
    ----------
    name : str
        One of `NAMES`, or your own adapter: ``package.module:Class`` or ``path/to/file.py:Class``.
        Plain ``"keras"`` takes the engine that ``KERAS_BACKEND`` names.

    Returns
    -------
    Adapter
        A new instance.

    Raises
    ------
    UnknownNameError
        If there is no such backend; it names the nearest.
    BackendMissingError
        If its framework is not installed; it says what to install.
    TypeError
        If your class is not an `Adapter`.
    """
    if ":" in name:
        return _own(name)
    if name not in _BUILT_IN:
        raise UnknownNameError("backend", name, NAMES)
    module, arguments = _BUILT_IN[name]
    try:
        found = importlib.import_module(f".{module}", __package__)
        adapter: Adapter = found.BACKEND(*arguments)
    except ModuleNotFoundError as error:
        install = backends()[name.partition("-")[0]].install
        raise BackendMissingError(
            f"the backend {name!r} needs the package {error.name!r}, which is not installed; "
            f"run: {install}"
        ) from error
    return adapter


def _own(name: str) -> Adapter:
    place, _, attribute = name.rpartition(":")
    if place.endswith(".py"):
        file = Path(place)
        if not file.is_file():
            raise FileNotFoundError(f"no adapter at {place}; expected path/to/file.py:Class")
        spec = importlib.util.spec_from_file_location(file.stem, file)
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules[file.stem] = module
        spec.loader.exec_module(module)
    else:
        module = importlib.import_module(place)
    if not hasattr(module, attribute):
        raise AttributeError(f"{place} has no {attribute!r}; expected a subclass of Adapter there")
    adapter = getattr(module, attribute)()
    if not isinstance(adapter, Adapter):
        raise TypeError(f"{name} is no subclass of actinit.adapters.Adapter")
    return adapter
