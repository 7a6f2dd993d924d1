"""A harness as a backend: it is asked over its standard streams, and what comes back is held to it.

A process is asked one thing after the other. One that ends, or writes what the protocol does not
allow, is started anew for the next call, so that it costs one. How long a call may take is for
whoever calls, as with any adapter: `Command.stop` ends a call that takes too long.
"""

from __future__ import annotations

import shlex
import threading
from typing import Any

import ml_dtypes  # noqa: F401 - gives NumPy the dtypes that it lacks, by name
import numpy as np

from actinit.spec import Activation

from ..base import Adapter, Array, Parameters
from ..errors import AdapterError, NotOffered
from .errors import (
    HarnessError,
    ProtocolError,
    ReportedError,
    ReportedUnsupportedError,
)
from .process import Process
from .protocol import (
    LONGEST_LINE,
    PROTOCOL,
    Hello,
    Offer,
    Part,
    Reply,
    checked_hello,
    checked_name,
    read_line,
    request,
)

__all__ = ["Command"]

# Seconds that a harness has to end by itself when nothing more is asked.
_TO_LEAVE = 2.0


class Command(Adapter):
    """A command that speaks the protocol of harnesses.

    Parameters
    ----------
    command : str
        The program and its arguments, as one would type them; no shell reads it.
    limit : float, optional
        Seconds that it has to introduce itself when it is first started.
    name : str, optional
        What results call it; by default as it introduces itself.

    Raises
    ------
    AdapterError
        If it cannot be started, or does not introduce itself as the protocol has it.
    """

    def __init__(self, command: str, limit: float = 120.0, name: str = "") -> None:
        self._command = command
        self._words = _split(command)
        self._lock = threading.Lock()
        self._process: Process | None = None
        self._number = 0
        try:
            self._hello = self._start(limit)
            self.name = checked_name(name or self._hello.name)
        except OSError as error:
            raise AdapterError(f"the command {command!r} cannot be started: {error}") from error
        except HarnessError as error:
            self._drop()
            raise AdapterError(f"the command {command!r} is no harness: {error}") from error

    def versions(self) -> dict[str, str]:
        return dict(self._hello.versions)

    @property
    def device(self) -> str:
        return self._hello.device

    def value(self, entry: Activation, x: Array, parameters: Parameters) -> Array:
        shape = x.shape[:-1] if entry.shape == "reduction" else x.shape
        return self._call(entry, "value", parameters, shape, x)

    def gradient(
        self, entry: Activation, x: Array, upstream: Array, parameters: Parameters
    ) -> Array:
        parts = self._offer(entry).parts
        if "vjp" in parts:
            return self._call(entry, "vjp", parameters, x.shape, x, upstream)
        if "derivative" not in parts:
            raise NotOffered(f"{self.name} has no gradient for {entry.name}")
        if not (upstream == 1).all():
            raise NotOffered(f"{self.name} takes no upstream gradient for {entry.name}")
        return self._call(entry, "derivative", parameters, x.shape, x)

    def stop(self) -> None:
        process = self._process
        if process is not None:  # a call that is under way ends with the process
            process.end(0.0 if self._lock.locked() else _TO_LEAVE)

    def _offer(self, entry: Activation) -> Offer:
        offers = self._hello.functions
        if entry.name not in offers:
            raise NotOffered(f"{self.name} does not offer {entry.name}")
        return offers[entry.name]

    def _call(
        self,
        entry: Activation,
        part: Part,
        parameters: Parameters,
        shape: tuple[int, ...],
        *arrays: Array,
    ) -> Array:
        """Return what the harness makes of arrays, in a shape that is due."""
        offer, dtype = self._offer(entry), arrays[0].dtype
        if part not in offer.parts:
            raise NotOffered(f"{self.name} does not offer the {part} of {entry.name}")
        if dtype.name not in offer.formats:
            raise NotOffered(f"{self.name} does not offer {entry.name} in {dtype.name}")
        stated = self._stated(entry, offer, parameters)
        buffers = [_bytes_of(array) for array in arrays]
        size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
        with self._lock:
            try:
                process = self._running()
                self._number += 1
                line = request(
                    self._number, part, function=entry.name, format=dtype.name, parameters=stated,
                    shape=list(arrays[0].shape), bytes=[len(buffer) for buffer in buffers],
                )  # fmt: skip
                process.write(line, *buffers)
                reply = read_line(process.line(LONGEST_LINE, None), Reply, self._number)
                found = process.read(size) if _has_result(reply, dtype, shape, size) else None
                if extra := process.unread():
                    raise ProtocolError(f"it wrote more than its reply: {extra[:80]!r}")
            except HarnessError as error:
                self._drop()
                raise type(error)(f"{self.name}, asked for the {part}: {error}") from error
        if reply.not_offered is not None:
            raise NotOffered(f"{self.name}: {reply.not_offered}")
        if reply.unsupported is not None:
            raise ReportedUnsupportedError(reply.unsupported)
        if found is None:
            raise ReportedError(reply.error)
        return _array_of(found, dtype).reshape(shape)

    def _stated(self, entry: Activation, offer: Offer, parameters: Parameters) -> dict[str, Any]:
        """Return the parameters that are told; those that cannot be must be at their defaults."""
        for name, value in parameters.items():
            if name not in offer.parameters and value != entry.parameters[name].default:
                raise NotOffered(f"{self.name} has no argument for {name} of {entry.name}")
        return {
            name: int(value) if entry.parameters[name].integer else float(value)
            for name, value in parameters.items()
            if name in offer.parameters
        }

    def _running(self) -> Process:
        """Return a process that can be asked, started anew where the last one is no longer."""
        process = self._process
        if process is not None and not process.is_ended:
            if extra := process.unread():
                raise ProtocolError(f"it wrote what it was not asked for: {extra[:80]!r}")
            return process
        hello = self._start(None)
        if (hello.name, hello.functions) != (self._hello.name, self._hello.functions):
            raise ProtocolError("started again, it does not introduce itself as it did before")
        assert self._process is not None
        return self._process

    def _start(self, limit: float | None) -> Hello:
        """Start a process, and have it introduce itself."""
        self._process = process = Process(self._words)
        self._number += 1
        process.write(request(self._number, "hello", protocol=PROTOCOL))
        hello = read_line(process.line(LONGEST_LINE, limit), Hello, self._number)
        return checked_hello(hello)

    def _drop(self) -> None:
        """End a process that cannot be asked any more."""
        if self._process is not None:
            self._process.end()
            self._process = None


