"""What every tensor library is asked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any, ClassVar

from numpy.typing import NDArray

from .errors import AdapterError

__all__ = ["Array", "Call", "Engine"]

Array = NDArray[Any]
Call = Callable[[Any], Any]


class Engine(ABC):
    """A tensor library: arrays in and out bit for bit, its calls, and its autograd.

    Attributes
    ----------
    each_shape : bool
        Whether it compiles anew for each shape of its arrays.
    """

    each_shape: ClassVar[bool] = False

    @abstractmethod
    def version(self) -> str:
        """Return the library's version."""

    @abstractmethod
    def tensor(self, array: Array) -> Any:
        """Return the tensor of these bits; it may share the array's memory."""

    @abstractmethod
    def array(self, tensor: Any) -> Array:
        """Return the array of these bits, in memory of its own."""

    @abstractmethod
    def device(self, tensor: Any) -> str:
        """Return where a tensor lives, such as ``"cpu"``."""

    def place(self, device: str) -> None:
        """Compute on a device from now on.

        Parameters
        ----------
        device : str
            As the library calls it, such as ``"cuda"`` or ``"cuda:1"``.

        Raises
        ------
        BackendMissingError
            If there is none of that name here; it says which there are.
        AdapterError
            If this engine has no choice.
        """
        raise AdapterError(f"{type(self).__name__} has no choice of a device: got {device!r}")

    def here(self) -> AbstractContextManager[Any]:
        """Return a context in which what is made without a word of a device is made on this one."""
        return nullcontext()

    def value(self, call: Call, x: Any) -> Any:
        """Return ``call(x)``."""
        return call(x)

    @abstractmethod
    def gradient(self, call: Call, x: Any, upstream: Any) -> Any:
        """Return the gradient of ``sum(upstream * call(x))``."""

    def forward(self, call: Call, x: Any, tangent: Any) -> Any:
        """Return ``tangent`` times the derivative of an elementwise `call`, by forward mode.

        Raises
        ------
        NotImplementedError
            If the library cannot differentiate the call so.
        """
        raise NotImplementedError

    @abstractmethod
    def second(self, call: Call, x: Any, upstream: Any) -> Any:
        """Return the gradient of ``sum(upstream * g)``, g being the gradient of ``sum(call(x))``.

        What does not depend on `x` has the gradient zero.
        """

    def program(self, ask: Callable[..., Any], call: Call) -> Callable[..., Any]:
        """Return one of the four methods above, put to a call, as this engine runs it.

        Parameters
        ----------
        ask : callable
            `value`, `gradient`, `forward` or `second`.
        call : callable
            A function of a tensor.

        Returns
        -------
        callable
            Of tensors; it is kept and used again for tensors of the same dtype and rank.
        """
        return partial(ask, call)
