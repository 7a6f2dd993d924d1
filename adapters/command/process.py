"""A process whose standard streams are read and written under a time limit.

Threads do the reading and writing, since a pipe that is full or empty stops whoever waits for it: a
harness may write before it has read all, and must not be waited for longer than the limit.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Any

from .errors import HarnessEndedError, HarnessSilentError, ProtocolError

__all__ = ["Process"]

_CHUNK = 1 << 16
# Chunks that are read ahead: who writes without an end is not read without an end.
_AHEAD = 64
# Seconds for a process that has closed its output to end, and for its last words to arrive.
_TO_END = 2.0
# Seconds after which it is looked whether somebody has ended the process.
_LOOK = 0.2
# What is told of the standard error: so many lines, and of them so many characters.
_LAST_LINES, _LAST_CHARACTERS = 30, 2000

_Chunks = queue.Queue[bytes | None]


class Process:
    """A running command.

    Parameters
    ----------
    words : sequence of str
        The program and its arguments.
    environment : mapping of str to str, optional
        All its environment variables; by default those of this process.

    Raises
    ------
    OSError
        If it cannot be started.
    """

    def __init__(self, words: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        # A group of its own, so that what it starts is ended with it.
        self._popen = subprocess.Popen(  # noqa: S603 - to run this command is what was asked for
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True, env=environment,
        )  # fmt: skip
        assert self._popen.stdin
        assert self._popen.stdout
        assert self._popen.stderr
        self._writes: queue.SimpleQueue[Iterable[bytes] | None] = queue.SimpleQueue()
        self._chunks: _Chunks = queue.Queue(_AHEAD)
        self._words: deque[bytes] = deque(maxlen=_LAST_LINES)
        self._buffer = bytearray()
        self._ended = threading.Event()
        _thread(_write, self._popen.stdin, self._writes)
        _thread(_read, self._popen.stdout, self._chunks, self._ended)
        self._listener = _thread(_listen, self._popen.stderr, self._words)
        # Also where nobody says that it is no longer needed, at the latest when Python ends.
        self._end = weakref.finalize(self, _end, self._popen, self._writes, self._ended)

    @property
    def is_ended(self) -> bool:
        """Whether `end` was called."""
        return self._ended.is_set()

    def write(self, *parts: bytes) -> None:
        """Have bytes written; returns before they are, and whether or not anybody reads them."""
        self._writes.put(parts)

    def line(self, longest: int, limit: float | None) -> bytes:
        """Return the next line of the standard output, without its end.

        Parameters
        ----------
        longest : int
            How many bytes it may have.
        limit : float or None
            Seconds to wait for it; none waits until it comes, or the process is ended.

        Raises
        ------
        ProtocolError
            If it is longer.
        HarnessSilentError
            If it does not come in time.
        HarnessEndedError
            If the process ends before.
        """
        deadline = None if limit is None else time.monotonic() + limit
        seen = 0
        while (at := self._buffer.find(b"\n", seen)) < 0 and len(self._buffer) <= longest:
            seen = len(self._buffer)
            self._more(deadline, f"in the middle of a line: {bytes(self._buffer[:80])!r}")
        if not 0 <= at <= longest:
            raise ProtocolError(
                f"it wrote a line of more than {longest} bytes, which begins with "
                f"{bytes(self._buffer[:60])!r}"
            )
        line = bytes(self._buffer[:at])
        del self._buffer[: at + 1]
        return line.removesuffix(b"\r")

    def read(self, size: int) -> bytearray:
        """Return the next bytes of the standard output, so many.

        Raises
        ------
        HarnessEndedError
            If the process ends before.
        """
        while len(self._buffer) < size:
            self._more(None, f"after {len(self._buffer)} of the {size} bytes that it announced")
        found = self._buffer[:size]
        del self._buffer[:size]
        return found

    def unread(self) -> bytes:
        """Return what has been written and was not read, as far as it has arrived."""
        while not self._chunks.empty() and len(self._buffer) < _CHUNK:
            chunk = self._chunks.get()
            if chunk is None:
                self._chunks.put(None)  # for whoever reads next
                break
            self._buffer += chunk
        return bytes(self._buffer)

    def end(self, patience: float = 0.0) -> None:
        """End the process, and what it has started; one that has ended stays so.

        Parameters
        ----------
        patience : float, optional
            Seconds that it has to end by itself once its standard input is closed.
        """
        self._writes.put(None)
        if patience:
            _wait(self._popen, patience)
        self._end()

    def last_words(self) -> str:
        """Return the last lines of its standard error, as the end of a sentence; empty if none."""
        text = b"".join(self._words).decode("utf-8", "replace").strip()
        return f"; its standard error ends with: {text[-_LAST_CHARACTERS:]}" if text else ""

    def _more(self, deadline: float | None, where: str) -> None:
        """Wait for more of the standard output."""
        chunk = self._next(deadline)
        if chunk is None:
            self._chunks.put(None)
            where = f" {where}" if self._buffer else ""
            raise HarnessEndedError(f"{self._how_it_ended()}{where}{self.last_words()}")
        self._buffer += chunk

    def _next(self, deadline: float | None) -> bytes | None:
        """Wait for a chunk, or none at the end; what it has started may leave the pipe open."""
        while True:
            left = _LOOK if deadline is None else max(0.0, deadline - time.monotonic())
            try:
                return self._chunks.get(timeout=min(left, _LOOK))
            except queue.Empty:
                if self.is_ended:
                    raise HarnessEndedError("it was ended") from None
                if deadline is not None and left <= _LOOK:
                    raise HarnessSilentError(
                        f"it did not reply in time{self.last_words()}"
                    ) from None

    def _how_it_ended(self) -> str:
        _wait(self._popen, _TO_END)
        self._listener.join(_TO_END)
        status = self._popen.poll()
        if status is None:
            return "it closed its standard output"
        if status < 0:
            try:
                return f"it was ended by the signal {signal.Signals(-status).name}"
            except ValueError:
                return f"it was ended by the signal {-status}"
        return f"it ended with status {status}"


def _thread(work: Any, *arguments: Any) -> threading.Thread:
    thread = threading.Thread(target=work, args=arguments, daemon=True, name="actinit harness")
    thread.start()
    return thread


def _write(stream: IO[bytes], writes: queue.SimpleQueue[Iterable[bytes] | None]) -> None:
    # Where nobody reads any more, the end of the output, or what was written last, tells why.
    with contextlib.suppress(OSError), stream:
        while (parts := writes.get()) is not None:
            stream.writelines(parts)
            stream.flush()


def _read(stream: IO[bytes], chunks: _Chunks, ended: threading.Event) -> None:
    with stream:
        while chunk := stream.read1(_CHUNK):  # type: ignore[attr-defined]
            _put(chunks, chunk, ended)
    _put(chunks, None, ended)


def _put(chunks: _Chunks, chunk: bytes | None, ended: threading.Event) -> None:
    """Put a chunk where there is room for it, unless nobody will take it."""
    while True:
        try:
            return chunks.put(chunk, timeout=0.2)
        except queue.Full:
            if ended.is_set():
                return None


def _listen(stream: IO[bytes], words: deque[bytes]) -> None:
    with stream:
        # Lines, but of one without an end no more than a piece at a time.
        while line := stream.readline(_CHUNK):
            words.append(line[-_LAST_CHARACTERS:])


def _wait(popen: subprocess.Popen[bytes], seconds: float | None) -> None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        popen.wait(seconds)


def _end(
    popen: subprocess.Popen[bytes],
    writes: queue.SimpleQueue[Iterable[bytes] | None],
    ended: threading.Event,
) -> None:
    ended.set()
    writes.put(None)
    if sys.platform != "win32":
        try:
            os.killpg(popen.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            popen.kill()  # does nothing where it has ended
    else:
        popen.kill()
    _wait(popen, _TO_END)
