"""Activation functions and weight initializers: their spec, a reference, and checks of others.

>>> from actinit import reference as ref
>>> ref.gelu([-1.0, 0.0, 1.0])
array([-0.15865525,  0.        ,  0.84134475])

One line holds a function of your own to the spec::

    from actinit import check

    print(check(my_gelu, "gelu", derivative=my_gelu_grad))

Nothing is imported before it is asked for. The spec and the reference need no more than ``pip
install actinit`` brings along; `check`, `check_initializer`, `check_tensor` and `actinit.testing`
need the suite: ``pip install "actinit[conformance]"``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from actinit.conformance.callables import check, check_initializer
    from actinit.conformance.tensors import check_tensor

__all__ = ["__version__", "check", "check_initializer", "check_tensor"]

# Functions of the suite, with the room that each stands in.
_OF_THE_SUITE = {
    "check": "callables",
    "check_initializer": "callables",
    "check_tensor": "tensors",
}
__version__: str


def __getattr__(name: str) -> Any:
    """Return what is imported, or read, only when somebody asks for it."""
    if name == "__version__":
        from importlib.metadata import version

        return version("actinit")
    if name in _OF_THE_SUITE:
        return _of_the_suite(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])


def _of_the_suite(name: str) -> Any:
    """Return a function of the suite; say what to install if something that it needs is missing."""
    room = _OF_THE_SUITE.get(name, "callables")
    try:
        found = import_module(f"actinit.conformance.{room}")
    except ModuleNotFoundError as error:
        if (error.name or "actinit").partition(".")[0] == "actinit":
            raise
        raise ImportError(
            f"actinit.{name} needs the package {error.name!r}, which is not installed; "
            'run: pip install "actinit[conformance]"',
            name=error.name,
        ) from error
    return getattr(found, name)
