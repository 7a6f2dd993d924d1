"""An adapter under watch: results are held to their shape and dtype, calls to a time limit."""

from __future__ import annotations

import contextlib
import contextvars
import queue
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actinit.adapters import Adapter, LayerBinding
from actinit.adapters.propagation import Carried, Network
from actinit.adapters.training import EpochFigures, TrainerOf, Training
from actinit.spec import Activation, Function, Initializer, Layer

from .trainer import watched

__all__ = ["BackendExitError", "BadResultError", "Guarded", "HungError", "message_of"]

Array = NDArray[Any]


class BadResultError(TypeError):
    """A backend returned something of the wrong type, shape or dtype."""


class BackendExitError(RuntimeError):
    """A backend raised what is meant to end the program, such as SystemExit."""


class HungError(TimeoutError):
    """A backend did not return within the time limit."""


class _Silence:
    """No warnings while backends compute: for one call, or for several threads' calls at once.

    NumPy warns of an intermediate result that overflowed. Whether the result is right is judged by
    the result alone.
    """

    def __init__(self) -> None:
        self._lock, self._inside = threading.Lock(), 0

    def __enter__(self) -> None:
        with self._lock:
            if not self._inside:
                self._caught = warnings.catch_warnings()
                self._caught.__enter__()
                warnings.simplefilter("ignore")
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                self._caught.__exit__(None, None, None)


_SILENCE = _Silence()


class _Caller:
    """A thread that makes one call after the other, which is cheaper than a thread for each."""

    def __init__(self) -> None:
        self._calls: queue.SimpleQueue[tuple[contextvars.Context, Callable[[], Any]]]
        self._outcomes: queue.SimpleQueue[tuple[bool, Any]]
        self._calls, self._outcomes = queue.SimpleQueue(), queue.SimpleQueue()
        threading.Thread(target=self._work, daemon=True, name="actinit call").start()

    def call(self, call: Callable[[], Any], limit: float) -> tuple[bool, Any]:
        """Return whether a call returned, and what it returned or raised; queue.Empty if neither.

        In the caller's context: settings of a framework, such as torch's, may be bound to it.
        """
        self._calls.put((contextvars.copy_context(), call))
        return self._outcomes.get(timeout=limit)

    def _work(self) -> None:
        while True:
            self._outcomes.put(_outcome(*self._calls.get()))


def _outcome(context: contextvars.Context, call: Callable[[], Any]) -> tuple[bool, Any]:
    try:
        return True, context.run(call)
    except BaseException as error:  # handed to the caller's thread
        return False, error


class _Callers:
    """Threads for calls: as many as calls are made at once, beside those that never came back."""

    def __init__(self) -> None:
        self._idle: list[_Caller] = []

    def call(self, call: Callable[[], Any], limit: float) -> tuple[bool, Any]:
        """Have a call made, as `_Caller.call` says, by a thread that has none to make."""
        try:
            caller = self._idle.pop()
        except IndexError:
            caller = _Caller()
        outcome = caller.call(call, limit)
        self._idle.append(caller)
        return outcome


def message_of(error: BaseException) -> str:
    """Return what an exception says, on one line that any file can hold."""
    try:
        text = str(error)
    except Exception:  # an exception of a backend may fail to say anything
        text = "(no message could be made)"
    return " ".join(text.encode("utf-8", "replace").decode().split())


