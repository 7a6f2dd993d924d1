"""tinygrad, on the CPU."""

from __future__ import annotations

import shutil
from importlib.metadata import version
from typing import Any

import ml_dtypes
import numpy as np

from ..engine import Array, Call, Engine
from ..errors import BackendMissingError, NotOffered

__all__ = ["Tinygrad"]

# What tinygrad calls the dtypes that NumPy lacks; such tensors travel as integers of their width.
_FOREIGN = {
    np.dtype(ml_dtypes.bfloat16): "bfloat16",
    np.dtype(ml_dtypes.float8_e4m3fn): "fp8e4m3",
    np.dtype(ml_dtypes.float8_e5m2): "fp8e5m2",
}


class Tinygrad(Engine):
    """tinygrad, as people call it, on the CPU, whatever other devices there are.

    It makes C of an expression when its result is asked for, and compiles that by clang for the
    lengths at hand.

    Raises
    ------
    BackendMissingError
        If there is no clang.
    """

    each_shape = True

    def __init__(self) -> None:
        import tinygrad
        from tinygrad.helpers import getenv

        compiler = getenv("CC", "clang")
        if shutil.which(compiler) is None:
            raise BackendMissingError(
                f"tinygrad needs clang on a CPU, and there is no {compiler}; "
                "install clang, or name one in the environment variable CC"
            )
        self._tinygrad: Any = tinygrad

    def version(self) -> str:
        return version("tinygrad")

    def tensor(self, array: Array) -> Any:
        if not array.ndim:  # which tinygrad takes for a constant, and computes by Python
            return self.tensor(array.reshape(1)).reshape(())
        whole, dtypes = self._tinygrad.Tensor, self._tinygrad.dtypes
        if hasattr(np, array.dtype.name):
            return whole(array, device="CPU")
        bits = whole(array.view(f"u{array.dtype.itemsize}"), device="CPU")
        return bits.bitcast(getattr(dtypes, _name(array.dtype)))

    def array(self, tensor: Any) -> Array:
        dtypes = self._tinygrad.dtypes
        for dtype in _FOREIGN:
            if tensor.dtype == getattr(dtypes, _name(dtype)):
                bits = tensor.bitcast(getattr(dtypes, f"uint{8 * dtype.itemsize}"))
                return np.array(bits.numpy()).view(dtype)
        return np.array(tensor.numpy())

    def device(self, tensor: Any) -> str:
        return "cpu"

    def gradient(self, call: Call, x: Any, upstream: Any) -> Any:
        (gradient,) = call(x).gradient(x, gradient=upstream)
        return gradient

    def second(self, call: Call, x: Any, upstream: Any) -> Any:
        return self.gradient(lambda x: self.gradient(call, x, x.ones_like()), x, upstream)


def _name(dtype: np.dtype[Any]) -> str:
    """Return tinygrad's name of a dtype that NumPy lacks."""
    if dtype not in _FOREIGN:
        raise NotOffered(f"tinygrad has no {dtype.name}")
    return _FOREIGN[dtype]
