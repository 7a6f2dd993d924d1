"""What a judge of whole kernels says."""

from __future__ import annotations

from dataclasses import dataclass

from ..check import Witness
from ..kinds import Kind

__all__ = ["Complaint"]


@dataclass(frozen=True)
class Complaint:
    """What is wrong with a kernel, and what kind of finding that is."""

    kind: Kind
    text: str
    #: The figure or the weight that is furthest off.
    worst: Witness
    #: How many weights are wrong, where that is counted.
    count: int = 1
    #: What the kernel was recognized as; empty if it was not.
    looks_like: str = ""