class Guarded(Adapter):
    """An adapter whose every call is checked and timed.

    Parameters
    ----------
    adapter : Adapter
        The backend.
    limit : float
        Seconds that a call may take. A call that takes longer is given up: its thread cannot be
        stopped and is left behind, so that the other checks can run; `Adapter.stop` ends what
        computes in another process.
    """

    def __init__(self, adapter: Adapter, limit: float) -> None:
        self._adapter, self._limit, self._callers = adapter, limit, _Callers()
        self.name, self.family = adapter.name, adapter.family
        # The last value, with what it was asked for: several checks look at the same sample.
        self._last: tuple[Activation, Array, Array] | None = None

    def versions(self) -> dict[str, str]:
        return self._adapter.versions()

    @property
    def backend(self) -> Adapter:
        """The adapter itself."""
        return self._adapter

    @property
    def device(self) -> str:
        return self._adapter.device

    @property
    def each_shape(self) -> bool:
        return self._adapter.each_shape

    @property
    def layouts(self) -> Mapping[str, str]:
        return self._adapter.layouts

    def stop(self) -> None:
        # Whatever it does, the other checks must still run.
        with contextlib.suppress(Exception):
            self._adapter.stop()

    def forget(self) -> None:
        """Forget the last value, so that the backend itself is asked for it again."""
        self._last = None

    def value(self, entry: Activation, x: Array, parameters: Any) -> Array:
        # The samples are made once and never written to, so identity tells them apart.
        if self._last and self._last[0] is entry and self._last[1] is x:
            return self._last[2]
        got = self._watch(
            lambda: self._adapter.value(entry, x, parameters),
            f"value of {entry.name}", _value_shape(entry, x), _value_dtype(x),
        )  # fmt: skip
        if not x.flags.writeable:
            self._last = (entry, x, got)
        return got

    def operators(
        self, entry: Activation, dtype: np.dtype[Any], parameters: Any
    ) -> dict[str, list[str]]:
        def ask() -> dict[str, list[str]]:
            told = self._adapter.operators(entry, dtype, parameters)
            return {str(stage): [str(name) for name in names] for stage, names in told.items()}

        stages: dict[str, list[str]] = self._timed(ask, f"operators of {entry.name}")
        return stages

    def layer(self, entry: Activation, x: Array, parameters: Any) -> Array:
        return self._watch(
            lambda: self._adapter.layer(entry, x, parameters),
            f"layer {entry.name}", _value_shape(entry, x), x.dtype,
        )  # fmt: skip

    def gradient(self, entry: Activation, x: Array, upstream: Array, parameters: Any) -> Array:
        return self._watch(
            lambda: self._adapter.gradient(entry, x, upstream, parameters),
            f"gradient of {entry.name}", x.shape, x.dtype,
        )  # fmt: skip

    def forward(self, entry: Activation, x: Array, tangent: Array, parameters: Any) -> Array:
        return self._watch(
            lambda: self._adapter.forward(entry, x, tangent, parameters),
            f"forward mode of {entry.name}", x.shape, x.dtype,
        )  # fmt: skip

    def second(self, entry: Activation, x: Array, upstream: Array, parameters: Any) -> Array:
        return self._watch(
            lambda: self._adapter.second(entry, x, upstream, parameters),
            f"second derivative of {entry.name}", x.shape, x.dtype,
        )  # fmt: skip

    def along(self, entry: Activation, x: Array, axis: int, parameters: Any) -> Array:
        shape = x.shape
        if entry.shape == "reduction":
            shape = tuple(np.delete(shape, axis).tolist())
        return self._watch(
            lambda: self._adapter.along(entry, x, axis, parameters),
            f"{entry.name} along axis {axis}", shape, _value_dtype(x),
        )  # fmt: skip

    def in_place(self, entry: Activation, x: Array, parameters: Any) -> Array:
        return self._watch(
            lambda: self._adapter.in_place(entry, x, parameters),
            f"in-place {entry.name}", x.shape, x.dtype,
        )  # fmt: skip

    def draw(
        self,
        entry: Initializer,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        seed: int,
        parameters: Any,
    ) -> Array:
        return self._watch(
            lambda: self._adapter.draw(entry, shape, dtype, seed, parameters),
            f"draw of {entry.name}", shape, dtype,
        )  # fmt: skip

    def source(
        self, entry: Initializer, dtype: np.dtype[Any], seed: int, parameters: Any
    ) -> Callable[[tuple[int, ...]], Array]:
        held = self._adapter.source(entry, dtype, seed, parameters)
        return lambda shape: self._watch(
            lambda: held(shape), f"draw of {entry.name}", shape, dtype
        )  # fmt: skip

    def builder(
        self, entry: Layer, dtype: np.dtype[Any], seed: int, start: Initializer | None = None
    ) -> Callable[[], dict[str, Array]]:
        what = f"weights of {entry.name}"
        build = self._timed(lambda: self._adapter.builder(entry, dtype, seed, start), what)
        tensors = self._adapter.layer_binding(entry).weights

        def built() -> dict[str, Array]:
            found: dict[str, Array] = self._timed(build, what)
            for name, weights in found.items():
                shape = tensors[name].dimensions(entry.examples)
                _held_to(weights, f"{name} of {entry.name}", shape, dtype)
            return found

        return built

    def layer_binding(self, entry: Layer) -> LayerBinding:
        return self._adapter.layer_binding(entry)

    def trainer(self) -> TrainerOf:
        return watched(self._adapter.trainer(), self._timed)

    def train(self, training: Training) -> Iterator[EpochFigures]:
        return self._adapter.train(training)  # for as long as it takes: hours are not too long

    def propagate(self, network: Network) -> Carried:
        carried: Carried = self._timed(lambda: self._adapter.propagate(network), "a deep network")
        return carried

    def fill(self, layer: Any, weights: Array, layout: str) -> None:
        self._adapter.fill(layer, weights, layout)

    def held(self, entry: Function, name: str) -> float | str | None:
        return self._adapter.held(entry, name)

    def gain(self, activation: str, negative_slope: float) -> float:
        return self._adapter.gain(activation, negative_slope)

    def _watch(
        self,
        call: Callable[[], Array],
        what: str,
        shape: tuple[int, ...],
        dtype: np.dtype[Any] | None,
    ) -> Array:
        return _held_to(self._timed(call, what), what, shape, dtype)

    def _timed(self, call: Callable[[], Any], what: str) -> Any:
        # The filters are the process's: put back here, not in a thread that may never come to that.
        with _SILENCE:
            try:
                good, result = self._callers.call(call, self._limit)
            except queue.Empty:
                self.stop()
                raise HungError(
                    f"{what}: nothing came back within {self._limit:g} s; "
                    "raise the time limit if it is only slow"
                ) from None
        if good:
            return result
        if isinstance(result, Exception):
            raise result
        # SystemExit, KeyboardInterrupt and their kin are the backend's too: they were raised in the
        # thread of its call, and end no more than the check.
        raise BackendExitError(f"{what}: raised {type(result).__name__}") from result


