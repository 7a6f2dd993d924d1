"""What is known of a framework before it is imported: the tables of its folder."""

from __future__ import annotations

import math
import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from actinit.spec import SpecError
from actinit.spec.loader import read
from actinit.spec.model import Struct

from .binding import Bindings
from .bindings_file import read_bindings
from .releases import Releases, read_releases
from .settings import Setting, read_settings

if TYPE_CHECKING:
    from .base import Adapter

__all__ = ["ExportedTo", "Framework", "OwnTolerance", "TrainedOn"]


class ExportedTo(Struct, frozen=True, kw_only=True):
    """A backend that exports the framework's functions to a file, which another's runtime runs."""

    adapter: str  #: Its `Adapter`, as ``package.module:Class``; see `actinit.adapters.exported`.
    runtime: str  #: Name of the folder of adapters that runs the file, such as ``onnxruntime``.


class TrainedOn(Struct, frozen=True, kw_only=True):
    """How the backends of a framework train; a compiled mode compiles functions, not programs."""

    backends: tuple[
        str, ...
    ]  #: Those that train; all in both ways, see `actinit.adapters.training`.
    dense_only: bool = False  #: Whether networks of other layers than dense ones are beyond it.
    formulas: bool = False  #: Whether it computes every optimizer, from the spec's formulas.


class OwnTolerance(Struct, frozen=True, kw_only=True):
    """How far from what is expected the framework's own test function lets a result be.

    It passes a result within ``absolute + relative * |expected|``, or equal to it.
    """

    test: str  #: Dotted path of the function.
    formats: dict[str, tuple[float, float]]  #: By format: relative and absolute, as by default.
    #: Lines that raise for a tensor ``{got}`` that is further from a tensor ``{expected}``.
    raises: str

    def passes(self, fmt: str, got: float, expected: float) -> bool | None:
        """Say whether the framework's test would let a result pass.

        Parameters
        ----------
        fmt : str
            Name of the format of both.
        got, expected : float
            What came back and what is right.

        Returns
        -------
        bool or None
            None for a format that the framework states no tolerance of.
        """
        if fmt not in self.formats:
            return None
        if got == expected:
            return True
        relative, absolute = self.formats[fmt]
        # Of an infinity the bound is infinite too, and nan is within nothing.
        return math.isfinite(expected) and abs(got - expected) <= absolute + relative * abs(
            expected
        )


