"""What goes between the suite and a backend in another Python: MessagePack, no code.

The two sides may have other releases of Python and NumPy, so that arrays go as their bits, dtypes
and entries by their names. Each message is a line with its length, then so many bytes.
"""

from __future__ import annotations

from typing import Any

import ml_dtypes  # noqa: F401 - gives NumPy the dtypes that it lacks, by name
import msgspec
import numpy as np
from numpy.typing import NDArray

__all__ = ["Hello", "Reply", "Request", "decode_array", "decode_names", "encode", "encode_array"]

Array = NDArray[Any]


class Numbers(msgspec.Struct, frozen=True):
    """An array, in the order of C."""

    dtype: str
    shape: tuple[int, ...]
    data: bytes


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One call of an adapter's method; what is not needed for it is left empty."""

    ask: str  #: Name of the method, or ``next`` of what an earlier one returned.
    family: str = ""  #: Catalogue of the entry, such as ``activations``.
    entry: str = ""
    arrays: tuple[Numbers, ...] = ()
    parameters: dict[str, float | str] = {}
    shape: tuple[int, ...] = ()
    dtype: str = ""
    seed: int = 0
    start: str = ""  #: Name of an initializer.
    handle: int = 0  #: Of a source or builder that an earlier call returned.


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a call: one of the first three, or what was raised."""

    array: Numbers | None = None
    arrays: dict[str, Numbers] | None = None
    handle: int | None = None
    raised: str = ""  #: Name of the exception's class.
    not_offered: bool = False
    unsupported: bool = False
    says: str = ""


class Hello(msgspec.Struct, frozen=True, kw_only=True):
    """What a backend is, told when its process has loaded it."""

    name: str = ""
    family: str = ""
    device: str = ""
    versions: dict[str, str] = {}
    installed: dict[str, str] = {}  #: Every distribution beside it.
    python: str = ""
    problem: str = ""  #: Why it cannot be loaded; the rest is empty then.


def encode(message: msgspec.Struct) -> bytes:
    """Return a message as it is written."""
    content = msgspec.msgpack.encode(message)
    return b"%d\n%b" % (len(content), content)


def encode_array(array: Array) -> Numbers:
    """Return an array as it is sent, bit for bit."""
    plain = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("="))
    return Numbers(array.dtype.name, array.shape, plain.tobytes())


def decode_array(numbers: Numbers) -> Array:
    """Return an array that was sent, in memory of its own."""
    dtype = np.dtype(numbers.dtype)
    return np.frombuffer(bytearray(numbers.data), dtype=dtype).reshape(numbers.shape)


def decode_names(arrays: dict[str, Numbers]) -> dict[str, Array]:
    """Return arrays that were sent by name."""
    return {name: decode_array(numbers) for name, numbers in arrays.items()}
