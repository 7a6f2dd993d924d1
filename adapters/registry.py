"""From the name of a backend to its adapter."""

from __future__ import annotations

from actinit.spec import SpecError, UnknownNameError

from .base import Adapter
from .discovery import distribution_of, frameworks, is_ours, names, owner_of_broken
from .errors import AdapterError, BackendMissingError
from .floors import too_old
from .framework import Framework
from .importing import NotThereError, import_place

__all__ = ["COMMAND", "load"]

#: Begins the name of a backend that is a command.
COMMAND = "command:"


def load(name: str, *, limit: float = 120.0, rename: str = "") -> Adapter:
    """Return the adapter of a backend.

    Parameters
    ----------
    name : str
        One of `names`, with ``@`` and a device behind it where the framework has a choice, such as
        ``torch@cuda``, ``jax-jit@gpu`` or ``tensorflow@gpu:1``; or your own adapter:
        ``package.module:Class`` or ``path/to/file.py:Class``; or a program that speaks the protocol
        of harnesses: ``command:node harness.mjs``.
        Plain ``"keras"`` takes the engine that ``KERAS_BACKEND`` names, or else Keras's own choice.
    limit : float, optional
        Seconds that such a program has to introduce itself.
    rename : str, optional
        What results call such a program; by default as it introduces itself.

    Returns
    -------
    Adapter
        A new instance.

    Raises
    ------
    UnknownNameError
        If there is no such backend; it names the nearest.
    BackendMissingError
        If its framework is not installed, or in a release that is too old; it says what to
        install. If there is no such device; it says which there are.
    AdapterError
        If Keras already runs on another engine, or if your own adapter, program, or the
        distribution that was to bring the backend along, cannot be loaded; it says why.
    """
    if name.startswith(COMMAND):
        return _command(name.removeprefix(COMMAND), limit, rename)
    known, placed, device = name.partition("@")
    # An @ may stand in a path, too, but a class has no number for a name.
    _, numbered, number = device.partition(":")
    if placed and (not numbered or number.isdigit()):
        adapter = load(known)
        adapter.place(device)
        return adapter
    if ":" in name:
        return _own(name)
    for framework in frameworks().values():
        if name in framework.backends:
            break
    else:
        if lost := owner_of_broken(name):
            raise AdapterError(str(lost))
        raise UnknownNameError("backend", name, names())
    if is_ours(framework.name) and (lack := too_old(name)):
        raise BackendMissingError(
            f"the backend {name!r} needs {lack}; run: {framework.how_to_install(name)}"
        )
    try:
        framework.bindings  # noqa: B018 - read here, where an error can be said of the backend
        adapter = framework.make(name)
    except (AdapterError, UnknownNameError):
        raise
    except SpecError as error:
        raise AdapterError(_fails(name, framework, str(error))) from error
    except ModuleNotFoundError as error:
        if error.name and error.name.partition(".")[0] == framework.adapter.partition(".")[0]:
            raise AdapterError(_fails(name, framework, str(error))) from error
        raise BackendMissingError(
            f"the backend {name!r} needs the package {error.name!r}, which is not installed; "
            f"run: {framework.how_to_install(name)}"
        ) from error
    except Exception as error:  # of any kind: the code may not be ours
        reason = f"it raised {type(error).__name__}: {error}"
        raise AdapterError(_fails(name, framework, reason)) from error
    if not isinstance(adapter, Adapter):
        raise AdapterError(_fails(name, framework, "it is no actinit.adapters.Adapter"))
    return adapter


def _command(command: str, limit: float, rename: str) -> Adapter:
    from .command.adapter import Command

    adapter = Command(command, limit, rename)
    # It would be held to another's baseline, and its results would take the place of another's.
    if adapter.name in names():
        adapter.stop()
        raise AdapterError(
            f"the command {command!r} would be called {adapter.name!r}, as a backend is that comes "
            "with actinit or another distribution; give it another name with --name"
        )
    return adapter


def _fails(name: str, framework: Framework, reason: str) -> str:
    return (
        f"the backend {name!r} of the distribution {distribution_of(framework.name)} cannot be "
        f"loaded, its adapter being {framework.adapter}: {reason}"
    )


def _own(name: str) -> Adapter:
    place, _, attribute = name.rpartition(":")
    try:
        found = getattr(import_place(place), attribute, None)
        adapter = found() if isinstance(found, type) and issubclass(found, Adapter) else None
    except AdapterError:
        raise
    except NotThereError as error:
        raise AdapterError(
            f"{error}; expected package.module:Class, or path/to/file.py:Class"
        ) from error
    except Exception as error:  # of any kind: the code is not ours
        raise AdapterError(
            f"the adapter {name} raised {type(error).__name__} when loaded: {error}"
        ) from error
    if adapter is None:
        raise AdapterError(
            f"{place} has no class {attribute!r} that derives from actinit.adapters.Adapter"
        )
    if not getattr(adapter, "name", ""):
        raise AdapterError(f'{name} has no name; write, say, name = "mine" in the class')
    return adapter