class Framework(Struct, frozen=True, kw_only=True):
    """A framework and its backends: itself, run in different ways.

    Layouts order a kernel's dimensions: i is the number of input channels (features), o that of the
    output, other letters are spatial.

    Snippets show a call to a person. Those of a draw or a layer are templates: ``{function}``,
    ``{arguments}`` and ``{options}`` (the same without the leading comma) come from the entry's
    binding (in a draw, ``{options}`` has the seed too), ``{shape}``, ``{seed}`` and ``{dtype}``
    from the finding, ``{later}`` is what the function leaves to the initializer that it makes;
    those of a layer leave its weights in w, as a NumPy array. Those of an
    activation are parts of a program, in which ``function`` is the call: ``results`` computes a
    value, derivative or second derivative of tensors, ``tensor`` makes one of a NumPy array
    ``{x}``, ``array`` makes a float64 array of a tensor ``{y}``, and what has the name of a backend
    compiles or exports; what several exporting backends share has the name of their runtime.
    Of a framework that runs over another these parts are the other's; its own are ``first``, the
    lines before the other's ``{over}`` is imported, and ``imports`` after them.
    ``call`` is how a function is called that is none of Python's, by its ``{name}``.
    ``call-dtype`` is the argument in which a layer is told its dtype, and ``backwards``, if it is
    there, says that an array that runs backwards must be copied before.
    """

    name: str  #: That of its folder; begins the name of each backend.
    title: str
    adapter: str  #: Its `Adapter`, as ``package.module:Class``.
    modes: dict[str, str]  #: Name of each backend: how it runs, in a few words.
    install: str  #: What to install where it is missing.
    install_mode: str = ""  #: The same for one of its other backends, with its ``{name}``.
    layouts: dict[str, str] = {}  #: Kind of layer: order of the kernel's dimensions; or NumPy's.
    gains: str | None = None  #: Dotted path of its function that tells the gain of an activation.
    over: dict[str, str] = {}  #: Backend: framework that it runs on; a process has one of them.
    exported: dict[str, ExportedTo] = {}  #: Backend: how it is exported.
    depth: tuple[str, ...] = ()  #: Backends that propagate through deep networks.
    training: TrainedOn | None = None  #: None if no backend trains.
    tolerance: OwnTolerance | None = None  #: None if it has no test function of its own.
    snippet: dict[str, str] = {}  #: By "value", "draw" and other names: parts of lines to paste.
    page: dict[str, str] = {}  #: By an entry's family: an example on its page, a template of Jinja.
    devices: tuple[str, ...] = ()  #: What ``@`` may name beside the CPU, such as ``cuda``.
    main: tuple[str, ...] = ()  #: Backends that plain ``nox`` checks and trains.
    order: int = 100  #: Its place in lists and on pages; among equals the name decides.
    folder: str = ""  #: Where its files lie; `beside` notes it, ``backend.toml`` cannot.

    @classmethod
    def beside(cls, place: str | Path) -> Framework:
        """Return what the ``backend.toml`` beside a module says.

        Parameters
        ----------
        place : str or Path
            The module's ``__file__``.

        Raises
        ------
        SpecError
            If a key is unknown, missing or of the wrong type.
        """
        file = Path(place).with_name("backend.toml")
        stated = read(file, cls)
        if stated.folder:
            raise SpecError(file, "folder", "is where this file lies, and nothing to be stated")
        return msgspec.structs.replace(stated, folder=str(file.parent))

    @property
    def bindings(self) -> Bindings:
        """What the framework calls the entries: the ``bindings.toml`` of its folder, read if asked.

        Raises
        ------
        SpecError
            If a table there is of no entry, or breaks another rule.
        """
        return read_bindings(self.folder) if self.folder else Bindings()

    @property
    def settings(self) -> tuple[Setting, ...]:
        """What can be set of the processor's code: the ``settings.toml`` of its folder, if any.

        Raises
        ------
        SpecError
            If something is wrong with the file.
        """
        return read_settings(self.folder)

    @property
    def releases(self) -> Releases | None:
        """Which of its releases are measured: the ``releases.toml`` of its folder; None if none.

        Raises
        ------
        SpecError
            If something is wrong with the file.
        """
        return read_releases(self.folder)

    @property
    def backends(self) -> tuple[str, ...]:
        """The names that can be loaded: the framework's, which leaves the mode to it, and more."""
        return tuple(dict.fromkeys([self.name, *self.modes]))

    def eager(self, backend: str) -> str | None:
        """Return the name of the eager mode of a compiled or exported one, or None.

        The eager mode of a framework is the one that is called as the framework.
        """
        mode, placed, device = backend.partition("@")  # which both run on
        if self.name not in self.modes or mode == self.name:
            return None
        return f"{self.name}{placed}{device}"

    def make(self, backend: str) -> Adapter:
        """Return a new adapter; what its class is given is what follows the framework's name.

        Raises
        ------
        ModuleNotFoundError
            If the framework is not installed.
        """
        mode = backend.removeprefix(self.name).removeprefix("-")
        exported = self.exported.get(backend)
        found = pkgutil.resolve_name(exported.adapter if exported else self.adapter)
        adapter: Adapter = found(mode) if mode else found()
        return adapter

    def how_to_install(self, backend: str) -> str:
        """Return what a person runs to have the backend."""
        if backend == self.name or not self.install_mode:
            return self.install
        return self.install_mode.format(name=backend)
