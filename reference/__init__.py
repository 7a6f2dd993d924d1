"""The reference: every activation, its derivative and every initializer, in NumPy.

>>> from actinit import reference as ref
>>> ref.gelu([-1.0, 0.0, 1.0])
array([-0.15865525,  0.        ,  0.84134475])
>>> ref.gelu.derivative(0.0)
array(0.5)

Array-like in, ndarray out. The spec's formats keep their dtype: float16, float32, float64, and of
ml_dtypes bfloat16, float8_e4m3fn and float8_e5m2 (weights are not drawn in the last two);
integers and booleans are promoted as NumPy's own functions promote them. Functions are correctly
rounded in each, functions of rows as well; weights below float64 are computed in float64 and
rounded once at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .activations import activations
from .gains import calculate_gain
from .initializers import initializers
from .layouts import Fans, fans
from .propagation import gain

if TYPE_CHECKING:
    # An activation or an initializer; `activations` and `initializers` are typed by which.
    def __getattr__(name: str) -> Any: ...


globals().update(activations)
globals().update(initializers)

__all__ = ["Fans", "activations", "calculate_gain", "fans", "gain", "initializers"]
__all__ += [*activations, *initializers]
