"""What a judge of whole kernels says."""

from __future__ import annotations

from typing import NamedTuple

from ..kinds import Kind

__all__ = ["Complaint"]


class Complaint(NamedTuple):
    """What is wrong with a kernel, and what kind of finding that is."""

    kind: Kind
    text: str
