"""The other Python's side: loads a backend and replies to calls until there are no more.

It is run as ``python -m actinit.adapters.elsewhere.serve BACKEND`` by
`actinit.adapters.elsewhere.adapter.Elsewhere`, and needs no more than NumPy, ml_dtypes and msgspec.
"""

from __future__ import annotations

import os
import platform
import sys
import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import distributions
from typing import Any, BinaryIO

import msgspec
import numpy as np

from actinit import spec

from ..base import Adapter
from ..errors import NotOffered
from ..registry import load
from .messages import Hello, Reply, Request, decode_array, encode, encode_array

__all__ = ["Server", "main"]

_LONGEST = 4000  # characters of what an exception says


class Server:
    """Makes the calls that requests name, on one adapter.

    Parameters
    ----------
    adapter : Adapter
        The backend.
    """

    def __init__(self, adapter: Adapter) -> None:
        self._adapter = adapter
        #: Sources and builders that were asked for; a call names one by its place.
        self._held: list[Callable[..., Any]] = []

    def reply(self, request: Request) -> Reply:
        """Return what comes of a request, whatever the backend does."""
        try:
            return self._made(request)
        except Exception as error:  # of any kind: the suite judges what was raised
            return Reply(
                raised=type(error).__name__,
                not_offered=isinstance(error, NotOffered),
                unsupported=isinstance(error, NotImplementedError),
                says=_says(error),
            )

    def _made(self, request: Request) -> Reply:
        if request.ask == "next":
            return _reply_of(self._held[request.handle](*_shape_of(request)))
        entry: Any = getattr(spec, request.family)[request.entry]
        method = getattr(self._adapter, request.ask)
        if request.ask in ("source", "builder"):
            self._held.append(self._opened(method, entry, request))
            return Reply(handle=len(self._held) - 1)
        if request.ask == "draw":
            dtype = np.dtype(request.dtype)
            return _reply_of(method(entry, request.shape, dtype, request.seed, request.parameters))
        arrays = map(decode_array, request.arrays)
        return _reply_of(method(entry, *arrays, request.parameters))

    def _opened(self, method: Callable[..., Any], entry: Any, request: Request) -> Any:
        dtype = np.dtype(request.dtype)
        if request.ask == "source":
            return method(entry, dtype, request.seed, request.parameters)
        start = spec.initializers[request.start] if request.start else None
        return method(entry, dtype, request.seed, start)


def main() -> None:
    """Serve the backend that the command line names, over the standard streams."""
    requests, replies = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a framework prints must not get between the replies
    warnings.simplefilter("ignore")
    try:
        adapter = load(sys.argv[1])
        hello = Hello(
            name=adapter.name,
            family=adapter.family,
            device=adapter.device,
            versions=adapter.versions(),
            installed=dict(_installed()),
            python=platform.python_version(),
        )
    except Exception as error:  # of any kind: it is told, and who asked goes on without it
        hello = Hello(problem=f"{type(error).__name__}: {_says(error)}")
    _write(replies, encode(hello))
    if hello.problem:
        return
    server = Server(adapter)
    while line := requests.readline():
        request = msgspec.msgpack.decode(requests.read(int(line)), type=Request)
        _write(replies, encode(server.reply(request)))


def _installed() -> Iterator[tuple[str, str]]:
    """Yield the distributions beside the backend, but for what installs them and for actinit."""
    for one in distributions():
        if (name := one.metadata["Name"]) not in ("actinit", "pip", "setuptools", "wheel"):
            yield name, one.version


def _reply_of(result: Any) -> Reply:
    if isinstance(result, dict):
        return Reply(arrays={name: encode_array(np.asarray(one)) for name, one in result.items()})
    return Reply(array=encode_array(np.asarray(result)))


def _shape_of(request: Request) -> tuple[Any, ...]:
    """Return the arguments of a source, which takes a shape, or of a builder, which takes none."""
    return (request.shape,) if request.ask == "next" and request.dtype else ()


def _says(error: BaseException) -> str:
    try:
        return str(error)[:_LONGEST]
    except Exception:  # an exception may fail to say anything
        return "(no message could be made)"


def _write(stream: BinaryIO, content: bytes) -> None:
    stream.write(content)
    stream.flush()


if __name__ == "__main__":
    main()
