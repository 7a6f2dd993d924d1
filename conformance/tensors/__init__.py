"""Weights that somebody has: whether a tensor is a plausible draw, and of what."""

from __future__ import annotations

from .check import TensorReport, check_tensor
from .files import TensorFileError
from .identify import TensorIdentity, identify_tensor
from .inspection import Inspected, Inspection, inspect_file

__all__ = [
    "Inspected",
    "Inspection",
    "TensorFileError",
    "TensorIdentity",
    "TensorReport",
    "check_tensor",
    "identify_tensor",
    "inspect_file",
]
