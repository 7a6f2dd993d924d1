"""A backend in a process of another Python, or of this one with other environment variables.

The process has one release of a framework and what it needs; the suite, with NumPy, SciPy and the
oracle, stays here. So releases that no installation could have together are judged by one and the
same code, and what is right is computed once for all of them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from actinit.spec import Activation, Initializer, Layer

from ..base import Adapter, Array, Builder, Parameters, Source
from ..command.errors import HarnessError
from ..command.process import Process
from ..errors import AdapterError, NotOffered
from .messages import (
    Hello,
    Numbers,
    Reply,
    Request,
    decode_array,
    decode_names,
    encode,
    encode_array,
)

__all__ = ["Elsewhere", "RaisedElsewhereError"]

_MODULE = "actinit.adapters.elsewhere.serve"
_LONGEST_LINE = 20  # a number of bytes
_TO_LEAVE = 2.0  # seconds to end by itself when nothing more is asked


class RaisedElsewhereError(RuntimeError):
    """A backend raised; its exception has a class of this kind with the name of its own."""


class _UnsupportedElsewhereError(RaisedElsewhereError, NotImplementedError):
    """A backend raised NotImplementedError."""


class Elsewhere(Adapter):
    """A backend in another process.

    Parameters
    ----------
    python : str
        The interpreter.
    backend : str
        Name of the backend, as `actinit.adapters.load` takes it.
    environment : mapping of str to str
        All environment variables of the process.
    limit : float, optional
        Seconds that it has to load the backend.
    on_array : callable, optional
        Gets every array that comes back, before it is judged.
    options : sequence of str, optional
        Of the interpreter.

    Raises
    ------
    AdapterError
        If the backend cannot be loaded there; says why.
    """

    def __init__(
        self,
        python: str,
        backend: str,
        environment: Mapping[str, str],
        limit: float = 300.0,
        on_array: Callable[[Array], None] | None = None,
        options: Sequence[str] = (),
    ) -> None:
        self._words = [python, *options, "-m", _MODULE, backend]
        self._environment, self._limit = environment, limit
        self._on_array = on_array or (lambda array: None)
        self._lock = threading.Lock()
        self._process: Process | None = None
        self.hello = self._start()
        self.name, self.family = self.hello.name, self.hello.family

    def versions(self) -> dict[str, str]:
        return dict(self.hello.versions)

    @property
    def device(self) -> str:
        return self.hello.device

    def stop(self) -> None:
        process = self._process
        if process is not None:
            process.end(0.0 if self._lock.locked() else _TO_LEAVE)

    def value(self, entry: Activation, x: Array, parameters: Parameters) -> Array:
        return self._of_arrays("value", entry, parameters, x)

    def layer(self, entry: Activation, x: Array, parameters: Parameters) -> Array:
        return self._of_arrays("layer", entry, parameters, x)

    def gradient(
        self, entry: Activation, x: Array, upstream: Array, parameters: Parameters
    ) -> Array:
        return self._of_arrays("gradient", entry, parameters, x, upstream)

    def forward(self, entry: Activation, x: Array, tangent: Array, parameters: Parameters) -> Array:
        return self._of_arrays("forward", entry, parameters, x, tangent)

    def second(self, entry: Activation, x: Array, upstream: Array, parameters: Parameters) -> Array:
        return self._of_arrays("second", entry, parameters, x, upstream)

    def in_place(self, entry: Activation, x: Array, parameters: Parameters) -> Array:
        return self._of_arrays("in_place", entry, parameters, x)

    def source(
        self, entry: Initializer, dtype: np.dtype[Any], seed: int, parameters: Parameters
    ) -> Source:
        handle = self._call(
            Request(
                ask="source", family="initializers", entry=entry.name, dtype=dtype.name, seed=seed,
                parameters=dict(parameters),
            )
        ).handle  # fmt: skip
        assert handle is not None

        def draw(shape: tuple[int, ...]) -> Array:
            # The dtype says that it takes a shape; a builder takes nothing.
            request = Request(ask="next", handle=handle, shape=tuple(shape), dtype=dtype.name)
            return self._array(self._call(request))

        return draw

    def builder(
        self, entry: Layer, dtype: np.dtype[Any], seed: int, start: Initializer | None = None
    ) -> Builder:
        handle = self._call(
            Request(
                ask="builder", family="layers", entry=entry.name, dtype=dtype.name, seed=seed,
                start=start.name if start else "",
            )
        ).handle  # fmt: skip
        assert handle is not None

        def build() -> dict[str, Array]:
            found = self._call(Request(ask="next", handle=handle)).arrays
            assert found is not None
            arrays = decode_names(found)
            for name in sorted(arrays):
                self._on_array(arrays[name])
            return arrays

        return build

    def gain(self, activation: str, negative_slope: float) -> float:
        raise NotOffered(f"{self.name} is asked for its gains in a process of its own alone")

    def _of_arrays(
        self, ask: str, entry: Activation, parameters: Parameters, *arrays: Array
    ) -> Array:
        numbers = tuple(map(encode_array, arrays))
        return self._array(
            self._call(
                Request(
                    ask=ask, family="activations", entry=entry.name, arrays=numbers,
                    parameters=dict(parameters),
                )
            )
        )  # fmt: skip

    def _array(self, reply: Reply) -> Array:
        assert isinstance(reply.array, Numbers)
        array = decode_array(reply.array)
        self._on_array(array)
        return array

    def _call(self, request: Request) -> Reply:
        """Return the reply to a request, or raise what was raised there."""
        with self._lock:
            try:
                if self._process is None or self._process.is_ended:
                    self._start()
                assert self._process is not None
                self._process.write(encode(request))
                reply = self._read(self._process, Reply, None)
            except HarnessError as error:
                self._drop()
                raise type(error)(f"{self.name}, asked for {request.ask}: {error}") from error
        if reply.not_offered:
            raise NotOffered(reply.says)
        if reply.raised:
            base = _UnsupportedElsewhereError if reply.unsupported else RaisedElsewhereError
            raise type(reply.raised, (base,), {})(reply.says)
        return reply

    def _start(self) -> Hello:
        """Start a process, and have it say what it has loaded."""
        try:
            self._process = Process(self._words, self._environment)
            hello = self._read(self._process, Hello, self._limit)
        except OSError as error:
            raise AdapterError(f"{self._words[0]} cannot be started: {error}") from error
        except HarnessError as error:
            self._drop()
            raise AdapterError(str(error)) from error
        if hello.problem:
            self._drop()
            raise AdapterError(hello.problem)
        return hello

    def _read(self, process: Process, kind: Any, limit: float | None) -> Any:
        length = int(process.line(_LONGEST_LINE, limit))
        return msgspec.msgpack.decode(process.read(length), type=kind)

    def _drop(self) -> None:
        if self._process is not None:
            self._process.end()
            self._process = None
