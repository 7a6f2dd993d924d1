"""The protocol of harnesses: the lines that are written to them, and those that they may write.

``docs/guide/harness.md`` tells it to whoever writes a harness.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Literal, TypeVar

import msgspec
from msgspec.structs import replace

from actinit.spec import UnknownNameError, activations, formats
from actinit.spec.model import Struct

from .errors import ProtocolError

__all__ = [
    "LONGEST_LINE", "PROTOCOL", "Hello", "Offer", "Part", "Reply", "checked_hello", "checked_name",
    "read_line", "request",
]  # fmt: skip

#: The version of the protocol.
PROTOCOL = 1
#: How many bytes a line of a harness may have.
LONGEST_LINE = 65536

Part = Literal["value", "derivative", "vjp"]

# Names of results files are made of it.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
# As much of a wrong line as a message shows.
_SHOWN = 80


class Offer(Struct, frozen=True, kw_only=True):
    """What a harness offers of a function."""

    parts: tuple[Part, ...] = ("value",)
    formats: tuple[str, ...] = ("float32",)
    parameters: tuple[str, ...] = ()  #: Those that it takes; others are at the entry's defaults.


class Hello(Struct, frozen=True, kw_only=True):
    """How a harness introduces itself."""

    id: int
    protocol: int
    name: str  #: Of the backend, in results.
    versions: dict[str, str]  #: Of all that computes, by name.
    functions: dict[str, Offer]  #: By the spec's name, or another that it knows.
    device: str = "cpu"


class Reply(Struct, frozen=True, kw_only=True):
    """What a harness replies to a call: a result that follows, or why there is none."""

    id: int
    format: str | None = None
    bytes: int | None = None
    error: str | None = None
    unsupported: str | None = None
    not_offered: str | None = None


Line = TypeVar("Line", Hello, Reply)


def request(number: int, ask: str, **facts: Any) -> bytes:
    """Return the line of a request: in ASCII, its keys in this order.

    It is written as Python's ``json.dumps`` does, with one space after each colon and comma, which
    the guide promises: a harness without a parser of JSON may search it for ``"shape": [``.
    """
    return json.dumps({"id": number, "ask": ask, **facts}).encode("ascii") + b"\n"


def read_line(line: bytes, kind: type[Line], number: int) -> Line:
    """Return what a line says.

    Parameters
    ----------
    line : bytes
        Without its end.
    kind : type
        `Hello` or `Reply`.
    number : int
        Of the request that it replies to.

    Raises
    ------
    ProtocolError
        If it is no such line, or replies to another request.
    """
    shown = repr(line[:_SHOWN].decode("utf-8", "replace")) + ("…" if len(line) > _SHOWN else "")
    try:
        said = msgspec.json.decode(line, type=kind)
    except msgspec.ValidationError as error:
        raise ProtocolError(
            f"its {kind.__name__.lower()} is not as the protocol has it: {error}; it was {shown}"
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProtocolError(
            f"expected a line of JSON on its standard output, got {shown}; "
            "all but replies belongs on the standard error"
        ) from error
    if said.id != number:
        raise ProtocolError(f"expected a reply to request {number}, got one to {said.id}: {shown}")
    return said


def checked_hello(hello: Hello) -> Hello:
    """Return an introduction with the spec's own names of functions, if all of it is known.

    Raises
    ------
    ProtocolError
        If the protocol is another, a name is unknown, or nothing is offered.
    """
    if hello.protocol != PROTOCOL:
        raise ProtocolError(f"it speaks protocol {hello.protocol}; this is protocol {PROTOCOL}")
    checked_name(hello.name)
    offers: dict[str, Offer] = {}
    for name, offer in hello.functions.items():
        entry = _known("function", name, activations)
        if entry.name in offers:
            raise ProtocolError(f"it offers {entry.name} twice, also as {name!r}")
        for one in offer.formats:
            _known("format", one, formats())
        for one in offer.parameters:
            _known(f"parameter of {entry.name}", one, entry.parameters)
        if "derivative" in offer.parts and entry.shape != "elementwise":
            raise ProtocolError(f"the derivative of {entry.name} is a matrix; offer vjp instead")
        if not offer.parts or not offer.formats:
            raise ProtocolError(f"it offers {entry.name} without a part, or without a format")
        offers[entry.name] = offer
    if not offers:
        raise ProtocolError("it offers no function")
    return replace(hello, functions=offers)


def checked_name(name: str) -> str:
    """Return a name if a backend can have it.

    Raises
    ------
    ProtocolError
        If it cannot.
    """
    if not _NAME.fullmatch(name):
        raise ProtocolError(
            f"its name is {name[:_SHOWN]!r}; expected up to 64 letters, digits, dots, hyphens and "
            "underscores, such as my-kernels"
        )
    return name


def _known(kind: str, name: str, names: Mapping[str, Any]) -> Any:
    """Return what has a name; aliases count where the mapping knows them."""
    try:
        return names[name]
    except KeyError as error:
        known = (
            error if isinstance(error, UnknownNameError) else UnknownNameError(kind, name, names)
        )
        raise ProtocolError(str(known) if names else f"there is no {kind}: {name!r}") from None