def _held_to(got: object, what: str, shape: tuple[int, ...], dtype: np.dtype[Any] | None) -> Array:
    """Return a result that is an array of this shape and dtype; raise for any other.

    NumPy's own scalars, which its functions return for an array without dimensions, count as such
    arrays; a subclass, another byte order or a view with gaps is laid out as an array of its own.
    """
    if isinstance(got, np.generic):
        got = np.asarray(got)
    if not isinstance(got, np.ndarray):
        raise BadResultError(f"{what}: expected an ndarray, got {type(got).__name__}")
    if isinstance(got, np.ma.MaskedArray) and np.ma.getmaskarray(got).any():
        raise BadResultError(f"{what}: expected an ndarray, got an array with masked elements")
    wanted = (dtype or got.dtype).newbyteorder("=")
    if got.shape != shape or got.dtype.newbyteorder("=") != wanted:
        raise BadResultError(
            f"{what}: expected shape {shape} and dtype {wanted}, got {got.shape} and {got.dtype}"
        )
    if dtype is None and got.dtype.kind not in "biufV":
        raise BadResultError(f"{what}: expected numbers, got an array of {got.dtype}")
    plain = np.asarray(got)
    # What has gaps, or another byte order, is told apart from what is right by its numbers alone.
    # (Nothing else is copied: whether a result shares the memory of an input is looked at.)
    if not plain.dtype.isnative or not plain.flags.c_contiguous:
        plain = np.ascontiguousarray(plain, dtype=wanted).reshape(shape)
    return plain


def _value_dtype(x: Array) -> np.dtype[Any] | None:
    """Return the dtype of a value, if it is known: integers are promoted as the backend does."""
    return None if x.dtype.kind in "biu" else x.dtype


def _value_shape(entry: Activation, x: Array) -> tuple[int, ...]:
    return x.shape[:-1] if entry.shape == "reduction" else x.shape