def _split(command: str) -> list[str]:
    """Return the words of a command."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise AdapterError(f"the command {command!r} cannot be read: {error}") from error
    if not words:
        raise AdapterError("the command is empty; expected, say, node harness.mjs")
    return words


def _has_result(reply: Reply, dtype: np.dtype[Any], shape: tuple[int, ...], size: int) -> bool:
    """Say whether a result follows a reply; raise if it is none of the four that there are."""
    reasons = (reply.error, reply.unsupported, reply.not_offered)
    told = sum(reason is not None for reason in reasons)
    announced = reply.format is not None and reply.bytes is not None
    if told == 1 and reply.format is None and reply.bytes is None:
        return False
    if told or not announced:
        raise ProtocolError(
            "expected a reply with format and bytes, or with one of error, unsupported and "
            f"not_offered, got {reply}"
        )
    if reply.format != dtype.name:
        raise ProtocolError(f"it replied in {reply.format!r}, expected {dtype.name}")
    if reply.bytes != size:
        raise ProtocolError(
            f"it announced {reply.bytes} bytes, expected {size}, of shape {list(shape)}"
        )
    return True


def _bytes_of(array: Array) -> bytes:
    """Return the bits of an array, in the order of its elements, each with its low byte first."""
    plain = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("="))
    width = array.dtype.itemsize
    return plain.view(f"u{width}").astype(f"<u{width}", copy=False).tobytes()


def _array_of(data: bytearray, dtype: np.dtype[Any]) -> Array:
    """Return the array of such bits."""
    width = dtype.itemsize
    bits = np.frombuffer(data, f"<u{width}").astype(f"u{width}", copy=False)
    return bits.view(dtype.newbyteorder("="))
