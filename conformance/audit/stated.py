"""What somebody states beside a file: the function, columns, tolerances that it does not hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from actinit.spec import Part

from ..results.audit import Tolerance

__all__ = ["Stated"]


@dataclass(frozen=True)
class Stated:
    """What is said of files that do not say it themselves.

    Attributes
    ----------
    function : str
        Name of the function; empty where the file says it.
    format : str
        Of numbers that are written in decimal digits.
    part : {"value", "derivative"}
        What is expected.
    columns : mapping of str to str
        What a table calls ``x``, ``expected`` and ``function``; of a file ``.npy``, ``x`` is the
        file of the inputs.
    parameters : mapping of str to float
        Of the function, beside its defaults.
    tolerance : Tolerance, optional
        The test's own.
    """

    function: str = ""
    format: str = "float32"
    part: Part = "value"
    columns: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, float] = field(default_factory=dict)
    tolerance: Tolerance | None = None
