"""What went wrong, in words: a sample that is not from its distribution beside usual slips.

A slip is named only if the draws fit it, and they are only looked at where they do not fit what is
right. What is not recognized has no name.
"""

from .arrays import distribution, in_place_of, zeros_and_others
from .cause import cause, moments, shape
from .dependence import stream as repeated_stream
from .rare import of_rare
from .scale import Measured, of_shape, scale, slip_of_fans

__all__ = [
    "Measured",
    "cause",
    "distribution",
    "in_place_of",
    "moments",
    "of_rare",
    "of_shape",
    "repeated_stream",
    "scale",
    "shape",
    "slip_of_fans",
    "zeros_and_others",
]
