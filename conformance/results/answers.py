"""Results files of what backends return at stored inputs, bit for bit."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from .machine import Machine

__all__ = ["Answer", "Answers", "Every"]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came back for one part of an entry in one format; numbers are bit patterns in hex."""

    entry: str
    dtype: str
    part: str  #: ``value`` or ``derivative``, the latter by the backend's own autograd.
    x: list[str]
    got: list[str]
    exact: list[str]  #: Correctly rounded; empty where the entry leaves the result open.


class Every(msgspec.Struct, frozen=True, kw_only=True):
    """What came back at every number of a format of up to 16 bits.

    Of each bit pattern, from 0 up, that of the result less that of the right one, which counts as
    0 where it is a zero, nan or left open. The low bytes stand before the high ones; all is
    deflated (zlib) and written in base64. Most of it is zeros, so that 65,536 results take a
    kilobyte or two.
    """

    entry: str
    dtype: str
    part: str
    minus_right: str


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """All that was recorded of one backend."""

    remedy: ClassVar[str] = "run the check again"

    schema: str = "actinit-answers-1"
    backend: str
    family: str
    device: str
    versions: dict[str, str]
    machine: Machine
    date: str
    complete: bool  #: False if the run was narrowed or cut short.
    answers: list[Answer]
    every: list[Every] = []
